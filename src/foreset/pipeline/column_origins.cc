// SPDX-License-Identifier: MIT
#include "foreset/pipeline/column_origins.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/lake/conform.h"
#include "foreset/lake/existing_value.h"
#include "foreset/lake/schema_evolution.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/arrow_types.h"

namespace foreset::pipeline {
namespace {

std::shared_ptr<arrow::Array> FindColumn(const arrow::RecordBatch& rows, const std::string& name) {
  for (int i = 0; i < rows.num_columns(); ++i) {
    if (SameName(rows.schema()->field(i)->name(), name)) return rows.column(i);
  }
  return nullptr;
}

// What an ADD COLUMN gave to the rows that were there.
std::shared_ptr<arrow::Scalar> GivenTo(const SchemaChange& change, const ColumnAdded& added) {
  if (!added.existing_rows_get || change.after == nullptr) return nullptr;
  const auto at = change.after->FindColumn(added.name);
  if (!at) return nullptr;
  auto value = lake::ParseExistingValue(change.after->columns[*at], *added.existing_rows_get,
                                        DateTimeAs::kWallClock);
  return value ? *std::move(value) : nullptr;
}

// Digests tell types apart. A column that the source made narrower stays as wide in the log: what a
// living row has fits, or the statement had not been followed.
Result<std::shared_ptr<arrow::Array>> AsType(std::shared_ptr<arrow::Array> values,
                                             const std::shared_ptr<arrow::DataType>& type) {
  const bool wider = lake::Widens(*values->type(), *type);
  if (values->type_id() == type->id()) return values;
  if (!wider && !lake::Widens(*type, *values->type())) return values;
  return wider ? lake::ConformArray(values, type) : lake::ConformWhatFits(values, type);
}

Result<std::shared_ptr<arrow::Array>> Constant(const std::shared_ptr<arrow::Scalar>& value,
                                               const std::shared_ptr<arrow::DataType>& type,
                                               std::int64_t rows) {
  if (value == nullptr) return FromArrow(arrow::MakeArrayOfNull(type, rows));
  return AsType(TRY(FromArrow(arrow::MakeArrayFromScalar(*value, rows))), type);
}

}  // namespace

ColumnOrigins::ColumnOrigins(const TableSchema& last, const std::vector<SchemaChange>& changes,
                             Sequence limit) {
  std::vector<Origin> origins;
  for (const ColumnSchema& column : last.columns) {
    origins.push_back({column.name, ArrowTypeOf(column), column.name, column.InLake(), nullptr});
  }
  SchemaVersion version = last.version;
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    if (change->sequence >= limit) continue;
    if (change->after != nullptr) {
      version = change->after->version;
      origins = Named(std::move(origins), *change->after);
    }
    periods_.push_back({change->sequence, version, origins});
    const bool anew = change->kind == SchemaChangeKind::kCreate;
    if (anew && std::next(change) != changes.rend()) made_ = change->sequence;
    if (anew) break;
    origins = Before(*change, std::move(origins));
  }
  if (periods_.empty()) periods_.push_back({Sequence(), version, std::move(origins)});
  std::ranges::reverse(periods_);
}

std::vector<ColumnOrigins::Origin> ColumnOrigins::Named(std::vector<Origin> origins,
                                                        const TableSchema& schema) {
  for (Origin& origin : origins) {
    const auto column = schema.FindColumn(origin.from);
    origin.in_lake = column ? schema.columns[*column].InLake() : origin.from;
  }
  return origins;
}

std::vector<ColumnOrigins::Origin> ColumnOrigins::Before(const SchemaChange& change,
                                                         std::vector<Origin> origins) {
  for (Origin& origin : origins) {
    const std::string after = origin.from;
    if (after.empty()) continue;
    for (const ColumnChange& column : change.columns) {
      if (const auto* renamed = std::get_if<ColumnRenamed>(&column);
          renamed != nullptr && SameName(renamed->to, after)) {
        origin.from = renamed->from;
      } else if (const auto* added = std::get_if<ColumnAdded>(&column);
                 added != nullptr && SameName(added->name, after)) {
        origin.from.clear();
        origin.otherwise = GivenTo(change, *added);
      }
    }
  }
  return origins;
}

std::size_t ColumnOrigins::PeriodOf(Sequence row) const {
  const auto next = std::ranges::upper_bound(periods_, row, {}, &Period::begin);
  return next == periods_.begin() ? 0 : static_cast<std::size_t>(next - periods_.begin()) - 1;
}

std::size_t ColumnOrigins::PeriodOf(SchemaVersion version) const {
  const auto next = std::ranges::upper_bound(periods_, version, {}, &Period::version);
  return next == periods_.begin() ? 0 : static_cast<std::size_t>(next - periods_.begin()) - 1;
}

Result<std::shared_ptr<arrow::RecordBatch>> ColumnOrigins::Map(const arrow::RecordBatch& rows,
                                                               std::size_t period,
                                                               ColumnNames names) const {
  arrow::ArrayVector arrays;
  arrow::FieldVector fields;
  const auto add = [&](const std::string& name, std::shared_ptr<arrow::Array> values) {
    fields.push_back(arrow::field(name, values->type()));
    arrays.push_back(std::move(values));
  };
  for (const Origin& origin : periods_[period].origins) {
    if (origin.from.empty()) {
      add(origin.column, TRY(Constant(origin.otherwise, origin.type, rows.num_rows())));
      continue;
    }
    const std::string& from = names == ColumnNames::kLake ? origin.in_lake : origin.from;
    auto values = FindColumn(rows, from);
    if (values == nullptr) {
      return Err(ErrorKind::kCorruption, ErrorCode::kLakeColumnMissing,
                 fmt::format("the rows have no column {}", from));
    }
    add(origin.column, TRY(AsType(std::move(values), origin.type)));
  }
  for (const char* own : {"_op", "_seq"}) {
    if (auto values = rows.GetColumnByName(own)) add(own, std::move(values));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), rows.num_rows(),
                                  std::move(arrays));
}

}  // namespace foreset::pipeline
