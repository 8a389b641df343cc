// SPDX-License-Identifier: MIT
#include <charconv>

#include <fmt/format.h>

#include "foreset/capture/mysql/calendar.h"
#include "foreset/capture/mysql/schema_edit.h"

namespace foreset::mysql {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

// "+02:00" in seconds; UTC by any of its names is 0.
std::optional<std::int64_t> OffsetOf(std::string_view zone) {
  if (zone == "UTC" || zone == "GMT" || zone == "Etc/UTC") return 0;
  const bool negative = zone.starts_with('-');
  if (!negative && !zone.starts_with('+')) return std::nullopt;
  zone.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  const auto [colon, error] = std::from_chars(zone.data(), zone.data() + zone.size(), hours);
  if (error != std::errc() || colon == zone.data() + zone.size() || *colon != ':') {
    return std::nullopt;
  }
  std::from_chars(colon + 1, zone.data() + zone.size(), minutes);
  const std::int64_t seconds = hours * 3600 + minutes * 60;
  return negative ? -seconds : seconds;
}

std::string ShowTime(Timestamp at, std::int64_t offset_s, unsigned digits) {
  const std::int64_t micros = at.value() + offset_s * kMicrosPerSecond;
  const std::int64_t seconds = micros / kMicrosPerSecond;
  CivilTime time = CivilOfDays(seconds / kSecondsPerDay);
  const auto of_day = static_cast<std::int32_t>(seconds % kSecondsPerDay);
  time.hour = of_day / 3600;
  time.minute = of_day / 60 % 60;
  time.second = of_day % 60;
  time.microsecond = static_cast<std::int32_t>(micros % kMicrosPerSecond);
  return FormatDateTime(time, digits);
}

AddedValue Now(const ColumnDefinition& column, const EditContext& context) {
  // TIMESTAMP is shown in UTC, DATETIME holds the session's wall clock.
  std::optional<std::int64_t> offset = 0;
  if (column.type.type != SourceType::kTimestamp) {
    offset = OffsetOf(context.time_zone);
    if (!offset && context.offset_of_zone) {
      offset = context.offset_of_zone(context.time_zone, context.started_at);
    }
  }
  if (!offset) {
    return {{},
            fmt::format("column {} was added with the time of the statement in time zone '{}', "
                        "whose offset is not known",
                        column.name, context.time_zone)};
  }
  return {ShowTime(context.started_at, *offset, column.type.scale), {}};
}

// What NOT NULL without a default holds. A zero date has no place in the lake: NULL.
std::optional<std::string> ImplicitValue(const ColumnType& type, bool is_mariadb) {
  switch (type.type) {
    case SourceType::kDate:
    case SourceType::kDateTime:
    case SourceType::kTimestamp:
      return std::nullopt;
    case SourceType::kTime:
      return FormatTime(0, type.scale);
    case SourceType::kYear:
      return "0000";
    case SourceType::kDecimal:
      return type.scale == 0 ? "0" : "0." + std::string(type.scale, '0');
    case SourceType::kEnum:
      return type.labels.empty() ? std::string() : type.labels[0];
    case SourceType::kBit:
      return std::string((type.length + 7) / 8, '\0');
    case SourceType::kBinary:
      return std::string(type.length, '\0');
    case SourceType::kJson:
      return is_mariadb ? "" : "null";
    case SourceType::kUuid:
      return "00000000-0000-0000-0000-000000000000";
    case SourceType::kInet4:
      return "0.0.0.0";
    case SourceType::kInet6:
      return "::";
    case SourceType::kTinyInt:
    case SourceType::kSmallInt:
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kBigInt:
    case SourceType::kFloat:
    case SourceType::kDouble:
      return "0";
    default:
      return "";
  }
}

// b'101' of a BIT(n), as the client shows it: bytes, big-endian.
std::string BitBytes(std::string_view digits, std::uint32_t bits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 2);
  std::string bytes;
  for (std::uint32_t left = (bits + 7) / 8; left > 0; --left) {
    bytes += static_cast<char>(value >> (8 * (left - 1)) & 0xFFU);
  }
  return bytes;
}

std::string LiteralValue(const ColumnDefinition& column) {
  std::string text = column.default_text;
  const bool bits = text.starts_with("b'") && text.ends_with('\'');
  if (column.type.type == SourceType::kBit) {
    if (bits) return BitBytes(text.substr(2, text.size() - 3), column.type.length);
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return BitBytes(fmt::format("{:b}", number), column.type.length);
  }
  if (column.type.type == SourceType::kBinary && text.size() < column.type.length) {
    text.resize(column.type.length, '\0');
  }
  return text;
}

}  // namespace

AddedValue ValueOfAddedColumn(const ColumnDefinition& column, const EditContext& context) {
  if (column.auto_increment) {
    return {{},
            fmt::format("column {} was added with AUTO_INCREMENT: the server numbered the "
                        "rows, and the binlog does not tell how",
                        column.name)};
  }
  if (column.generated) {
    return {{}, fmt::format("column {} is computed from other columns", column.name)};
  }
  switch (column.default_kind) {
    case DefaultKind::kExpression:
      return {{},
              fmt::format("column {} has a default that is computed for each row", column.name)};
    case DefaultKind::kCurrentTimestamp:
      return Now(column, context);
    case DefaultKind::kLiteral:
      return {LiteralValue(column), {}};
    default:
      break;
  }
  if (column.type.type == SourceType::kTimestamp && context.implicit_timestamps &&
      !column.nullable) {
    return {{},
            fmt::format("column {} is a TIMESTAMP without NULL, NOT NULL and DEFAULT, and "
                        "explicit_defaults_for_timestamp is off",
                        column.name)};
  }
  const bool not_null = !column.nullable.value_or(true) || column.primary_key;
  if (!not_null) return {};
  return {ImplicitValue(column.type, context.is_mariadb), {}};
}

}  // namespace foreset::mysql
