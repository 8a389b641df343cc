// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/jackson_text.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace foreset::debezium {
namespace {

template <typename Append, typename... Arguments>
std::string Of(Append append, Arguments... arguments) {
  std::string out;
  append(out, arguments...);
  return out;
}

std::string Base64Of(const std::string& bytes) {
  return Of([](std::string& out, const std::string& b) { AppendBase64(out, b); }, bytes);
}

TEST(JacksonText, StringsAreEscapedAsJacksonEscapesThem) {
  EXPECT_EQ(Of(AppendJsonString, "naïve ☃ \xF0\x9F\x98\x80 \"q\" \\ \n\t"),
            "\"naïve ☃ \\uD83D\\uDE00 \\\"q\\\" \\\\ \\n\\t\"");
  EXPECT_EQ(Of(AppendJsonString, std::string("\x01\x1f", 2)), "\"\\u0001\\u001F\"");
  EXPECT_EQ(Of(AppendJsonString, "a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(Of(AppendJsonString, "cut \xE2\x98"), "\"cut \xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JacksonText, NumbersAreWrittenAsJavaWritesThem) {
  EXPECT_EQ(Of(AppendJavaDouble, -2.25e100), "-2.25E100");
  EXPECT_EQ(Of(AppendJavaDouble, 1.0), "1.0");
  EXPECT_EQ(Of(AppendJavaDouble, 0.0), "0.0");
  EXPECT_EQ(Of(AppendJavaDouble, 0.1), "0.1");
  EXPECT_EQ(Of(AppendJavaDouble, 0.00015), "1.5E-4");
  EXPECT_EQ(Of(AppendJavaDouble, 0.0015), "0.0015");
  EXPECT_EQ(Of(AppendJavaDouble, 1234567.5), "1234567.5");
  EXPECT_EQ(Of(AppendJavaDouble, 12345678.5), "1.23456785E7");
  EXPECT_EQ(Of(AppendJavaDouble, 1e7), "1.0E7");
  EXPECT_EQ(Of(AppendJavaFloat, 3.14159F), "3.14159");
}

// The expectations are Debezium's own messages.
TEST(JacksonText, DecimalsAreUnscaledBytes) {
  EXPECT_EQ(Base64Of(UnscaledBytes("-12345678.90", 2)), "tmn9Lg==");
  EXPECT_EQ(Base64Of(UnscaledBytes("99999999.99", 2)), "AlQL4/8=");
  EXPECT_EQ(Base64Of(UnscaledBytes("-12345678901234567890", 0)), "/1SrVnMU4PUu");
  EXPECT_EQ(Base64Of(UnscaledBytes("1234567890123456789012345678.0123456789", 10)),
            "CUmw9vACMxPESZBOzGdFFQ==");
  EXPECT_EQ(Base64Of(UnscaledBytes(
                "99999999999999999999999999999999999.999999999999999999999999999999", 30)),
            "APMWJxx/w5CKi+9GTjlF73olNgn//////////w==");
  EXPECT_EQ(Base64Of(UnscaledBytes("-0.0000000001", 10)), "/w==");
  EXPECT_EQ(Base64Of(UnscaledBytes("0", 2)), "AA==");
  EXPECT_EQ(Base64Of(UnscaledBytes("0.05", 2)), "BQ==");
  EXPECT_EQ(Base64Of(UnscaledBytes("-1.28", 2)), "gA==");
  EXPECT_EQ(Base64Of(UnscaledBytes("1.28", 2)), "AIA=");
}

TEST(JacksonText, TimesHaveNoZerosAtTheEndOfTheirFraction) {
  const auto instant = [](std::int64_t value, std::optional<int> digits = {}) {
    std::string out;
    digits ? AppendIsoInstant(out, value, *digits) : AppendIsoInstant(out, value);
    return out;
  };
  EXPECT_EQ(instant(1'709'251'199'000'000), "2024-02-29T23:59:59Z");
  EXPECT_EQ(instant(1'709'251'199'120'000), "2024-02-29T23:59:59.12Z");
  EXPECT_EQ(instant(1'709'251'199'123'456), "2024-02-29T23:59:59.123456Z");
  EXPECT_EQ(instant(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(instant(1'709'251'199'120'000, 0), "2024-02-29T23:59:59Z");
  EXPECT_EQ(instant(1'709'251'199'120'000, 3), "2024-02-29T23:59:59.120Z");
  EXPECT_EQ(instant(0, 6), "1970-01-01T00:00:00.000000Z");
}

TEST(JacksonText, JsonIsMadeCompactOutsideItsStrings) {
  EXPECT_EQ(Of(AppendCompactJson, R"({"a b": [1.5, null, "x, \" y"], "c": {}})"),
            R"({"a b":[1.5,null,"x, \" y"],"c":{}})");
}

TEST(JacksonText, BytesAreBase64OrHexadecimal) {
  EXPECT_EQ(Base64Of("\xDE\xAD\xBE\xEF"), "3q2+7w==");
  EXPECT_EQ(Base64Of(""), "");
  EXPECT_EQ(Of([](std::string& out) { AppendBase64(out, "\xfb\xff", true); }), "-_8=");
  EXPECT_EQ(Of(AppendHex, "\x01\xAB"), "01ab");
}

}  // namespace
}  // namespace foreset::debezium
