// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/value_plan.h"

#include <limits>

#include <arrow/status.h>
#include <fmt/format.h>

#include "foreset/capture/debezium/jackson_text.h"
#include "foreset/capture/mysql/column_type.h"

namespace foreset::debezium {
namespace {

std::string Base64Of(std::string_view bytes) {
  std::string text;
  AppendBase64(text, bytes);
  return text;
}

// The values that a column of an integer type can have.
void SetRange(const ColumnSchema& column, ValuePlan& plan) {
  const auto bits = [&](unsigned width) {
    plan.lowest = column.is_unsigned ? 0 : -(std::int64_t{1} << (width - 1));
    plan.highest = (std::int64_t{1} << (column.is_unsigned ? width : width - 1)) - 1;
  };
  switch (column.type) {
    case SourceType::kTinyInt:
      return bits(8);
    case SourceType::kSmallInt:
      return bits(16);
    case SourceType::kMediumInt:
      return bits(24);
    case SourceType::kInt:
      return bits(32);
    case SourceType::kYear:
      plan.lowest = 0;
      plan.highest = 2155;
      return;
    default:
      plan.lowest = std::numeric_limits<std::int64_t>::min();
      plan.highest = std::numeric_limits<std::int64_t>::max();
  }
}

ValuePlan::Append AppenderFor(const ValuePlan& plan, const ColumnSchema& column) {
  switch (column.type) {
    case SourceType::kTinyInt:
    case SourceType::kSmallInt:
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kBigInt:
    case SourceType::kFloat:
    case SourceType::kDouble:
    case SourceType::kDecimal:
    case SourceType::kYear:
      return NumberAppender(plan, column);
    case SourceType::kBit:
      return column.length == 1 ? NumberAppender(plan, column) : TextAppender(plan);
    case SourceType::kDate:
    case SourceType::kTime:
    case SourceType::kDateTime:
    case SourceType::kTimestamp:
      return TemporalAppender(plan);
    default:
      return TextAppender(plan);
  }
}

}  // namespace

ValueOutcome Appended(const arrow::Status& status, ValueContext& context) {
  if (status.ok()) [[likely]]
    return ValueOutcome::kOk;
  context.problem = status.ToString();
  return ValueOutcome::kWrong;
}

Result<ValuePlan> PlanValue(const ColumnSchema& column, ColumnForm form,
                            std::string_view unavailable) {
  ValuePlan plan;
  plan.source = column.type;
  plan.form = form;
  plan.precision = column.length;
  plan.zero_filled = mysql::IsZeroFilled(column);
  plan.scale = column.scale;
  plan.length = column.length;
  plan.labels = column.labels;
  plan.unavailable = unavailable;
  plan.unavailable_base64 = Base64Of(unavailable);
  SetRange(column, plan);
  plan.append = AppenderFor(plan, column);
  if (plan.append != nullptr) return plan;
  return Err(
      ErrorKind::kInvalidInput, ErrorCode::kMessageValue,
      fmt::format("column {} {} is never written in that form", column.name, column.declared_type));
}

}  // namespace foreset::debezium
