// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/column_encoding.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/debezium/jackson_text.h"

namespace foreset::debezium {
namespace {

// The parts of a field's schema, in the order in which the JSON converter writes them.
struct Shape {
  CellForm form;
  std::string type;     // what follows {"type":
  std::string logical;  // ,"name":…,"version":… and what follows it; may be empty
  std::string zero;     // for NULL in a NOT NULL column; empty: null
};

Shape PlainShape(CellForm form, std::string_view type) {
  return {form, fmt::format("\"{}\"", type), {}, {}};
}

Shape Logical(CellForm form, std::string_view type, std::string_view name,
              std::string_view more = {}) {
  return {form,
          fmt::format("\"{}\"", type),
          fmt::format(",\"name\":\"{}\",\"version\":1{}", name, more),
          {}};
}

Shape Zeroed(Shape shape, std::string_view zero) {
  shape.zero = zero;
  return shape;
}

// "a,b,c\,d"
std::string EscapedLabel(std::string_view label) {
  std::string out;
  for (const char c : label) {
    if (c == ',') out += '\\';
    out += c;
  }
  return out;
}

std::string Allowed(const ColumnSchema& column) {
  std::string labels;
  for (const std::string& label : column.labels) {
    if (!labels.empty()) labels += ',';
    labels += EscapedLabel(label);
  }
  return fmt::format(",\"parameters\":{{\"allowed\":{}}}", JsonString(labels));
}

// Of BIGINT UNSIGNED.
constexpr std::uint32_t kBigintDigits = 20;

Shape DecimalShape(std::uint32_t scale, std::uint32_t precision) {
  return Logical(CellForm::kDecimalBytes, "bytes", "org.apache.kafka.connect.data.Decimal",
                 fmt::format(R"(,"parameters":{{"scale":"{}","connect.decimal.precision":"{}"}})",
                             scale, precision));
}

Shape NumberShape(const ColumnSchema& column, const EventOptions& options) {
  switch (column.type) {
    case SourceType::kTinyInt:
      return PlainShape(CellForm::kInteger, "int16");
    case SourceType::kSmallInt:
      return PlainShape(CellForm::kInteger, column.is_unsigned ? "int32" : "int16");
    case SourceType::kMediumInt:
      return PlainShape(CellForm::kInteger, "int32");
    case SourceType::kInt:
      return PlainShape(CellForm::kInteger, column.is_unsigned ? "int64" : "int32");
    case SourceType::kBigInt:
      if (!column.is_unsigned) return PlainShape(CellForm::kInteger, "int64");
      return options.bigint_unsigned == BigintUnsignedHandling::kPrecise
                 ? DecimalShape(0, kBigintDigits)
                 : PlainShape(CellForm::kWrappedBigint, "int64");
    case SourceType::kFloat:
      return PlainShape(CellForm::kFloat, "float");
    case SourceType::kDouble:
      return PlainShape(CellForm::kDouble, "double");
    default:
      break;
  }
  switch (options.decimal) {
    case DecimalHandling::kPrecise:
      break;
    case DecimalHandling::kDouble:
      return PlainShape(CellForm::kDecimalDouble, "double");
    case DecimalHandling::kString:
      return PlainShape(CellForm::kDecimalText, "string");
  }
  return DecimalShape(column.scale, column.length);
}

Shape TimeShape(const ColumnSchema& column, const EventOptions& options) {
  const bool connect = options.time == TimePrecision::kConnect;
  switch (column.type) {
    case SourceType::kDate:
      return Zeroed(
          Logical(CellForm::kDate, "int32",
                  connect ? "org.apache.kafka.connect.data.Date" : "io.debezium.time.Date"),
          "0");
    case SourceType::kTime:
      if (connect) {
        return Zeroed(
            Logical(CellForm::kConnectTime, "int32", "org.apache.kafka.connect.data.Time"), "0");
      }
      return Zeroed(Logical(CellForm::kMicroTime, "int64", "io.debezium.time.MicroTime"), "0");
    case SourceType::kTimestamp:
      return Zeroed(Logical(CellForm::kZonedTimestamp, "string", "io.debezium.time.ZonedTimestamp"),
                    "\"1970-01-01T00:00:00Z\"");
    default:
      break;
  }
  if (connect) {
    return Zeroed(
        Logical(CellForm::kMilliTimestamp, "int64", "org.apache.kafka.connect.data.Timestamp"),
        "0");
  }
  if (column.scale > 3) {
    return Zeroed(Logical(CellForm::kMicroTimestamp, "int64", "io.debezium.time.MicroTimestamp"),
                  "0");
  }
  return Zeroed(Logical(CellForm::kMilliTimestamp, "int64", "io.debezium.time.Timestamp"), "0");
}

Shape BytesShape(const EventOptions& options) {
  switch (options.binary) {
    case BinaryHandling::kBytes:
      break;
    case BinaryHandling::kBase64:
      return PlainShape(CellForm::kBytes, "string");
    case BinaryHandling::kBase64UrlSafe:
      return PlainShape(CellForm::kBytesUrlSafe, "string");
    case BinaryHandling::kHex:
      return PlainShape(CellForm::kBytesHex, "string");
  }
  return PlainShape(CellForm::kBytes, "bytes");
}

Shape GeometryShape(const ColumnSchema& column) {
  constexpr std::string_view kSrid = R"({"type":"int32","optional":true,"field":"srid"}])";
  if (column.declared_type.starts_with("point")) {
    return {CellForm::kPoint,
            fmt::format(R"("struct","fields":[{{"type":"double","optional":false,"field":"x"}},)"
                        R"({{"type":"double","optional":false,"field":"y"}},)"
                        R"({{"type":"bytes","optional":true,"field":"wkb"}},{})",
                        kSrid),
            R"-(,"name":"io.debezium.data.geometry.Point","version":1,"doc":"Geometry (POINT)")-",
            {}};
  }
  return {CellForm::kGeometry,
          fmt::format(R"("struct","fields":[{{"type":"bytes","optional":false,"field":"wkb"}},{})",
                      kSrid),
          R"(,"name":"io.debezium.data.geometry.Geometry","version":1,"doc":"Geometry")",
          {}};
}

Shape ShapeOf(const ColumnSchema& column, const EventOptions& options) {
  switch (column.type) {
    case SourceType::kBit:
      if (column.length <= 1) return PlainShape(CellForm::kBoolean, "boolean");
      return Logical(CellForm::kBits, "bytes", "io.debezium.data.Bits",
                     fmt::format(",\"parameters\":{{\"length\":\"{}\"}}", column.length));
    case SourceType::kYear:
      return Logical(CellForm::kYear, "int32", "io.debezium.time.Year");
    case SourceType::kDate:
    case SourceType::kTime:
    case SourceType::kDateTime:
    case SourceType::kTimestamp:
      return TimeShape(column, options);
    case SourceType::kBinary:
    case SourceType::kVarBinary:
    case SourceType::kBlob:
      return BytesShape(options);
    case SourceType::kEnum:
      return Logical(CellForm::kLabel, "string", "io.debezium.data.Enum", Allowed(column));
    case SourceType::kSet:
      return Logical(CellForm::kText, "string", "io.debezium.data.EnumSet", Allowed(column));
    case SourceType::kJson:
      return Logical(CellForm::kJson, "string", "io.debezium.data.Json");
    case SourceType::kGeometry:
      return GeometryShape(column);
    case SourceType::kVector:
      return {CellForm::kFloatVector,
              R"("array","items":{"type":"float","optional":false})",
              R"(,"name":"io.debezium.data.FloatVector","version":1)",
              {}};
    case SourceType::kChar:
    case SourceType::kVarChar:
    case SourceType::kText:
    case SourceType::kUuid:
    case SourceType::kInet4:
    case SourceType::kInet6:
      return PlainShape(CellForm::kText, "string");
    default:
      return NumberShape(column, options);
  }
}

// Days since 1970 of "2024-02-29"; nothing when that is no date (or a zero one).
std::optional<std::int64_t> DaysOf(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (text.size() < 10) return std::nullopt;
  const auto read = [text](std::size_t at, std::size_t size, auto& number) {
    const std::string_view digits = text.substr(at, size);
    std::from_chars(digits.begin(), digits.end(), number);
  };
  read(0, 4, year);
  read(5, 2, month);
  read(8, 2, day);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// Microseconds of "[-]12:34:56.789".
std::int64_t TimeOf(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::int64_t parts[3] = {0, 0, 0};
  for (std::int64_t& part : parts) {
    const auto end = std::from_chars(text.data(), text.data() + text.size(), part).ptr;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(':')) text.remove_prefix(1);
  }
  std::int64_t fraction = 0;
  if (text.starts_with('.')) {
    std::string digits(text.substr(1, 6));
    digits.resize(6, '0');
    std::from_chars(digits.data(), digits.data() + digits.size(), fraction);
  }
  const std::int64_t all = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1'000'000 + fraction;
  return negative ? -all : all;
}

std::optional<std::int64_t> MomentOf(std::string_view text) {
  const auto days = DaysOf(text);
  if (!days) return std::nullopt;
  const std::int64_t time = text.size() > 11 ? TimeOf(text.substr(11)) : 0;
  return *days * 86'400'000'000 + time;
}

std::string TimeDefault(CellForm form, std::string_view text) {
  if (form == CellForm::kDate) {
    const auto days = DaysOf(text);
    return days ? std::to_string(*days) : "";
  }
  if (form == CellForm::kMicroTime) return std::to_string(TimeOf(text));
  if (form == CellForm::kConnectTime) return std::to_string(TimeOf(text) / 1000);
  const auto moment = MomentOf(text);
  if (!moment) return {};
  if (form == CellForm::kMicroTimestamp) return std::to_string(*moment);
  if (form == CellForm::kMilliTimestamp) return std::to_string(*moment / 1000);
  std::string out = "\"";
  AppendIsoInstant(out, *moment);
  return out + '"';
}

// "b'101'" as bytes, little-endian.
std::string BitDefault(std::string_view text, std::uint32_t length) {
  std::uint64_t bits = 0;
  for (const char c : text) {
    if (c == '0' || c == '1') bits = bits << 1U | static_cast<std::uint64_t>(c - '0');
  }
  std::string bytes;
  for (std::uint32_t i = 0; i < (length + 7) / 8; ++i, bits >>= 8U) {
    bytes += static_cast<char>(bits & 0xFFU);
  }
  return bytes;
}

// Values of BIGINT UNSIGNED wrap around; of a default, Debezium takes the nearest.
std::string CappedDefault(const std::string& text) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return std::to_string(error == std::errc::result_out_of_range ? kMost : number);
}

// The default as JSON; empty when there is none. A column of bytes has none: of its default the
// server shows what stands before the first NUL.
std::string DefaultOf(const ColumnSchema& column, const Shape& shape) {
  if (column.default_now) return shape.zero;
  if (!column.default_value) return {};
  const std::string& text = *column.default_value;
  std::string out;
  switch (shape.form) {
    case CellForm::kInteger:
    case CellForm::kYear:
      return text;
    case CellForm::kWrappedBigint:
      return CappedDefault(text);
    case CellForm::kFloat:
      AppendJavaFloat(out, std::strtof(text.c_str(), nullptr));
      return out;
    case CellForm::kDouble:
    case CellForm::kDecimalDouble:
      AppendJavaDouble(out, std::strtod(text.c_str(), nullptr));
      return out;
    case CellForm::kDecimalBytes:
      out += '"';
      AppendBase64(out, UnscaledBytes(text, column.scale));
      return out + '"';
    case CellForm::kBoolean:
      return text.find('1') == std::string::npos ? "false" : "true";
    case CellForm::kBits:
      out += '"';
      AppendBase64(out, BitDefault(text, column.length));
      return out + '"';
    case CellForm::kDecimalText:
    case CellForm::kText:
    case CellForm::kLabel:
      return JsonString(text);
    case CellForm::kDate:
    case CellForm::kMicroTime:
    case CellForm::kConnectTime:
    case CellForm::kMilliTimestamp:
    case CellForm::kMicroTimestamp:
    case CellForm::kZonedTimestamp:
      return TimeDefault(shape.form, text);
    default:
      return {};
  }
}

}  // namespace

ColumnEncoding EncodingOf(const ColumnSchema& column, const EventOptions& options) {
  const Shape shape = ShapeOf(column, options);
  const std::string name = JsonString(column.name);
  const std::string value = DefaultOf(column, shape);
  ColumnEncoding encoding;
  encoding.form = shape.form;
  encoding.name = name + ":";
  encoding.schema =
      fmt::format(R"({{"type":{},"optional":{}{}{},"field":{}}})", shape.type, column.nullable,
                  shape.logical, value.empty() ? "" : ",\"default\":" + value, name);
  encoding.null = "null";
  if (!column.nullable && !shape.zero.empty()) encoding.null = shape.zero;
  if (!value.empty()) encoding.null = value;
  encoding.digits = static_cast<int>(column.scale);
  return encoding;
}

}  // namespace foreset::debezium
