// SPDX-License-Identifier: MIT
#include "foreset/batch/row_totals.h"

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/delta/table_scan.h"
#include "foreset/lake/row_key.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

bool IsNested(const arrow::DataType& type) { return type.num_fields() > 0; }

// The values alone: how inner fields are called is not the same for every reader.
Status AppendValue(const arrow::Array& values, std::int64_t row, std::string& text) {
  if (values.IsNull(row)) {
    text += 'N';
    return {};
  }
  switch (values.type_id()) {
    case arrow::Type::STRUCT: {
      const auto& members = static_cast<const arrow::StructArray&>(values);
      for (int i = 0; i < members.num_fields(); ++i) {
        RETURN_IF_ERROR(AppendValue(*members.field(i), row, text));
      }
      return {};
    }
    case arrow::Type::LIST:
    case arrow::Type::MAP: {
      const auto& list = static_cast<const arrow::ListArray&>(values);
      text += fmt::format("[{}:", list.value_length(row));
      for (std::int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
        RETURN_IF_ERROR(AppendValue(*list.values(), i, text));
      }
      return {};
    }
    default: {
      const auto value = TRY(FromArrow(values.GetScalar(row)));
      const std::string shown = value->ToString();
      text += fmt::format("{}:{}", shown.size(), shown);
      return {};
    }
  }
}

Result<std::shared_ptr<arrow::Array>> AsText(const arrow::Array& values) {
  arrow::StringBuilder texts;
  std::string text;
  for (std::int64_t row = 0; row < values.length(); ++row) {
    text.clear();
    RETURN_IF_ERROR(AppendValue(values, row, text));
    RETURN_IF_ERROR(FromArrow(texts.Append(text)));
  }
  return FromArrow(texts.Finish());
}

}  // namespace

Status AddRows(const arrow::RecordBatch& batch, pipeline::RowSet& totals) {
  arrow::ArrayVector columns = batch.columns();
  arrow::FieldVector fields = batch.schema()->fields();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!IsNested(*columns[i]->type())) continue;
    columns[i] = TRY(AsText(*columns[i]));
    fields[i] = arrow::field(fields[i]->name(), arrow::utf8());
  }
  const auto flat = arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch.num_rows(),
                                             std::move(columns));
  std::vector<int> all(static_cast<std::size_t>(flat->num_columns()));
  std::iota(all.begin(), all.end(), 0);
  for (const Hash128& row : TRY(lake::RowKey(all, true).Digests(*flat))) totals.Add(row);
  return {};
}

Result<pipeline::RowSet> TotalsOf(ObjectStore& store, const delta::Snapshot& snapshot) {
  pipeline::RowSet totals;
  RETURN_IF_ERROR(delta::ScanTable(store, snapshot, {}, [&](const delta::ScannedBatch& scanned) {
    return AddRows(*scanned.batch, totals);
  }));
  return totals;
}

}  // namespace foreset::batch
