// SPDX-License-Identifier: MIT
#include "foreset/lake/lake_columns.h"

#include <optional>
#include <string_view>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/builder.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/lake/conform.h"
#include "foreset/model/arrow_status.h"

namespace foreset::lake {
namespace {

Status AppendSequence(arrow::StringBuilder& builder, Sequence sequence) {
  char text[Sequence::kTextBytes];
  sequence.Format(text);
  return FromArrow(builder.Append(std::string_view(text, Sequence::kTextBytes)));
}

// A change of a source column by its name in the table; nothing when the table has it not.
std::optional<ColumnChange> ProjectedChange(
    const ColumnChange& change, const std::vector<std::pair<std::string, std::string>>& columns) {
  const auto name_of = [&](const std::string& source) -> std::optional<std::string> {
    for (const auto& [name, from] : columns) {
      if (SameName(from, source)) return name;
    }
    return std::nullopt;
  };
  if (const auto* added = std::get_if<ColumnAdded>(&change)) {
    if (auto name = name_of(added->name)) return ColumnAdded{*name, added->existing_rows_get};
  } else if (const auto* retyped = std::get_if<ColumnRetyped>(&change)) {
    if (auto name = name_of(retyped->name)) return ColumnRetyped{*name};
  }
  // A dimension names its source columns: dropping or renaming one has been refused before.
  return std::nullopt;
}

}  // namespace

Result<std::shared_ptr<arrow::Array>> SequenceColumn(const std::vector<Sequence>& sequences) {
  arrow::StringBuilder builder;
  for (const Sequence& sequence : sequences) RETURN_IF_ERROR(AppendSequence(builder, sequence));
  return FromArrow(builder.Finish());
}

Result<std::shared_ptr<arrow::Array>> SequenceColumn(
    const std::vector<std::optional<Sequence>>& sequences) {
  arrow::StringBuilder builder;
  for (const auto& sequence : sequences) {
    RETURN_IF_ERROR(sequence ? AppendSequence(builder, *sequence)
                             : FromArrow(builder.AppendNull()));
  }
  return FromArrow(builder.Finish());
}

Result<std::shared_ptr<arrow::Array>> TimeColumn(const std::vector<Timestamp>& times) {
  arrow::TimestampBuilder builder(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                                  arrow::default_memory_pool());
  RETURN_IF_ERROR(FromArrow(builder.Reserve(static_cast<std::int64_t>(times.size()))));
  for (const Timestamp time : times) builder.UnsafeAppend(time.value());
  return FromArrow(builder.Finish());
}

Result<std::shared_ptr<arrow::RecordBatch>> MakeBatch(const std::shared_ptr<arrow::Schema>& columns,
                                                      std::int64_t rows,
                                                      arrow::ArrayVector arrays) {
  if (arrays.size() != static_cast<std::size_t>(columns->num_fields())) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("{} columns where {} were due", arrays.size(), columns->num_fields()));
  }
  for (const auto& array : arrays) {
    if (array != nullptr && array->length() == rows) continue;
    return Err(ErrorKind::kInternal, ErrorCode::kInternal, "columns of different lengths");
  }
  return arrow::RecordBatch::Make(columns, rows, std::move(arrays));
}

Result<std::shared_ptr<arrow::RecordBatch>> TakeRows(
    const std::shared_ptr<arrow::RecordBatch>& batch, const std::vector<std::uint32_t>& rows) {
  bool all = rows.size() == static_cast<std::size_t>(batch->num_rows());
  for (std::size_t i = 0; all && i < rows.size(); ++i) all = rows[i] == i;
  if (all) return batch;
  const auto indexes = std::make_shared<arrow::UInt32Array>(static_cast<std::int64_t>(rows.size()),
                                                            arrow::Buffer::Wrap(rows));
  const arrow::Datum taken = TRY(FromArrow(arrow::compute::Take(
      arrow::Datum(batch), arrow::Datum(indexes), arrow::compute::TakeOptions::NoBoundsCheck())));
  return taken.record_batch();
}

const arrow::Field* FindField(const arrow::FieldVector& fields, std::string_view name) {
  const auto found = std::ranges::find_if(
      fields, [&](const auto& field) { return SameName(field->name(), name); });
  return found == fields.end() ? nullptr : found->get();
}

Status CheckNames(const arrow::Schema& columns, const TableSchema& source) {
  for (int i = 0; i < columns.num_fields(); ++i) {
    for (int j = 0; j < i; ++j) {
      if (!SameName(columns.field(i)->name(), columns.field(j)->name())) continue;
      return Err(ErrorKind::kInvalidInput, ErrorCode::kReservedColumnName,
                 fmt::format("column '{}' of {} has a name that the lake needs itself",
                             columns.field(j)->name(), source.id.ToString()));
    }
  }
  return {};
}

Result<std::shared_ptr<arrow::RecordBatch>> MapRows(const EvolutionPlan& plan,
                                                    const arrow::RecordBatch& rows,
                                                    const std::shared_ptr<arrow::Schema>& columns) {
  arrow::ArrayVector arrays;
  for (const ColumnPlan& column : plan.columns) {
    if (!column.from.empty()) {
      arrays.push_back(TRY(ConformArray(rows.GetColumnByName(column.from), column.field->type())));
    } else if (column.otherwise != nullptr) {
      arrays.push_back(
          TRY(FromArrow(arrow::MakeArrayFromScalar(*column.otherwise, rows.num_rows()))));
    } else {
      arrays.push_back(
          TRY(FromArrow(arrow::MakeArrayOfNull(column.field->type(), rows.num_rows()))));
    }
  }
  for (int i = static_cast<int>(arrays.size()); i < columns->num_fields(); ++i) {
    arrays.push_back(rows.GetColumnByName(columns->field(i)->name()));
  }
  return MakeBatch(columns, rows.num_rows(), std::move(arrays));
}

SchemaChange Projected(const SchemaChange& change,
                       const std::vector<std::pair<std::string, std::string>>& columns) {
  SchemaChange projected = change;
  if (columns.empty()) return projected;
  projected.columns.clear();
  for (const ColumnChange& column : change.columns) {
    if (auto seen = ProjectedChange(column, columns)) projected.columns.push_back(*seen);
  }
  return projected;
}

}  // namespace foreset::lake
