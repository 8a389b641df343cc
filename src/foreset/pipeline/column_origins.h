// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/model/schema_change.h"

namespace foreset::pipeline {

// By which names rows have the source's columns: by its own, or by those of bronze and history,
// where a column may be called otherwise (lake/lake_names.h).
enum class ColumnNames : std::uint8_t { kSource, kLake };

// What the columns of a table's schema at one place of its life hold in rows that were written
// under an earlier schema: the values of a column that had another name then, what an ADD COLUMN
// gave to existing rows, or NULL. All that a statement does it does at once, so that columns may
// change names with each other, come back, or be made again under a name that was another's.
class ColumnOrigins {
 public:
  // `last`: the schema after those of `changes` (all of one life, ascending) that are below
  // `limit`.
  ColumnOrigins(const TableSchema& last, const std::vector<SchemaChange>& changes, Sequence limit);

  // Rows below it were of a table of that name which was dropped.
  Sequence made() const { return made_; }
  // The time between two changes that the row was written in.
  std::size_t PeriodOf(Sequence row) const;
  std::size_t PeriodOf(SchemaVersion version) const;
  // Rows that were all written in that period, with the columns of `last` by their names, then _op
  // and _seq where `rows` has them. kCorruption (kLakeColumnMissing) when a
  // column that the table had then is not there.
  Result<std::shared_ptr<arrow::RecordBatch>> Map(const arrow::RecordBatch& rows,
                                                  std::size_t period,
                                                  ColumnNames names = ColumnNames::kSource) const;

 private:
  struct Origin {
    std::string column;                        // of `last`
    std::shared_ptr<arrow::DataType> type;     // there
    std::string from;                          // its name then; empty: it was not there
    std::string in_lake;                       // that of bronze and history for it
    std::shared_ptr<arrow::Scalar> otherwise;  // what it has then; null: NULL
  };
  struct Period {
    Sequence begin;
    SchemaVersion version{0};
    std::vector<Origin> origins;
  };

  static std::vector<Origin> Named(std::vector<Origin> origins, const TableSchema& schema);
  static std::vector<Origin> Before(const SchemaChange& change, std::vector<Origin> origins);

  Sequence made_;
  std::vector<Period> periods_;  // ascending; never empty
};

}  // namespace foreset::pipeline
