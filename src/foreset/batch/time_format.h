// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/base/result.h"

namespace foreset::batch {

// A time as a text says it.
struct ReadTime {
  std::int32_t days = 0;                       // since 1970-01-01
  std::int64_t micros = 0;                     // of the day
  bool has_clock = false;                      // hours, minutes or seconds were said
  std::optional<std::int32_t> offset_minutes;  // from UTC; absent: none was said
  bool operator==(const ReadTime&) const = default;
};

// "2026-01-31", "2026-01-31 17:30", "2026-01-31T17:30:00.123456+02:00": four digits a year, a day
// that the calendar has, at most six digits of a second that are not zero. Nothing for other texts.
std::optional<ReadTime> ReadIsoTime(std::string_view text);

// A format as strptime has it: %Y %y %m %d %b %B %H %I %p %M %S %f %z %%, the rest as it stands.
// Immutable.
class TimeFormat {
 public:
  // kUsage names what is not known.
  static Result<TimeFormat> Parse(const std::string& text);
  // Nothing for a text that has another form.
  std::optional<ReadTime> Read(std::string_view text) const;

 private:
  explicit TimeFormat(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace foreset::batch
