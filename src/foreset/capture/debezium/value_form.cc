// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/value_form.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace foreset::debezium {
namespace {

// Up to so many fractional digits the adaptive modes count in milliseconds.
constexpr std::uint32_t kMillisDigits = 3;

ValueForm TimeForm(TimeMode mode, std::uint32_t digits) {
  switch (mode) {
    case TimeMode::kAdaptive:
      return digits <= kMillisDigits ? ValueForm::kMillis : ValueForm::kMicros;
    case TimeMode::kConnect:
      return ValueForm::kMillis;
    case TimeMode::kIsoString:
      return ValueForm::kIsoText;
    case TimeMode::kNanoseconds:
      return ValueForm::kNanos;
    case TimeMode::kAdaptiveTimeMicroseconds:
    case TimeMode::kMicroseconds:
      break;
  }
  return ValueForm::kMicros;
}

ValueForm DateTimeForm(TimeMode mode, std::uint32_t digits) {
  switch (mode) {
    case TimeMode::kAdaptiveTimeMicroseconds:
    case TimeMode::kAdaptive:
      return digits <= kMillisDigits ? ValueForm::kMillis : ValueForm::kMicros;
    case TimeMode::kConnect:
      return ValueForm::kMillis;
    case TimeMode::kIsoString:
      return ValueForm::kIsoText;
    case TimeMode::kNanoseconds:
      return ValueForm::kNanos;
    case TimeMode::kMicroseconds:
      break;
  }
  return ValueForm::kMicros;
}

ValueForm DecimalForm(DecimalMode mode) {
  switch (mode) {
    case DecimalMode::kDouble:
      return ValueForm::kDecimalDouble;
    case DecimalMode::kString:
      return ValueForm::kDecimalText;
    case DecimalMode::kPrecise:
      break;
  }
  return ValueForm::kDecimalBytes;
}

ValueForm BinaryForm(BinaryMode mode) {
  switch (mode) {
    case BinaryMode::kBase64UrlSafe:
      return ValueForm::kBase64UrlSafe;
    case BinaryMode::kHex:
      return ValueForm::kHex;
    case BinaryMode::kBytes:
    case BinaryMode::kBase64:
      break;
  }
  return ValueForm::kBase64;
}

constexpr auto kTemporalNames = std::to_array<std::pair<std::string_view, ValueForm>>({
    {"io.debezium.time.Date", ValueForm::kDays},
    {"org.apache.kafka.connect.data.Date", ValueForm::kDays},
    {"io.debezium.time.Time", ValueForm::kMillis},
    {"org.apache.kafka.connect.data.Time", ValueForm::kMillis},
    {"io.debezium.time.MicroTime", ValueForm::kMicros},
    {"io.debezium.time.NanoTime", ValueForm::kNanos},
    {"io.debezium.time.Timestamp", ValueForm::kMillis},
    {"org.apache.kafka.connect.data.Timestamp", ValueForm::kMillis},
    {"io.debezium.time.MicroTimestamp", ValueForm::kMicros},
    {"io.debezium.time.NanoTimestamp", ValueForm::kNanos},
    {"io.debezium.time.IsoDate", ValueForm::kIsoText},
    {"io.debezium.time.IsoTime", ValueForm::kIsoText},
    {"io.debezium.time.IsoTimestamp", ValueForm::kIsoText},
    {"io.debezium.time.ZonedTimestamp", ValueForm::kIsoText},
});

std::optional<ColumnForm> TemporalForm(const ConnectField& field, const ColumnSchema& column) {
  for (const auto& [name, form] : kTemporalNames) {
    if (name != field.logical) continue;
    const bool date = name.ends_with("Date");
    const bool time = name.ends_with("Time");
    const bool fits = (column.type == SourceType::kDate && date) ||
                      (column.type == SourceType::kTime && time) ||
                      (column.type == SourceType::kDateTime && !date && !time) ||
                      (column.type == SourceType::kTimestamp && !date && !time);
    if (!fits) return std::nullopt;
    return ColumnForm{form};
  }
  return std::nullopt;
}

std::optional<ColumnForm> DecimalFormOf(const ConnectField& field) {
  if (field.type == "bytes" && field.logical == "org.apache.kafka.connect.data.Decimal") {
    const std::string_view text = field.Parameter("scale");
    std::uint32_t scale = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), scale);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return ColumnForm{ValueForm::kDecimalBytes, scale};
  }
  return std::nullopt;
}

