// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/progress.h"
#include "foreset/storage/object_store.h"

// Rows of the lake's small tables of its own (`_epochs`, `_schema_changes`, `_quarantine`), one
// value at a time. Not for rows of the source.
namespace foreset::lake {

// timestamp[us, UTC]
std::shared_ptr<arrow::DataType> LakeTimeType();

// Builds rows column by column; a column that a row does not set is NULL. Not thread-safe.
class RowBuilder {
 public:
  explicit RowBuilder(std::shared_ptr<arrow::Schema> columns);
  ~RowBuilder();

  void Text(int column, std::string_view value);  // utf8 or binary column
  void Long(int column, std::int64_t value);
  void Time(int column, Timestamp value);
  void EndRow();
  // The first failure of any call, or the rows.
  Result<std::shared_ptr<arrow::RecordBatch>> Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One row of such a batch; valid as long as it.
class RowReader {
 public:
  RowReader(const arrow::RecordBatch& rows, std::int64_t row) : rows_(rows), row_(row) {}

  bool Has(int column) const;
  std::string_view Text(int column) const;
  std::int64_t Long(int column) const;
  Timestamp Time(int column) const;

 private:
  const arrow::RecordBatch& rows_;
  std::int64_t row_;
};

// A table of the lake's own, made when it is not there.
Result<LakeTable> OpenOrCreatePlain(std::shared_ptr<ObjectStore> store, const std::string& name,
                                    const LakeOptions& options, const arrow::Schema& columns);
// Appends the rows in one commit with that progress, and `domain` where it is given; durable on
// return.
Status AppendPlain(LakeTable& table, const std::shared_ptr<arrow::RecordBatch>& rows,
                   const Progress& progress,
                   const std::optional<delta::DomainMetadata>& domain = {});

}  // namespace foreset::lake
