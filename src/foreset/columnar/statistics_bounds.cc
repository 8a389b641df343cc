// SPDX-License-Identifier: MIT
#include "foreset/columnar/statistics_bounds.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/bit_run_reader.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include "foreset/base/floor_divide.h"
#include "foreset/base/json_writer.h"
#include "foreset/base/time_units.h"
#include "foreset/model/decimal_text.h"

namespace foreset {
namespace {

// Calls visit(begin, end) for each run of rows that are not NULL.
template <typename Visit>
void VisitValid(const arrow::Array& column, Visit visit) {
  if (column.null_count() == 0) {
    visit(std::int64_t{0}, column.length());
    return;
  }
  arrow::internal::VisitSetBitRunsVoid(
      column.null_bitmap_data(), column.offset(), column.length(),
      [&](std::int64_t begin, std::int64_t length) { visit(begin, begin + length); });
}

// ---- Times as text

constexpr std::int64_t kFirstDay = -719'162;  // 0001-01-01
constexpr std::int64_t kLastDay = 2'932'896;  // 9999-12-31

std::optional<std::string> DayText(std::int64_t day) {
  if (day < kFirstDay || day > kLastDay) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::optional<std::string> MillisText(std::int64_t millis, std::string_view zone) {
  const std::int64_t day = FloorDivide(millis, kMillisPerDay);
  const std::int64_t rest = millis - day * kMillisPerDay;
  const auto date = DayText(day);
  if (!date) return std::nullopt;
  return fmt::format("\"{}T{:02}:{:02}:{:02}.{:03}{}\"", *date, rest / 3'600'000,
                     rest / 60'000 % 60, rest / 1'000 % 60, rest % 1'000, zone);
}

std::int64_t UnitsPerSecond(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1;
    case arrow::TimeUnit::MILLI:
      return 1'000;
    case arrow::TimeUnit::MICRO:
      return 1'000'000;
    case arrow::TimeUnit::NANO:
      return 1'000'000'000;
  }
  return 1;
}

// ---- Whole numbers, dates and timestamps

template <typename Value>
class IntegerBounds : public ColumnBounds {
 public:
  void Update(const arrow::Array& column) override {
    const Value* const values = column.data()->GetValues<Value>(1);
    VisitValid(column, [&](std::int64_t begin, std::int64_t end) {
      Value low = min_;
      Value high = max_;
      for (std::int64_t i = begin; i < end; ++i) {
        low = std::min(low, values[i]);
        high = std::max(high, values[i]);
      }
      min_ = low;
      max_ = high;
    });
  }
  std::optional<std::string> MinJson() const override {
    return seen() ? Text(min_, /*is_max=*/false) : std::nullopt;
  }
  std::optional<std::string> MaxJson() const override {
    return seen() ? Text(max_, /*is_max=*/true) : std::nullopt;
  }

 protected:
  virtual std::optional<std::string> Text(Value value, bool /*is_max*/) const {
    return fmt::format("{}", value);
  }

 private:
  bool seen() const { return min_ <= max_; }

  Value min_ = std::numeric_limits<Value>::max();
  Value max_ = std::numeric_limits<Value>::lowest();
};

class DateBounds final : public IntegerBounds<std::int32_t> {
 protected:
  std::optional<std::string> Text(std::int32_t day, bool /*is_max*/) const override {
    const auto text = DayText(day);
    if (!text) return std::nullopt;
    return fmt::format("\"{}\"", *text);
  }
};

class TimestampBounds final : public IntegerBounds<std::int64_t> {
 public:
  explicit TimestampBounds(const arrow::TimestampType& type)
      : per_second_(UnitsPerSecond(type.unit())), zone_(type.timezone().empty() ? "" : "Z") {}

 protected:
  std::optional<std::string> Text(std::int64_t value, bool is_max) const override {
    const std::int64_t second = FloorDivide(value, per_second_);
    // Not value - second * per_second_: of the lowest values that product overflows.
    const std::int64_t remainder = value % per_second_;
    const std::int64_t fraction = remainder < 0 ? remainder + per_second_ : remainder;
    // Seconds far outside the calendar would overflow as milliseconds.
    if (second < kFirstDay * 86'400 || second > kLastDay * 86'400 + 86'399) return std::nullopt;
    const std::int64_t scaled = fraction * 1'000;
    const bool round_up = is_max && scaled % per_second_ != 0;
    return MillisText(second * 1'000 + scaled / per_second_ + (round_up ? 1 : 0), zone_);
  }

 private:
  const std::int64_t per_second_;
  const std::string_view zone_;
};

// ---- Floating point

template <typename Value>
class FloatBounds final : public ColumnBounds {
 public:
  void Update(const arrow::Array& column) override {
    const Value* const values = column.data()->GetValues<Value>(1);
    VisitValid(column, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const Value value = values[i];
        min_ = value < min_ ? value : min_;
        max_ = value > max_ ? value : max_;
        nan_seen_ |= value != value;
      }
    });
  }
  // An infinite bound, also the one of no value at all, has no text.
  std::optional<std::string> MinJson() const override { return Text(min_, "-0.0"); }
  std::optional<std::string> MaxJson() const override {
    return nan_seen_ ? std::nullopt : Text(max_, "0.0");
  }

 private:
  // Zero's sign is not compared, so each bound takes the outer one.
  static std::optional<std::string> Text(Value value, const char* zero) {
    if (std::isinf(value)) return std::nullopt;
    if (value == 0) return zero;
    return fmt::format("{}", value);
  }

  Value min_ = std::numeric_limits<Value>::infinity();
  Value max_ = -std::numeric_limits<Value>::infinity();
  bool nan_seen_ = false;
};

// ---- Decimals

class DecimalBounds final : public ColumnBounds {
 public:
  explicit DecimalBounds(const arrow::Decimal128Type& type) : scale_(type.scale()) {}

  void Update(const arrow::Array& column) override {
    const auto& decimals = static_cast<const arrow::Decimal128Array&>(column);
    VisitValid(column, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const Value value = Load(decimals.GetValue(i));
        min_ = std::min(min_, value);
        max_ = std::max(max_, value);
      }
    });
  }
  std::optional<std::string> MinJson() const override { return Text(min_); }
  std::optional<std::string> MaxJson() const override { return Text(max_); }

