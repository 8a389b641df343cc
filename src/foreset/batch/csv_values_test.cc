// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_values.h"

#include <charconv>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace foreset::batch {
namespace {

// What a text is read as; "refused" when it is.
std::string Integer(std::string_view text, const ValueFormat& format = {}) {
  std::int64_t value = 0;
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return ReadInteger(text, format, kLeast, kMost, value) == nullptr ? std::to_string(value)
                                                                    : "refused";
}

std::string Decimal(std::string_view text, int precision, int scale,
                    const ValueFormat& format = {}) {
  arrow::Decimal128 value;
  return ReadDecimal(text, format, precision, scale, value) == nullptr ? value.ToString(scale)
                                                                       : "refused";
}

bool IsDouble(std::string_view text) {
  double value = 0;
  return ReadDouble(text, {}, value) == nullptr;
}

bool IsFloat(std::string_view text) {
  float value = 0;
  return ReadFloat(text, {}, value) == nullptr;
}

bool IsDate(std::string_view text) {
  std::int32_t days = 0;
  return ReadDate(text, {}, days) == nullptr;
}

std::string Time(std::string_view text, bool zoned, const ValueFormat& format = {}) {
  std::int64_t micros = 0;
  return ReadTimestamp(text, format, zoned, micros) == nullptr ? std::to_string(micros) : "refused";
}

TEST(CsvValuesTest, AnIntegerIsReadWhereNothingOfItIsLost) {
  for (const char* text : {"0", "5", "-17", "9223372036854775807", "-9223372036854775808"}) {
    EXPECT_EQ(Integer(text), text);
  }
  for (const char* text : {"", "-", "007", "1_000", "0x10", "1e2", " 5", "5 ", "+5", "2.5", "2.0",
                           "-0", "9223372036854775808", "1,000", "five", "5\n"}) {
    EXPECT_EQ(Integer(text), "refused") << text;
  }
  std::int64_t value = 0;
  EXPECT_NE(ReadInteger("128", {}, -128, 127, value), nullptr);
}

TEST(CsvValuesTest, ADecimalIsNotRounded) {
  EXPECT_EQ(Decimal("9.99", 18, 2), "9.99");
  EXPECT_EQ(Decimal("9.9900", 18, 2), "9.99");
  EXPECT_EQ(Decimal("-.5", 18, 2), "-0.50");
  EXPECT_EQ(Decimal("99999999999999999999999999999999999999", 38, 0),
            "99999999999999999999999999999999999999");
  for (const char* text : {"9.999", "12345678901234567.00", "1e2", "05.5", "5.", "+5.5", "."}) {
    EXPECT_EQ(Decimal(text, 18, 2), "refused") << text;
  }
}

TEST(CsvValuesTest, MarksAreThoseThatWereSaid) {
  const ValueFormat german{.decimal = ',', .thousands = '.'};
  EXPECT_EQ(Decimal("1.234.567,50", 18, 2, german), "1234567.50");
  EXPECT_EQ(Decimal("1234,5", 18, 2, german), "1234.50");
  EXPECT_EQ(Integer("12.345", german), "12345");
  for (const char* text : {"1.23,50", "1234.567,5", "1.2345", ".123", "1..234", "1,234,5"}) {
    EXPECT_EQ(Decimal(text, 18, 2, german), "refused") << text;
  }
}

TEST(CsvValuesTest, ADoubleGivesBackItsDigits) {
  for (const char* text :
       {"0.1", "1e2", "1.5E-300", "0.30000000000000004", "123456.789", "NaN", "-Infinity",
        "0.10000000000000000", "4.9e-324", "-0.0", "1.7976931348623157e308", "9007199254740992"}) {
    EXPECT_TRUE(IsDouble(text)) << text;
  }
  for (const char* text : {"12345678901234567.89", "9007199254740993", "1e309", "1e-400", "0x1p3",
                           "007.5", "0.1000000000000000000001", "1e"}) {
    EXPECT_FALSE(IsDouble(text)) << text;
  }
  EXPECT_TRUE(IsFloat("0.1"));
  EXPECT_TRUE(IsFloat("0.10000000149011612"));
  EXPECT_FALSE(IsFloat("16777217"));
  EXPECT_FALSE(IsFloat("1e39"));
  EXPECT_FALSE(IsFloat("0.1234567890123"));
}

TEST(CsvValuesTest, EveryDoubleIsReadFromItsShortestText) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof(value));
    if (value != value) continue;
    const std::string text = fmt::format("{}", value);
    double read = 0;
    ASSERT_EQ(ReadDouble(text, {}, read), nullptr) << text;
    ASSERT_EQ(read, value) << text;
  }
}

TEST(CsvValuesTest, ADateIsADayOfTheCalendar) {
  EXPECT_TRUE(IsDate("2024-02-29"));
  for (const char* text : {"2023-02-29", "10-11-12", "2024-1-1", "2024/01/01", "0000-00-00",
                           "2024-05-05 23:59:59", "2024-05-05Z", "20240505"}) {
    EXPECT_FALSE(IsDate(text)) << text;
  }
}

TEST(CsvValuesTest, ATimeKeepsItsFractionAndItsOffset) {
  EXPECT_EQ(Time("1970-01-02 00:00:01.5", false), "86401500000");
  EXPECT_EQ(Time("1970-01-02T00:00", false), "86400000000");
  EXPECT_EQ(Time("1970-01-02", false), "86400000000");
  EXPECT_EQ(Time("1970-01-02 00:00:00.123456000", false), "86400123456");
  EXPECT_EQ(Time("1970-01-01 02:00:00+02:00", true), "0");
  EXPECT_EQ(Time("1969-12-31T19:00:00-0500", true), "0");
  EXPECT_EQ(Time("1970-01-01 00:00:00Z", true), "0");
  for (const char* text :
       {"2024-05-05 13:45:00+02:00", "2024-05-05 13:45:00Z", "2024-05-05 13:45:00.1234567",
        "2024-05-05 24:00:00", "2024-05-05 13", "2024-05-05 13:45:60", "13:45"}) {
    EXPECT_EQ(Time(text, false), "refused") << text;
  }
}

TEST(CsvValuesTest, FormatsAreFollowedToTheLetter) {
  const auto format = TimeFormat::Parse("%d.%m.%Y %I:%M %p");
  ASSERT_TRUE(format);
  const ValueFormat values{.timestamp = *format};
  EXPECT_EQ(Time("2.1.1970 12:01 AM", false, values), "86460000000");
  EXPECT_EQ(Time("1970-01-02 00:01:00", false, values), "refused");
  EXPECT_EQ(Time("2.1.1970 13:01 AM", false, values), "refused");
  EXPECT_FALSE(TimeFormat::Parse("%Q"));
  EXPECT_FALSE(TimeFormat::Parse("%"));
  const auto named = TimeFormat::Parse("%d %b %y");
  ASSERT_TRUE(named);
  const ValueFormat dates{.date = *named};
  std::int32_t days = 0;
  EXPECT_EQ(ReadDate("31 dec 69", dates, days), nullptr);
  EXPECT_EQ(days, -1);
}

}  // namespace
}  // namespace foreset::batch
