// SPDX-License-Identifier: MIT
#include <charconv>

#include <fmt/format.h>

#include "foreset/base/time_units.h"
#include "foreset/capture/mysql/calendar.h"
#include "foreset/capture/mysql/schema_edit.h"

namespace foreset::mysql {
namespace {

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
  const SourceType type = column.type.type;
  if (type != SourceType::kTimestamp && type != SourceType::kDateTime) {
    return {{}, fmt::format("column {} was added with the time of the statement", column.name)};
  }
  // TIMESTAMP is shown in UTC, DATETIME holds the session's wall clock.
  std::optional<std::int64_t> offset = 0;
  if (type == SourceType::kDateTime) {
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

// What the server says itself, when it could be asked.
AddedValue FromServer(const ColumnDefinition& column, const EditContext& context) {
  if (context.server != nullptr) {
    if (context.server->was_empty) return {};
    const auto found = context.server->defaults.find(column.name);
    if (found != context.server->defaults.end()) return {found->second, {}};
  }
  return {{},
          fmt::format("column {} was added with a default whose value only the server knows, and "
                      "it could not be asked in time",
                      column.name),
          context.server == nullptr};
}

AddedValue Unknown(std::string reason) { return {{}, std::move(reason)}; }

// Neither NULL nor NOT NULL, or NOT NULL, and no DEFAULT.
AddedValue WithoutDefault(const ColumnDefinition& column, const EditContext& context) {
  const bool is_null = column.nullable.value_or(false) && !column.primary_key;
  if (column.type.type == SourceType::kTimestamp && !is_null &&
      !context.explicit_timestamps.value_or(false)) {
    return Unknown(
        fmt::format("column {} is a TIMESTAMP without NULL and DEFAULT, and "
                    "explicit_defaults_for_timestamp is off",
                    column.name));
  }
  if (is_null || (!column.nullable && !column.primary_key)) return {};
  auto implicit = ImplicitValue(column.type, context.form.is_mariadb);
  if (!implicit) {
    return Unknown(fmt::format("column {} was added NOT NULL and without a default", column.name));
  }
  return {*std::move(implicit), {}};
}

}  // namespace

bool IsSteadyZone(const std::string& zone) { return OffsetOf(zone).has_value(); }

bool IsUtc(const std::string& zone) { return OffsetOf(zone) == 0; }

AddedValue ValueOfAddedColumn(const ColumnDefinition& column, const EditContext& context) {
  if (column.auto_increment) {
    return Unknown(
        fmt::format("column {} was added with AUTO_INCREMENT: the server numbered the "
                    "rows, and the binlog does not tell how",
                    column.name));
  }
  if (column.generated) {
    return Unknown(fmt::format("column {} is computed from other columns", column.name));
  }
  switch (column.default_clause.kind) {
    case DefaultKind::kExpression:
      return Unknown(
          fmt::format("column {} has a default that is computed for each row", column.name));
    case DefaultKind::kCurrentTimestamp:
      return Now(column, context);
    case DefaultKind::kLiteral:
      if (auto value = LiteralValue(column, context.form)) return {std::move(value), {}};
      return FromServer(column, context);
    case DefaultKind::kNull:
      return {};
    case DefaultKind::kNone:
      return WithoutDefault(column, context);
  }
  return {};
}

}  // namespace foreset::mysql
