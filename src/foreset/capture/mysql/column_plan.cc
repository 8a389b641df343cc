// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/column_plan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "foreset/capture/mysql/column_type.h"

namespace foreset::mysql {
namespace {

std::unexpected<Error> Mismatch(const ColumnSchema& column, std::string what) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kSchemaMismatch,
             fmt::format("column {} {}: {}", column.name, column.declared_type, what));
}

// The wire types that can hold each source type.
bool TypeFits(WireType wire, SourceType source) {
  using W = WireType;
  const auto any = [&](std::initializer_list<WireType> types) {
    return std::find(types.begin(), types.end(), wire) != types.end();
  };
  switch (source) {
    case SourceType::kTinyInt:
      return wire == W::kTiny;
    case SourceType::kSmallInt:
      return wire == W::kShort;
    case SourceType::kMediumInt:
      return wire == W::kInt24;
    case SourceType::kInt:
      return wire == W::kLong;
    case SourceType::kBigInt:
      return wire == W::kLongLong;
    case SourceType::kFloat:
      return wire == W::kFloat;
    case SourceType::kDouble:
      return wire == W::kDouble;
    case SourceType::kDecimal:
      return wire == W::kNewDecimal;
    case SourceType::kBit:
      return wire == W::kBit;
    case SourceType::kYear:
      return wire == W::kYear;
    case SourceType::kDate:
      return any({W::kDate, W::kNewDate});
    case SourceType::kTime:
      return any({W::kTime, W::kTime2});
    case SourceType::kDateTime:
      return any({W::kDateTime, W::kDateTime2});
    case SourceType::kTimestamp:
      return any({W::kTimestamp, W::kTimestamp2});
    case SourceType::kChar:
    case SourceType::kBinary:
    case SourceType::kUuid:
    case SourceType::kInet4:
    case SourceType::kInet6:
      return wire == W::kString;
    case SourceType::kVarChar:
    case SourceType::kVarBinary:
      return any({W::kVarChar, W::kVarString, W::kMariaVarCharCompressed});
    case SourceType::kText:
    case SourceType::kBlob:
      return any({W::kBlob, W::kTinyBlob, W::kMediumBlob, W::kLongBlob, W::kMariaBlobCompressed});
    case SourceType::kEnum:
      return wire == W::kEnum;
    case SourceType::kSet:
      return wire == W::kSet;
    case SourceType::kJson:  // MariaDB's JSON is LONGTEXT
      return any({W::kJson, W::kBlob, W::kLongBlob, W::kMariaBlobCompressed});
    case SourceType::kGeometry:
      return wire == W::kGeometry;
    case SourceType::kVector:  // MariaDB's VECTOR is VARBINARY
      return any({W::kVector, W::kVarChar});
  }
  return false;
}

bool IsOldTemporal(WireType wire) {
  return wire == WireType::kTime || wire == WireType::kDateTime || wire == WireType::kTimestamp;
}

bool IsTemporal2(WireType wire) {
  return wire == WireType::kTime2 || wire == WireType::kDateTime2 || wire == WireType::kTimestamp2;
}

bool IsInteger(SourceType type) { return type <= SourceType::kBigInt; }

bool IsText(SourceType type) {
  return type == SourceType::kChar || type == SourceType::kVarChar || type == SourceType::kText;
}

bool IsBytes(SourceType type) {
  return type == SourceType::kBinary || type == SourceType::kVarBinary || type == SourceType::kBlob;
}

Status CheckSize(const TableMapColumn& wire, const ColumnSchema& column) {
  if (column.type == SourceType::kDecimal &&
      (wire.precision != column.length || wire.scale != column.scale)) {
    return Mismatch(column,
                    fmt::format("the event has decimal({},{})", wire.precision, wire.scale));
  }
  if (column.type == SourceType::kBit && wire.length != column.length) {
    return Mismatch(column, fmt::format("the event has bit({})", wire.length));
  }
  if (IsTemporal2(wire.type) && (wire.scale != column.scale || wire.scale > 6)) {
    return Mismatch(column, fmt::format("the event has {} fractional digits", wire.scale));
  }
  if (IsOldTemporal(wire.type) && column.scale != 0) {
    return Mismatch(column, "fractional seconds in the temporal format before MySQL 5.6");
  }
  if (column.type == SourceType::kBinary && wire.length != column.length) {
    return Mismatch(column, fmt::format("the event has binary({})", wire.length));
  }
  // A length in characters is at most four times as much in bytes.
  if ((column.type == SourceType::kChar || column.type == SourceType::kVarChar) &&
      (wire.length < column.length || wire.length > column.length * 4 + 1)) {
    return Mismatch(column, fmt::format("the event has at most {} bytes", wire.length));
  }
  return {};
}

