// SPDX-License-Identifier: MIT
#include "foreset/lake/projection.h"

#include <algorithm>
#include <numeric>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

namespace foreset::lake {
namespace {

std::unexpected<Error> NoSuchColumn(const TableSchema& schema, const std::string& column) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kDimensionColumns,
             fmt::format("table {} has no column '{}'", schema.id.ToString(), column));
}

}  // namespace

Projection Projection::All(const TableSchema& schema) {
  Projection projection;
  projection.schema_ = schema;
  projection.columns_.resize(schema.columns.size());
  std::iota(projection.columns_.begin(), projection.columns_.end(), 0);
  return projection;
}

Result<Projection> Projection::Of(const TableSchema& schema,
                                  const std::vector<std::pair<std::string, std::string>>& columns) {
  if (columns.empty()) return All(schema);
  Projection projection;
  projection.all_ = false;
  projection.schema_ = schema;
  projection.schema_.columns.clear();
  projection.schema_.key.clear();
  for (const auto& [name, from] : columns) {
    const auto found = schema.FindColumn(from);
    if (!found) return NoSuchColumn(schema, from);
    projection.columns_.push_back(static_cast<int>(*found));
    projection.schema_.columns.push_back(schema.columns[*found]);
    // "Name" of which bronze has "Title__2" is "Name__2" in the dimension's history.
    LakeName& own = projection.schema_.columns.back().lake_name;
    if (own.text.size() > from.size()) own.text = name + own.text.substr(from.size());
    projection.schema_.columns.back().name = name;
  }
  for (const std::size_t key : schema.key) {
    const auto at = std::ranges::find(projection.columns_, static_cast<int>(key));
    if (at == projection.columns_.end()) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kDimensionColumns,
                 fmt::format("a dimension of {} must have its key column '{}'",
                             schema.id.ToString(), schema.columns[key].name));
    }
    projection.schema_.key.push_back(static_cast<std::size_t>(at - projection.columns_.begin()));
  }
  return projection;
}

std::shared_ptr<arrow::RecordBatch> Projection::Apply(const arrow::RecordBatch& image) const {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    arrays.push_back(image.column(columns_[i]));
    fields.push_back(arrow::field(schema_.columns[i].name, arrays.back()->type()));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), image.num_rows(),
                                  std::move(arrays));
}

RowKey Projection::Key() const {
  const bool whole_row = schema_.key_kind == KeyKind::kWholeRow;
  std::vector<int> columns;
  if (whole_row) {
    columns.resize(schema_.columns.size());
    std::iota(columns.begin(), columns.end(), 0);
  } else {
    for (const std::size_t column : schema_.key) columns.push_back(static_cast<int>(column));
  }
  return {std::move(columns), whole_row};
}

}  // namespace foreset::lake
