// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/cli/row_scan.h"
#include "foreset/delta/snapshot.h"

namespace foreset::cli {

// How a row differs between two versions.
enum class DiffKind : std::uint8_t { kRemoved, kAdded, kChangedFrom, kChangedTo };
std::string_view NameOf(DiffKind kind);

struct DiffRow {
  DiffKind kind = DiffKind::kAdded;
  std::shared_ptr<arrow::RecordBatch> row;  // one row of TableDiff::schema
};

// What two versions of a table differ in, as multisets of rows: rows that only moved between files
// are no difference. Only files that are not in both versions are read. With a key, a row that
// went and one that came with the same key are one change.
// Memory: 16 bytes for each row of those files, and the differing rows themselves.
struct TableDiff {
  std::shared_ptr<arrow::Schema> schema;  // of the rows; the later version's columns first
  std::vector<DiffRow> rows;              // a change's two rows stand together, the earlier first
  std::int64_t added = 0;
  std::int64_t removed = 0;
  std::int64_t changed = 0;
};

// `key` may be empty. Columns whose type differs between the versions are compared and shown as
// text. kUnsupported when more than a million rows differ.
Result<TableDiff> DiffTable(ObjectStore& store, const delta::Snapshot& earlier,
                            const delta::Snapshot& later, const RowQuery& query,
                            const std::vector<std::string>& key);

}  // namespace foreset::cli
