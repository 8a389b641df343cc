// SPDX-License-Identifier: MIT
#include "foreset/cli/output/report_rows.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/cli/output/output_option.h"

namespace foreset::cli {
namespace {

std::shared_ptr<arrow::DataType> ArrowTypeOf(ReportType type) {
  switch (type) {
    case ReportType::kText:
      return arrow::utf8();
    case ReportType::kInteger:
      return arrow::int64();
    case ReportType::kTime:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case ReportType::kTruth:
      return arrow::boolean();
  }
  return arrow::utf8();
}

arrow::Status Append(arrow::ArrayBuilder& builder, const ReportRows::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return static_cast<arrow::StringBuilder&>(builder).Append(*text);
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return static_cast<arrow::Int64Builder&>(builder).Append(*number);
  }
  if (const auto* time = std::get_if<Timestamp>(&value)) {
    return static_cast<arrow::TimestampBuilder&>(builder).Append(time->value());
  }
  if (const auto* truth = std::get_if<bool>(&value)) {
    return static_cast<arrow::BooleanBuilder&>(builder).Append(*truth);
  }
  return builder.AppendNull();
}

Status Check(const arrow::Status& status) {
  if (status.ok()) return {};
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, status.ToString());
}

}  // namespace

Status ReportRows::WriteTo(OutputFormat format, Context& context) const {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    fields.push_back(arrow::field(columns_[i].name, ArrowTypeOf(columns_[i].type)));
    std::unique_ptr<arrow::ArrayBuilder> builder;
    RETURN_IF_ERROR(
        Check(arrow::MakeBuilder(arrow::default_memory_pool(), fields.back()->type(), &builder)));
    for (const auto& row : rows_) RETURN_IF_ERROR(Check(Append(*builder, row[i])));
    RETURN_IF_ERROR(Check(builder->Finish(&arrays.emplace_back())));
  }
  const auto schema = arrow::schema(fields);
  auto writer = TRY(OpenRowWriter(format, schema, context));
  RETURN_IF_ERROR(writer->Write(
      *arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(rows_.size()), arrays)));
  return writer->Finish();
}

}  // namespace foreset::cli
