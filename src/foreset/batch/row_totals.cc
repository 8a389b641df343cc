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

#include "foreset/delta/table_scan.h"
#include "foreset/lake/row_key.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

bool IsNested(const arrow::DataType& type) { return type.num_fields() > 0; }

Result<std::shared_ptr<arrow::Array>> AsText(const arrow::Array& values) {
  arrow::StringBuilder texts;
  for (std::int64_t row = 0; row < values.length(); ++row) {
    const auto value = TRY(FromArrow(values.GetScalar(row)));
    RETURN_IF_ERROR(
        FromArrow(value->is_valid ? texts.Append(value->ToString()) : texts.AppendNull()));
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