std::string_view Canonical(std::string_view charset) {
  return charset == "utf8" ? std::string_view("utf8mb3") : charset;
}

Status CheckCharset(const TableMapColumn& wire, const ColumnSchema& column) {
  if (wire.collation == 0) return {};
  const std::string_view told = CharsetOfCollation(wire.collation);
  if (told.empty()) return {};
  if (IsText(column.type) && !column.charset.empty() && told != Canonical(column.charset)) {
    return Mismatch(column,
                    fmt::format("believed in {}, but the event is in {}", column.charset, told));
  }
  if (IsBytes(column.type) && told != "binary") {
    return Mismatch(column, fmt::format("the event has text in {}", told));
  }
  return {};
}

// Labels in the event are in the column's character set; those of the schema in UTF-8.
Status CheckLabels(const TableMapColumn& wire, const ColumnSchema& column, const Charset& charset) {
  if (!wire.labels) return {};
  const auto same = [&](std::string_view told, const std::string& believed) {
    std::string text;
    return charset.Append(AsBytes(told), text) && text == believed;
  };
  if (!std::equal(wire.labels->begin(), wire.labels->end(), column.labels.begin(),
                  column.labels.end(), same)) {
    return Mismatch(column, "the event has other labels");
  }
  return {};
}

Status CheckColumn(const TableMapColumn& wire, const ColumnSchema& column) {
  if (!wire.name.empty() && !SameName(wire.name, column.name)) {
    return Mismatch(column, fmt::format("the event has column {} here", wire.name));
  }
  if (!TypeFits(wire.type, column.type)) {
    return Mismatch(column, fmt::format("the event has type {}", static_cast<int>(wire.type)));
  }
  if (IsInteger(column.type) && wire.is_unsigned && *wire.is_unsigned != column.is_unsigned) {
    return Mismatch(column, "the event has the other sign");
  }
  RETURN_IF_ERROR(CheckSize(wire, column));
  return CheckCharset(wire, column);
}

// A statement that adds a column need not say its character set: then the event's word counts.
std::string_view CharsetFor(const TableMapColumn& wire, const ColumnSchema& believed) {
  if (!believed.charset.empty()) return believed.charset;
  const std::string_view told = CharsetOfCollation(wire.collation);
  return told.empty() ? std::string_view("utf8mb4") : told;
}

std::uint32_t PadTo(const ColumnSchema& column) {
  switch (column.type) {
    case SourceType::kBinary:
      return column.length;
    case SourceType::kUuid:
    case SourceType::kInet6:
      return 16;
    case SourceType::kInet4:
      return 4;
    default:
      return 0;
  }
}

}  // namespace

Result<ColumnPlan> PlanColumn(const TableMapColumn& wire, const ColumnSchema& believed) {
  RETURN_IF_ERROR(CheckColumn(wire, believed));
  ColumnPlan plan;
  plan.source = believed.type;
  plan.wire = wire.type;
  plan.length_bytes = wire.length_bytes;
  plan.width = static_cast<std::uint8_t>(std::min<std::uint32_t>(wire.length, 255));
  plan.digits = static_cast<std::uint8_t>(believed.scale);
  plan.pad_to = PadTo(believed);
  plan.inflate =
      wire.type == WireType::kMariaBlobCompressed || wire.type == WireType::kMariaVarCharCompressed;
  plan.decimal = {wire.precision, wire.scale};
  plan.zero_filled = IsZeroFilled(believed);
  plan.labels = believed.labels;
  if (believed.type == SourceType::kDecimal && !plan.decimal.valid()) {
    return Mismatch(believed, "an impossible decimal");
  }
  const bool text = IsText(believed.type) || believed.type == SourceType::kEnum ||
                    believed.type == SourceType::kSet;
  plan.charset = FindCharset(text ? CharsetFor(wire, believed) : "utf8mb4");
  if (plan.charset == nullptr) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kCharsetUnknown,
               fmt::format("column {}: character set {}", believed.name, believed.charset));
  }
  RETURN_IF_ERROR(CheckLabels(wire, believed, *plan.charset));
  constexpr std::uint8_t kMaxLengthBytes = 4;
  if (plan.length_bytes > kMaxLengthBytes) return Mismatch(believed, "an impossible length");
  plan.append = AppenderFor(plan, believed);
  if (plan.append == nullptr) return Mismatch(believed, "the event's layout is not understood");
  return plan;
}

}  // namespace foreset::mysql
