// SPDX-License-Identifier: MIT
// The appenders of value_plan.h for dates and times.
#include <array>
#include <charconv>
#include <optional>

#include <arrow/array/builder_primitive.h>
#include <arrow/array/builder_time.h>

#include "foreset/base/time_units.h"
#include "foreset/capture/debezium/iso_texts.h"
#include "foreset/capture/debezium/json_strings.h"
#include "foreset/capture/debezium/value_plan.h"
#include "foreset/capture/mysql/calendar.h"

namespace foreset::debezium {
namespace {

// From 0000-01-01 up to the end of 9999: the years that the server has.
constexpr std::int64_t kFirstDay = -719'528;
constexpr std::int64_t kLastDay = 2'932'896;
constexpr std::int64_t kLongestTime = (838 * 3600 + 59 * 60 + 60) * kMicrosPerSecond - 1;

// The microseconds that a value with so many fractional digits is a multiple of.
constexpr std::array<std::int64_t, 7> kUnits = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};

std::optional<std::int64_t> ReadInteger(std::string_view json) {
  const std::string_view token = ScalarOf(json);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  return value;
}

// A count of the form's unit in microseconds.
std::optional<std::int64_t> ReadMicros(ValueForm form, std::string_view json) {
  const auto value = ReadInteger(json);
  if (!value) return std::nullopt;
  switch (form) {
    case ValueForm::kMillis: {
      std::int64_t micros = 0;
      if (__builtin_mul_overflow(*value, 1'000, &micros)) return std::nullopt;
      return micros;
    }
    case ValueForm::kNanos:
      if (*value % 1'000 != 0) return std::nullopt;
      return *value / 1'000;
    default:
      return value;
  }
}

// Digits that the column does not have betray another form: microseconds read as milliseconds.
bool HasDigits(const ValuePlan& plan, std::int64_t micros) {
  return plan.scale < kUnits.size() && micros % kUnits[plan.scale] == 0;
}

ValueOutcome AppendDate(const ValuePlan& plan, std::string_view json, arrow::ArrayBuilder& builder,
                        ValueContext& context) {
  std::optional<std::int64_t> days;
  if (plan.form.form == ValueForm::kDays) {
    days = ReadInteger(json);
  } else if (const auto text = StringOf(json, context.unescaped)) {
    if (const auto day = ParseIsoDate(*text)) days = *day;
  }
  if (!days || *days < kFirstDay || *days > kLastDay) return ValueOutcome::kWrong;
  auto& typed = static_cast<arrow::Date32Builder&>(builder);
  return Appended(typed.Append(static_cast<std::int32_t>(*days)), context);
}

ValueOutcome AppendTime(const ValuePlan& plan, std::string_view json, arrow::ArrayBuilder& builder,
                        ValueContext& context) {
  std::optional<std::int64_t> micros;
  if (plan.form.form != ValueForm::kIsoText) {
    micros = ReadMicros(plan.form.form, json);
  } else if (const auto text = StringOf(json, context.unescaped)) {
    micros = ParseIsoTime(*text);
  }
  if (!micros || !HasDigits(plan, *micros) || *micros > kLongestTime || *micros < -kLongestTime) {
    return ValueOutcome::kWrong;
  }
  return Appended(static_cast<arrow::Int64Builder&>(builder).Append(*micros), context);
}

bool InYears(std::int64_t micros) {
  return micros >= kFirstDay * kMicrosPerDay && micros < (kLastDay + 1) * kMicrosPerDay;
}

ValueOutcome AppendDateTime(const ValuePlan& plan, std::string_view json,
                            arrow::ArrayBuilder& builder, ValueContext& context) {
  std::optional<std::int64_t> micros;
  if (plan.form.form != ValueForm::kIsoText) {
    micros = ReadMicros(plan.form.form, json);
  } else if (const auto text = StringOf(json, context.unescaped)) {
    micros = ParseIsoTimestamp(*text);
  }
  if (!micros || !HasDigits(plan, *micros) || !InYears(*micros)) return ValueOutcome::kWrong;
  return Appended(static_cast<arrow::TimestampBuilder&>(builder).Append(*micros), context);
}

// The server's TIMESTAMP begins at 1970-01-01T00:00:01Z: the epoch itself is how the connector
// writes the zero date of a column that is NOT NULL.
ValueOutcome AppendTimestamp(const ValuePlan& plan, std::string_view json,
                             arrow::ArrayBuilder& builder, ValueContext& context) {
  std::optional<std::int64_t> micros;
  if (plan.form.form != ValueForm::kIsoText) {
    micros = ReadMicros(plan.form.form, json);
  } else if (const auto text = StringOf(json, context.unescaped)) {
    micros = ParseIsoTimestamp(*text);
  }
  if (!micros || !HasDigits(plan, *micros) || !InYears(*micros)) return ValueOutcome::kWrong;
  if (*micros == 0) {
    context.text = mysql::FormatDateTime(mysql::CivilTime(), plan.scale);
    const ValueOutcome outcome = Appended(builder.AppendNull(), context);
    return outcome == ValueOutcome::kOk ? ValueOutcome::kRescued : outcome;
  }
  return Appended(static_cast<arrow::TimestampBuilder&>(builder).Append(*micros), context);
}

}  // namespace

ValuePlan::Append TemporalAppender(const ValuePlan& plan) {
  const ValueForm form = plan.form.form;
  const bool iso = form == ValueForm::kIsoText;
  const bool counted =
      form == ValueForm::kMillis || form == ValueForm::kMicros || form == ValueForm::kNanos;
  if (plan.source == SourceType::kDate) {
    return iso || form == ValueForm::kDays ? AppendDate : nullptr;
  }
  if (!iso && !counted) return nullptr;
  if (plan.source == SourceType::kTime) return AppendTime;
  return plan.source == SourceType::kTimestamp ? AppendTimestamp : AppendDateTime;
}

}  // namespace foreset::debezium
