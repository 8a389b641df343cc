// SPDX-License-Identifier: MIT
// The appenders of value_plan.h for numbers.
#include <algorithm>
#include <charconv>
#include <cmath>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_primitive.h>

#include "foreset/capture/debezium/byte_texts.h"
#include "foreset/capture/debezium/decimal_forms.h"
#include "foreset/capture/debezium/json_strings.h"
#include "foreset/capture/debezium/value_plan.h"

namespace foreset::debezium {
namespace {

constexpr std::uint32_t kMaxDecimal128Digits = 38;
// A BIGINT UNSIGNED has at most so many digits.
constexpr DecimalSize kUnsignedLong{20, 0};

template <typename Number>
bool ReadNumber(std::string_view json, Number& out) {
  const std::string_view token = ScalarOf(json);
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
  return error == std::errc() && end == token.data() + token.size();
}

bool ReadBool(std::string_view json, bool& out) {
  const std::string_view token = ScalarOf(json);
  out = token == "true";
  return out || token == "false";
}

template <typename Builder>
ValueOutcome AppendInteger(const ValuePlan& plan, std::string_view json,
                           arrow::ArrayBuilder& builder, ValueContext& context) {
  std::int64_t value = 0;
  bool truth = false;
  // TinyIntOneToBooleanConverter writes TINYINT(1) as a boolean.
  if (plan.source == SourceType::kTinyInt && ReadBool(json, truth)) {
    value = truth ? 1 : 0;
  } else if (!ReadNumber(json, value)) {
    return ValueOutcome::kWrong;
  }
  if (value < plan.lowest || value > plan.highest) return ValueOutcome::kWrong;
  auto& typed = static_cast<Builder&>(builder);
  return Appended(typed.Append(static_cast<typename Builder::value_type>(value)), context);
}

ValueOutcome AppendYear(const ValuePlan& plan, std::string_view json, arrow::ArrayBuilder& builder,
                        ValueContext& context) {
  constexpr std::int64_t kFirstYear = 1901;
  std::int64_t value = 0;
  if (!ReadNumber(json, value)) return ValueOutcome::kWrong;
  // The binlog counts years from 1900 and has 0 for the year 0000; the connector adds the two.
  if (value == kFirstYear - 1) value = 0;
  if ((value != 0 && value < kFirstYear) || value > plan.highest) return ValueOutcome::kWrong;
  auto& typed = static_cast<arrow::Int16Builder&>(builder);
  return Appended(typed.Append(static_cast<std::int16_t>(value)), context);
}

// The connector's long has the 64 bits of the unsigned value: above 2^63 it is negative.
ValueOutcome AppendSignedBits(const ValuePlan&, std::string_view json, arrow::ArrayBuilder& builder,
                              ValueContext& context) {
  std::int64_t value = 0;
  if (!ReadNumber(json, value)) return ValueOutcome::kWrong;
  auto& typed = static_cast<arrow::Decimal128Builder&>(builder);
  return Appended(typed.Append(arrow::Decimal128(0, static_cast<std::uint64_t>(value))), context);
}

ValueOutcome AppendUnsignedDecimal(const ValuePlan& plan, std::string_view json,
                                   arrow::ArrayBuilder& builder, ValueContext& context) {
  constexpr arrow::Decimal128 kHighest(0, ~0ULL);
  DecimalDigits number;
  if (const auto text = StringOf(json, context.unescaped)) {
    if (!DecodeBase64(*text, context.bytes) ||
        !ReadDecimalBytes(context.bytes, plan.form.scale, kUnsignedLong, number)) {
      return ValueOutcome::kWrong;
    }
  } else if (!ReadDecimalText(ScalarOf(json), kUnsignedLong, ExtraDigits::kRefuse, number)) {
    return ValueOutcome::kWrong;
  }
  const arrow::Decimal128 value = ToDecimal128(number);
  if (number.negative || value > kHighest) return ValueOutcome::kWrong;
  return Appended(static_cast<arrow::Decimal128Builder&>(builder).Append(value), context);
}

ValueOutcome AppendFloat(const ValuePlan&, std::string_view json, arrow::ArrayBuilder& builder,
                         ValueContext& context) {
  float value = 0;
  if (!ReadNumber(json, value)) return ValueOutcome::kWrong;
  return Appended(static_cast<arrow::FloatBuilder&>(builder).Append(value), context);
}

ValueOutcome AppendDouble(const ValuePlan&, std::string_view json, arrow::ArrayBuilder& builder,
                          ValueContext& context) {
  double value = 0;
  if (!ReadNumber(json, value)) return ValueOutcome::kWrong;
  return Appended(static_cast<arrow::DoubleBuilder&>(builder).Append(value), context);
}

ValueOutcome AppendBool(const ValuePlan&, std::string_view json, arrow::ArrayBuilder& builder,
                        ValueContext& context) {
  bool value = false;
  if (!ReadBool(json, value)) return ValueOutcome::kWrong;
  return Appended(static_cast<arrow::BooleanBuilder&>(builder).Append(value), context);
}

ValueOutcome AppendDigits(const ValuePlan& plan, const DecimalDigits& number,
                          arrow::ArrayBuilder& builder, ValueContext& context) {
  if (plan.precision <= kMaxDecimal128Digits) {
    auto& typed = static_cast<arrow::Decimal128Builder&>(builder);
    return Appended(typed.Append(ToDecimal128(number)), context);
  }
  context.text.clear();
  AppendDecimalText(number, plan.scale, context.text);
  if (plan.zero_filled) {
    const std::size_t shown = plan.precision + (plan.scale > 0 ? 1 : 0);
    context.text.insert(0, shown - std::min(shown, context.text.size()), '0');
  }
  return Appended(static_cast<arrow::BinaryBuilder&>(builder).Append(context.text), context);
}

ValueOutcome AppendDecimalBytes(const ValuePlan& plan, std::string_view json,
                                arrow::ArrayBuilder& builder, ValueContext& context) {
  const DecimalSize type{plan.precision, plan.scale};
  DecimalDigits number;
  const auto text = StringOf(json, context.unescaped);
  if (!text) {  // the converter's decimal.format is NUMERIC
    if (!ReadDecimalText(ScalarOf(json), type, ExtraDigits::kRefuse, number)) {
      return ValueOutcome::kWrong;
    }
    return AppendDigits(plan, number, builder, context);
  }
  if (!DecodeBase64(*text, context.bytes)) return ValueOutcome::kWrong;
  if (plan.form.scale == plan.scale && plan.precision <= kMaxDecimal128Digits) [[likely]] {
    arrow::Decimal128 value;
    if (!ReadDecimalBytes(context.bytes, plan.precision, value)) return ValueOutcome::kWrong;
    return Appended(static_cast<arrow::Decimal128Builder&>(builder).Append(value), context);
  }
  if (!ReadDecimalBytes(context.bytes, plan.form.scale, type, number)) return ValueOutcome::kWrong;
  return AppendDigits(plan, number, builder, context);
}

// The shortest decimal text of the double, as it stands in the message, rounded (half away from
// zero) to the column's scale: exact for up to 15 significant digits.
ValueOutcome AppendDecimalDouble(const ValuePlan& plan, std::string_view json,
                                 arrow::ArrayBuilder& builder, ValueContext& context) {
  DecimalDigits number;
  if (!ReadDecimalText(ScalarOf(json), {plan.precision, plan.scale}, ExtraDigits::kRound, number)) {
    // Rounded to a double, a value near the column's limit is the power of ten above it.
    constexpr std::uint32_t kExactDigits = 15;
    double value = 0;
    if (plan.precision <= kExactDigits || !ReadNumber(json, value) ||
        std::abs(value) > std::pow(10.0, plan.precision - plan.scale)) {
      return ValueOutcome::kWrong;
    }
    context.text = ScalarOf(json);
    const ValueOutcome outcome = Appended(builder.AppendNull(), context);
    return outcome == ValueOutcome::kOk ? ValueOutcome::kRescued : outcome;
  }
  return AppendDigits(plan, number, builder, context);
}

ValueOutcome AppendDecimalString(const ValuePlan& plan, std::string_view json,
                                 arrow::ArrayBuilder& builder, ValueContext& context) {
  DecimalDigits number;
  const auto text = StringOf(json, context.unescaped);
  if (!text ||
      !ReadDecimalText(*text, {plan.precision, plan.scale}, ExtraDigits::kRefuse, number)) {
    return ValueOutcome::kWrong;
  }
  return AppendDigits(plan, number, builder, context);
}

ValuePlan::Append IntegerAppender(const ColumnSchema& column) {
  switch (column.type) {
    case SourceType::kTinyInt:
      return column.is_unsigned ? ValuePlan::Append(AppendInteger<arrow::Int16Builder>)
                                : ValuePlan::Append(AppendInteger<arrow::Int8Builder>);
    case SourceType::kSmallInt:
      return column.is_unsigned ? ValuePlan::Append(AppendInteger<arrow::Int32Builder>)
                                : ValuePlan::Append(AppendInteger<arrow::Int16Builder>);
    case SourceType::kMediumInt:
      return AppendInteger<arrow::Int32Builder>;
    case SourceType::kInt:
      return column.is_unsigned ? ValuePlan::Append(AppendInteger<arrow::Int64Builder>)
                                : ValuePlan::Append(AppendInteger<arrow::Int32Builder>);
    default:
      return AppendInteger<arrow::Int64Builder>;
  }
}

ValuePlan::Append DecimalAppender(ValueForm form) {
  switch (form) {
    case ValueForm::kDecimalBytes:
      return AppendDecimalBytes;
    case ValueForm::kDecimalDouble:
      return AppendDecimalDouble;
    case ValueForm::kDecimalText:
      return AppendDecimalString;
    default:
      return nullptr;
  }
}

}  // namespace

ValuePlan::Append NumberAppender(const ValuePlan& plan, const ColumnSchema& column) {
  const ValueForm form = plan.form.form;
  if (column.type == SourceType::kDecimal) return DecimalAppender(form);
  if (column.type == SourceType::kBigInt && column.is_unsigned) {
    if (form == ValueForm::kSignedBits) return AppendSignedBits;
    return form == ValueForm::kDecimalBytes ? AppendUnsignedDecimal : nullptr;
  }
  if (form != ValueForm::kNumber) return nullptr;
  switch (column.type) {
    case SourceType::kFloat:
      return AppendFloat;
    case SourceType::kDouble:
      return AppendDouble;
    case SourceType::kBit:
      return AppendBool;
    case SourceType::kYear:
      return AppendYear;
    default:
      return IntegerAppender(column);
  }
}

}  // namespace foreset::debezium
