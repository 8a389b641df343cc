// SPDX-License-Identifier: MIT
#include "foreset/batch/time_format.h"

#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/ascii.h"

namespace foreset::batch {
namespace {

constexpr std::string_view kKnown = "YymdbBHIpMSfz%";
constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};

// What a text says, part by part, as it is read from its front.
class TimeText {
 public:
  explicit TimeText(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A number of `least` to `most` digits.
  std::optional<int> Number(std::size_t least, std::size_t most) {
    std::size_t digits = 0;
    int value = 0;
    while (digits < most && digits < rest_.size() && IsDigit(rest_[digits])) {
      value = value * 10 + (rest_[digits++] - '0');
    }
    if (digits < least) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  bool TakeNumber(std::size_t least, std::size_t most, int& value) {
    const auto number = Number(least, most);
    if (number) value = *number;
    return number.has_value();
  }

  // Digits after a second's point: microseconds. Zeros behind them say nothing.
  bool TakeFraction() {
    std::size_t digits = 0;
    int value = 0;
    while (digits < rest_.size() && IsDigit(rest_[digits])) {
      if (digits >= 6 && rest_[digits] != '0') return false;
      if (digits < 6) value = value * 10 + (rest_[digits] - '0');
      ++digits;
    }
    if (digits == 0) return false;
    for (std::size_t i = digits; i < 6; ++i) value *= 10;
    micros = value;
    rest_.remove_prefix(digits);
    return true;
  }

  bool TakeMonthName(bool whole) {
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      const std::string_view name = whole ? kMonths[i] : kMonths[i].substr(0, 3);
      if (rest_.size() < name.size()) continue;
      bool same = true;
      for (std::size_t j = 0; j < name.size(); ++j) same = same && AsciiLower(rest_[j]) == name[j];
      if (!same) continue;
      month = static_cast<int>(i) + 1;
      rest_.remove_prefix(name.size());
      return true;
    }
    return false;
  }

  bool TakeHalf() {
    if (rest_.size() < 2 || AsciiLower(rest_[1]) != 'm') return false;
    const char half = AsciiLower(rest_[0]);
    if (half != 'a' && half != 'p') return false;
    afternoon = half == 'p';
    rest_.remove_prefix(2);
    return true;
  }

  // "Z", "+02", "+0200", "-02:00".
  bool TakeOffset() {
    if (Take('Z')) {
      offset = 0;
      return true;
    }
    const bool west = !rest_.empty() && rest_.front() == '-';
    if (!Take('+') && !Take('-')) return false;
    const auto hours = Number(2, 2);
    if (!hours) return false;
    int minutes = 0;
    if (Take(':') ? !TakeNumber(2, 2, minutes)
                  : (!rest_.empty() && IsDigit(rest_.front()) && !TakeNumber(2, 2, minutes))) {
      return false;
    }
    if (*hours > 15 || minutes > 59) return false;
    offset = (*hours * 60 + minutes) * (west ? -1 : 1);
    return true;
  }

  // The time, when the calendar and the clock have it.
  std::optional<ReadTime> Finish() const {
    int hours = hour;
    if (afternoon) {
      if (hour < 1 || hour > 12) return std::nullopt;
      hours = hour % 12 + (*afternoon ? 12 : 0);
    }
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || year < 1 || hours > 23 || minute > 59 || second > 59) return std::nullopt;
    ReadTime time;
    time.days = static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
    time.micros = ((hours * 60LL + minute) * 60 + second) * 1'000'000 + micros;
    time.has_clock = has_clock;
    time.offset_minutes = offset;
    return time;
  }

  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
  bool has_clock = false;
  std::optional<bool> afternoon;
  std::optional<std::int32_t> offset;

 private:
  std::string_view rest_;
};

bool TakePart(TimeText& text, char part) {
  switch (part) {
    case 'Y':
      return text.TakeNumber(4, 4, text.year);
    case 'y':
      if (!text.TakeNumber(2, 2, text.year)) return false;
      text.year += text.year < 69 ? 2000 : 1900;  // as POSIX has it
      return true;
    case 'm':
      return text.TakeNumber(1, 2, text.month);
    case 'd':
      return text.TakeNumber(1, 2, text.day);
    case 'b':
    case 'B':
      return text.TakeMonthName(part == 'B');
    case 'H':
    case 'I':
      text.has_clock = true;
      return text.TakeNumber(1, 2, text.hour);
    case 'p':
      return text.TakeHalf();
    case 'M':
      return text.TakeNumber(2, 2, text.minute);
    case 'S':
      return text.TakeNumber(2, 2, text.second);
    case 'f':
      return text.TakeFraction();
    case 'z':
      return text.TakeOffset();
    default:
      return text.Take('%');
  }
}

}  // namespace

std::optional<ReadTime> ReadIsoTime(std::string_view text) {
  TimeText parts(text);
  if (!parts.TakeNumber(4, 4, parts.year) || !parts.Take('-') ||
      !parts.TakeNumber(2, 2, parts.month) || !parts.Take('-') ||
      !parts.TakeNumber(2, 2, parts.day)) {
    return std::nullopt;
  }
  if (parts.done()) return parts.Finish();
  parts.has_clock = true;
  if ((!parts.Take(' ') && !parts.Take('T')) || !parts.TakeNumber(2, 2, parts.hour) ||
      !parts.Take(':') || !parts.TakeNumber(2, 2, parts.minute)) {
    return std::nullopt;
  }
  if (parts.Take(':')) {
    if (!parts.TakeNumber(2, 2, parts.second)) return std::nullopt;
    if (parts.Take('.') && !parts.TakeFraction()) return std::nullopt;
  }
  if (!parts.done()) {
    parts.Take(' ');
    if (!parts.TakeOffset() || !parts.done()) return std::nullopt;
  }
  return parts.Finish();
}

Result<TimeFormat> TimeFormat::Parse(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    ++i;
    if (i == text.size() || kKnown.find(text[i]) == std::string_view::npos) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
                 fmt::format("the format \"{}\" has another part than %Y %y %m %d %b %B %H %I %p "
                             "%M %S %f %z %%",
                             text));
    }
  }
  return TimeFormat(text);
}

std::optional<ReadTime> TimeFormat::Read(std::string_view text) const {
  TimeText parts(text);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const bool taken = text_[i] == '%' ? TakePart(parts, text_[++i]) : parts.Take(text_[i]);
    if (!taken) return std::nullopt;
  }
  if (!parts.done()) return std::nullopt;
  return parts.Finish();
}

}  // namespace foreset::batch