bool IsIntegerType(std::string_view type) {
  return type == "int8" || type == "int16" || type == "int32" || type == "int64";
}

std::optional<ColumnForm> BinaryFormOf(const ConnectField& field, const DebeziumModes& modes) {
  if (field.type == "bytes") return ColumnForm{ValueForm::kBase64};
  if (field.type != "string" || modes.binary == BinaryMode::kBytes) return std::nullopt;
  return ColumnForm{BinaryForm(modes.binary)};
}

std::optional<ColumnForm> Plain(bool fits, ValueForm form) {
  if (!fits) return std::nullopt;
  return ColumnForm{form};
}

std::optional<ColumnForm> FindForm(const ConnectField& field, const DebeziumModes& modes,
                                   const ColumnSchema& column) {
  const std::string& type = field.type;
  switch (column.type) {
    case SourceType::kTinyInt:
    case SourceType::kBit:
      if (column.type == SourceType::kBit && column.length > 1) {
        return Plain(type == "bytes", ValueForm::kBase64);
      }
      return Plain(IsIntegerType(type) || type == "boolean", ValueForm::kNumber);
    case SourceType::kBigInt:
      if (column.is_unsigned && !IsIntegerType(type)) return DecimalFormOf(field);
      return Plain(IsIntegerType(type),
                   column.is_unsigned ? ValueForm::kSignedBits : ValueForm::kNumber);
    case SourceType::kSmallInt:
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kYear:
      return Plain(IsIntegerType(type), ValueForm::kNumber);
    case SourceType::kFloat:
    case SourceType::kDouble:
      return Plain(type == "float" || type == "double", ValueForm::kNumber);
    case SourceType::kDecimal:
      if (type == "double") return ColumnForm{ValueForm::kDecimalDouble};
      if (type == "string") return ColumnForm{ValueForm::kDecimalText};
      return DecimalFormOf(field);
    case SourceType::kDate:
    case SourceType::kTime:
    case SourceType::kDateTime:
    case SourceType::kTimestamp:
      return TemporalForm(field, column);
    case SourceType::kBinary:
    case SourceType::kVarBinary:
    case SourceType::kBlob:
      return BinaryFormOf(field, modes);
    case SourceType::kGeometry:
      return Plain(type == "struct", ValueForm::kGeometry);
    case SourceType::kVector:
      return Plain(type == "array", ValueForm::kArray);
    default:
      return Plain(type == "string", ValueForm::kText);
  }
}

}  // namespace

ColumnForm FormUnder(const DebeziumModes& modes, const ColumnSchema& column) {
  switch (column.type) {
    case SourceType::kTinyInt:
    case SourceType::kSmallInt:
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kFloat:
    case SourceType::kDouble:
    case SourceType::kYear:
      return {ValueForm::kNumber};
    case SourceType::kBigInt:
      if (!column.is_unsigned) return {ValueForm::kNumber};
      return {modes.bigint_unsigned == BigIntUnsignedMode::kLong ? ValueForm::kSignedBits
                                                                 : ValueForm::kDecimalBytes};
    case SourceType::kDecimal:
      return {DecimalForm(modes.decimal), column.scale};
    case SourceType::kBit:
      return {column.length == 1 ? ValueForm::kNumber : ValueForm::kBase64};
    case SourceType::kDate:
      return {modes.time == TimeMode::kIsoString ? ValueForm::kIsoText : ValueForm::kDays};
    case SourceType::kTime:
      return {TimeForm(modes.time, column.scale)};
    case SourceType::kDateTime:
      return {DateTimeForm(modes.time, column.scale)};
    case SourceType::kTimestamp:
      return {ValueForm::kIsoText};
    case SourceType::kBinary:
    case SourceType::kVarBinary:
    case SourceType::kBlob:
      return {BinaryForm(modes.binary)};
    case SourceType::kGeometry:
      return {ValueForm::kGeometry};
    case SourceType::kVector:
      return {ValueForm::kArray};
    default:
      return {ValueForm::kText};
  }
}

Result<ColumnForm> FormOf(const ConnectField& field, const DebeziumModes& modes,
                          const ColumnSchema& column) {
  if (const auto form = FindForm(field, modes, column)) return *form;
  return Err(ErrorKind::kInvalidInput, ErrorCode::kMessageValue,
             fmt::format("column {} {}: the message's schema says {} {}", column.name,
                         column.declared_type, field.type, field.logical));
}

}  // namespace foreset::debezium
