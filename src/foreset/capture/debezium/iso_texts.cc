// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/iso_texts.h"

#include "foreset/base/time_units.h"
#include "foreset/capture/mysql/calendar.h"

namespace foreset::debezium {
namespace {

// Takes texts apart from the left; once something did not fit, ok() stays false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool done() const { return ok_ && text_.empty(); }
  bool Take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void Expect(char c) { ok_ = Take(c) && ok_; }
  std::int32_t Digits(std::size_t count) {
    std::int32_t value = 0;
    if (text_.size() < count) return Fail();
    for (std::size_t i = 0; i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return Fail();
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return value;
  }
  // The digits behind the point, as microseconds.
  std::int32_t Fraction() {
    std::int32_t micros = 0;
    std::int32_t unit = 100'000;
    std::size_t count = 0;
    for (; !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; text_.remove_prefix(1), ++count) {
      const std::int32_t digit = text_[0] - '0';
      if (unit == 0 && digit != 0) return Fail();
      micros += digit * unit;
      unit /= 10;
    }
    return count == 0 || count > 9 ? Fail() : micros;
  }

 private:
  std::int32_t Fail() {
    ok_ = false;
    return 0;
  }

  std::string_view text_;
  bool ok_ = true;
};

void ScanDate(Scanner& in, mysql::CivilTime& time) {
  time.year = in.Digits(4);
  in.Expect('-');
  time.month = in.Digits(2);
  in.Expect('-');
  time.day = in.Digits(2);
}

void ScanClock(Scanner& in, mysql::CivilTime& time) {
  time.hour = in.Digits(2);
  in.Expect(':');
  time.minute = in.Digits(2);
  if (in.Take(':')) time.second = in.Digits(2);
  if (in.Take('.')) time.microsecond = in.Fraction();
}

bool IsClock(const mysql::CivilTime& time) {
  return time.hour < 24 && time.minute < 60 && time.second < 60;
}

// Seconds that the zone is ahead of UTC.
std::int64_t ScanZone(Scanner& in) {
  if (in.Take('Z')) return 0;
  const bool behind = in.Take('-');
  if (!behind && !in.Take('+')) return 0;
  std::int64_t seconds = in.Digits(2) * 3600;
  in.Expect(':');
  seconds += in.Digits(2) * 60;
  if (in.Take(':')) seconds += in.Digits(2);
  return behind ? -seconds : seconds;
}

}  // namespace

std::optional<std::int32_t> ParseIsoDate(std::string_view text) {
  Scanner in(text);
  mysql::CivilTime time;
  ScanDate(in, time);
  ScanZone(in);
  if (!in.done()) return std::nullopt;
  return mysql::DaysSinceEpoch(time);
}

std::optional<std::int64_t> ParseIsoTime(std::string_view text) {
  Scanner in(text);
  mysql::CivilTime time;
  ScanClock(in, time);
  ScanZone(in);
  if (!in.done() || !IsClock(time)) return std::nullopt;
  const std::int64_t seconds = time.hour * 3600 + time.minute * 60 + time.second;
  return seconds * kMicrosPerSecond + time.microsecond;
}

std::optional<std::int64_t> ParseIsoTimestamp(std::string_view text) {
  Scanner in(text);
  mysql::CivilTime time;
  ScanDate(in, time);
  in.Expect('T');
  ScanClock(in, time);
  const std::int64_t ahead = ScanZone(in);
  if (!in.done() || !IsClock(time)) return std::nullopt;
  const auto micros = mysql::MicrosSinceEpoch(time);
  if (!micros) return std::nullopt;
  return *micros - ahead * kMicrosPerSecond;
}

}  // namespace foreset::debezium
