// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/batch/job.h"
#include "foreset/batch/table_copy.h"
#include "foreset/storage/object_store.h"

// A table as a folder of CSV files, as a migration writes it, with what CSV itself cannot keep
// beside them: `_foreset.json` has the columns with their types, the files that count, and how far
// the copy is. NULL is the empty field, "" the empty text, binary hexadecimal digits.
namespace foreset::batch {

inline constexpr std::string_view kLandingFile = "_foreset.json";

struct CsvLanding {
  CopyState state;                         // whose totals are those of the database's own rows
  std::shared_ptr<arrow::Schema> columns;  // null: written by a version that did not keep them
  std::vector<std::string> files;          // that count, in the order of their rows
};

// What the folder's `_foreset.json` says. kNotFound without one; kCorruption when it is damaged.
Result<CsvLanding> LoadLanding(const ObjectStore& store);
Status SaveLanding(ObjectStore& store, const CsvLanding& landing);

// Gives all rows to `sink` as the files' text has them, in the landing's columns: by another reader
// than the one that wrote them. kInvalidInput (kInputDamaged) names a file that cannot be read to
// its end and in all of its rows; kInputMissing one that is gone.
Status ReadLanding(const std::shared_ptr<ObjectStore>& store, const CsvLanding& landing,
                   const JobSettings& job,
                   const std::function<Status(const arrow::RecordBatch&)>& sink);

}  // namespace foreset::batch