 private:
  struct Value {
    std::int64_t high;
    std::uint64_t low;
    auto operator<=>(const Value&) const = default;
  };

  static Value Load(const std::uint8_t* bytes) {
    Value value{};
    std::memcpy(&value.low, bytes, sizeof value.low);
    std::memcpy(&value.high, bytes + sizeof value.low, sizeof value.high);
    return value;
  }

  std::optional<std::string> Text(const Value& value) const {
    if (max_ < min_) return std::nullopt;
    return DecimalText(arrow::Decimal128(value.high, value.low).ToIntegerString(), scale_);
  }

  const std::int32_t scale_;
  Value min_{std::numeric_limits<std::int64_t>::max(), ~0ULL};
  Value max_{std::numeric_limits<std::int64_t>::min(), 0};
};

// ---- Strings

constexpr std::size_t kMaxCharacters = 32;
// Holds kMaxCharacters and whether more follow, whatever their width.
constexpr std::size_t kKeptBytes = (kMaxCharacters + 1) * 4;
constexpr char32_t kLastCharacter = 0x10FFFF;

// The characters of UTF-8 text, at most `limit`; nothing when they are not well-formed.
std::optional<std::u32string> Decode(std::string_view text, std::size_t limit) {
  std::u32string characters;
  while (!text.empty() && characters.size() < limit) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t width = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || text.size() < width) return std::nullopt;
    char32_t character = width == 1 ? lead : lead & (0x7FU >> width);
    for (std::size_t i = 1; i < width; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      if ((next & 0xC0U) != 0x80) return std::nullopt;
      character = character << 6U | (next & 0x3FU);
    }
    if (character > kLastCharacter || (character >= 0xD800 && character < 0xE000) ||
        (width == 3 && character < 0x800) || (width == 4 && character < 0x10000)) {
      return std::nullopt;
    }
    characters += character;
    text.remove_prefix(width);
  }
  return characters;
}

