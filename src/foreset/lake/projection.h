// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/lake/row_key.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/table_schema.h"

namespace foreset::lake {

// Which columns of a source table a lake table has, and under which names.
class Projection {
 public:
  // All columns under their own names.
  static Projection All(const TableSchema& schema);
  // {name in the table, column of the source}. kInvalidInput (kDimensionColumns) names a column
  // that is not there, or a key column that is left out.
  static Result<Projection> Of(const TableSchema& schema,
                               const std::vector<std::pair<std::string, std::string>>& columns);

  // The source's schema as the table has it: projected, renamed, the key by its new places.
  const TableSchema& schema() const { return schema_; }
  bool all() const { return all_; }
  // Columns of an image of the source table, in the table's order and names. Copies nothing.
  std::shared_ptr<arrow::RecordBatch> Apply(const arrow::RecordBatch& image) const;
  RowKey Key() const;

 private:
  Projection() = default;

  TableSchema schema_;
  std::vector<int> columns_;
  bool all_ = true;
};

}  // namespace foreset::lake