void Encode(char32_t character, std::string& text) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0U | character >> 6U);
    put(0x80U | (character & 0x3FU));
  } else if (character < 0x10000) {
    put(0xE0U | character >> 12U);
    put(0x80U | (character >> 6U & 0x3FU));
    put(0x80U | (character & 0x3FU));
  } else {
    put(0xF0U | character >> 18U);
    put(0x80U | (character >> 12U & 0x3FU));
    put(0x80U | (character >> 6U & 0x3FU));
    put(0x80U | (character & 0x3FU));
  }
}

// The least text above all that begin with these characters; empty when there is none.
std::u32string RoundUp(std::u32string characters) {
  while (!characters.empty()) {
    if (characters.back() < kLastCharacter) {
      characters.back() = characters.back() == 0xD7FF ? 0xE000 : characters.back() + 1;
      break;
    }
    characters.pop_back();
  }
  return characters;
}

std::optional<std::string> StringText(std::string_view bytes, bool is_max) {
  auto characters = Decode(bytes, kMaxCharacters + 1);
  if (!characters) return std::nullopt;
  if (characters->size() > kMaxCharacters) {
    characters->resize(kMaxCharacters);
    if (is_max) characters = RoundUp(*std::move(characters));
    if (characters->empty()) return std::nullopt;
  }
  std::string text;
  for (const char32_t character : *characters) Encode(character, text);
  return JsonWriter().String(text).Take();
}

// The first eight bytes as a number that orders as they do.
std::uint64_t LeadOf(std::string_view value) {
  std::uint64_t lead = 0;
  // Of a known length for most, which makes it one load.
  if (value.size() >= sizeof lead) {
    std::memcpy(&lead, value.data(), sizeof lead);
  } else {
    std::memcpy(&lead, value.data(), value.size());
  }
  return __builtin_bswap64(lead);
}

// Bytes compare as the characters do, so prefixes are all that must be kept.
class StringBounds final : public ColumnBounds {
 public:
  void Update(const arrow::Array& column) override {
    const auto& strings = static_cast<const arrow::StringArray&>(column);
    VisitValid(column, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        UpdateValue(std::string_view(strings.GetView(i)).substr(0, kKeptBytes));
      }
    });
  }
  std::optional<std::string> MinJson() const override {
    return seen_ ? StringText(min_, /*is_max=*/false) : std::nullopt;
  }
  std::optional<std::string> MaxJson() const override {
    return seen_ ? StringText(max_, /*is_max=*/true) : std::nullopt;
  }

 private:
  void UpdateValue(std::string_view value) {
    // Most values lie strictly between the bounds, which their first bytes already show.
    const std::uint64_t lead = LeadOf(value);
    if (seen_ && lead > min_lead_ && lead < max_lead_) return;
    if (!seen_ || (lead <= min_lead_ && value < min_)) {
      min_ = value;
      min_lead_ = lead;
    }
    if (!seen_ || (lead >= max_lead_ && value > max_)) {
      max_ = value;
      max_lead_ = lead;
    }
    seen_ = true;
  }

  std::string min_;
  std::string max_;
  std::uint64_t min_lead_ = 0;
  std::uint64_t max_lead_ = 0;
  bool seen_ = false;
};

}  // namespace

std::unique_ptr<ColumnBounds> MakeColumnBounds(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::INT8:
      return std::make_unique<IntegerBounds<std::int8_t>>();
    case arrow::Type::INT16:
      return std::make_unique<IntegerBounds<std::int16_t>>();
    case arrow::Type::INT32:
      return std::make_unique<IntegerBounds<std::int32_t>>();
    case arrow::Type::INT64:
      return std::make_unique<IntegerBounds<std::int64_t>>();
    case arrow::Type::FLOAT:
      return std::make_unique<FloatBounds<float>>();
    case arrow::Type::DOUBLE:
      return std::make_unique<FloatBounds<double>>();
    case arrow::Type::DECIMAL128:
      return std::make_unique<DecimalBounds>(static_cast<const arrow::Decimal128Type&>(type));
    case arrow::Type::STRING:
      return std::make_unique<StringBounds>();
    case arrow::Type::DATE32:
      return std::make_unique<DateBounds>();
    case arrow::Type::TIMESTAMP:
      return std::make_unique<TimestampBounds>(static_cast<const arrow::TimestampType&>(type));
    default:
      return nullptr;
  }
}

}  // namespace foreset
