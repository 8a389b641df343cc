// SPDX-License-Identifier: MIT
#include "foreset/columnar/variant_value.h"

#include <bit>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace foreset {
namespace {

using namespace std::string_literals;  // NOLINT

const std::string kNoKeys = "\x01\x00\x00"s;
const std::string kKeys = "\x01\x02\x00\x02\x06idname"s;  // "id", "name"
const std::string kObject =
    "\x02\x02\x00\x01\x00\x02\x05\x0C\x00\x09"s  // {"id":0,"name":"10"}
    "10";

Result<std::string> JsonOf(const std::string& value, const std::string& metadata = kNoKeys) {
  VariantValue variant = TRY(VariantValue::Open(metadata, value));
  JsonWriter json;
  RETURN_IF_ERROR(variant.Write(json));
  return json.Take();
}

void ExpectJson(const std::string& value, const std::string& json,
                const std::string& metadata = kNoKeys) {
  const auto got = JsonOf(value, metadata);
  ASSERT_TRUE(got) << json << ": " << got.error().message;
  EXPECT_EQ(*got, json);
}

void ExpectFault(const std::string& value, ErrorKind kind, const std::string& metadata = kNoKeys) {
  const auto got = JsonOf(value, metadata);
  ASSERT_FALSE(got) << *got;
  EXPECT_EQ(got.error().kind, kind) << got.error().message;
}

// The header byte of a primitive and its bytes, least significant first.
std::string Primitive(int type, std::uint64_t bits = 0, std::size_t width = 0) {
  std::string value(1, static_cast<char>(type << 2));
  for (std::size_t i = 0; i < width; ++i) value += static_cast<char>(bits >> (8 * i));
  return value;
}

std::string Double(double value) { return Primitive(7, std::bit_cast<std::uint64_t>(value), 8); }
std::string Float(float value) { return Primitive(14, std::bit_cast<std::uint32_t>(value), 4); }
std::string Decimal(int type, int scale, std::int64_t value, std::size_t width) {
  return Primitive(type, static_cast<std::uint64_t>(scale), 1) +
         Primitive(0, static_cast<std::uint64_t>(value), width).substr(1);
}

TEST(VariantValueTest, TruthsAndIntegersOfEveryWidth) {
  ExpectJson(Primitive(0), "null");
  ExpectJson(Primitive(1), "true");
  ExpectJson(Primitive(2), "false");
  ExpectJson(Primitive(3, 0x80, 1), "-128");
  ExpectJson(Primitive(4, 0x7FFF, 2), "32767");
  ExpectJson(Primitive(5, 0xFFFFFFFF, 4), "-1");
  ExpectJson(Primitive(6, 1ULL << 63U, 8), "-9223372036854775808");
}

TEST(VariantValueTest, FloatsReadAsJavaWritesThem) {
  for (const auto& [value, json] :
       std::vector<std::pair<double, std::string>>{{0.0, "0.0"},
                                                   {-0.0, "-0.0"},
                                                   {1.0, "1.0"},
                                                   {100.0, "100.0"},
                                                   {0.001, "0.001"},
                                                   {9.999e-4, "9.999E-4"},
                                                   {9999999.0, "9999999.0"},
                                                   {1e7, "1.0E7"},
                                                   {-1.5, "-1.5"},
                                                   {123456789.0, "1.23456789E8"},
                                                   {1e16, "1.0E16"},
                                                   {4.9e-324, "5.0E-324"},
                                                   {1e300, "1.0E300"},
                                                   {0.25, "0.25"},
                                                   {12345.678, "12345.678"},
                                                   {std::nan(""), R"("NaN")"},
                                                   {-HUGE_VAL, R"("-Infinity")"}}) {
    ExpectJson(Double(value), json);
  }
  ExpectJson(Float(3.4028235e38F), "3.4028235E38");
  ExpectJson(Float(0.1F), "0.1");
  ExpectJson(Float(HUGE_VALF), R"("Infinity")");
}

TEST(VariantValueTest, DecimalsArePlainWithoutZerosAtTheEnd) {
  ExpectJson(Decimal(8, 2, 1000, 4), "10");
  ExpectJson(Decimal(8, 2, -150, 4), "-1.5");
  ExpectJson(Decimal(8, 0, 100, 4), "100");
  ExpectJson(Decimal(9, 18, 1, 8), "0.000000000000000001");
  ExpectJson(Decimal(9, 5, 0, 8), "0");
  ExpectJson(Primitive(10, 38, 1) + std::string(15, '\xFF') + "\x7F",
             "1.70141183460469231731687303715884105727");
  ExpectFault(Decimal(8, 39, 1, 4), ErrorKind::kCorruption);
}

TEST(VariantValueTest, DatesAndTimes) {
  ExpectJson(Primitive(11, 0, 4), R"("1970-01-01")");
  ExpectJson(Primitive(11, static_cast<std::uint32_t>(-735'525), 4), R"("-0044-03-15")");
  ExpectJson(Primitive(11, 3'672'304, 4), R"("+12024-06-05")");
  const std::uint64_t ticks = 1'704'164'645'120'000;
  ExpectJson(Primitive(12, ticks, 8), R"("2024-01-02 03:04:05.12+00:00")");
  ExpectJson(Primitive(13, ticks, 8), R"("2024-01-02 03:04:05.12")");
  ExpectJson(Primitive(13, ~0ULL, 8), R"("1969-12-31 23:59:59.999999")");
  ExpectJson(Primitive(12, 1ULL << 63U, 8), R"("-290308-12-21 19:59:05.224192+00:00")");
  ExpectJson(Primitive(18, ticks * 1000 + 7, 8), R"("2024-01-02 03:04:05.120000007+00:00")");
  ExpectJson(Primitive(19, ~0ULL, 8), R"("1969-12-31 23:59:59.999999999")");
  ExpectJson(Primitive(17, 36'000'500'000, 8), R"("10:00:00.5")");
  ExpectFault(Primitive(17, 86'400'000'000, 8), ErrorKind::kCorruption);
  ExpectFault(Primitive(17, ~0ULL, 8), ErrorKind::kCorruption);
}

TEST(VariantValueTest, TextsAndBytes) {
  ExpectJson("\x05x"s, R"("x")");
  ExpectJson("\x01"s, R"("")");
  ExpectJson(Primitive(16, 3, 4) + "a\"\n", R"("a\"\n")");
  ExpectJson("\x05\xFF"s, "\"\xEF\xBF\xBD\"");
  ExpectJson(Primitive(15, 3, 4) + "\x00\xFF\x10"s, R"("AP8Q")");
  ExpectJson(Primitive(20) + "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF"s,
             R"("00112233-4455-6677-8899-aabbccddeeff")");
}

TEST(VariantValueTest, ObjectsAndArraysOfEveryWidth) {
  ExpectJson(kObject, R"({"id":0,"name":"10"})", kKeys);
  // Values in another order than their keys; wide counts, ids and offsets.
  ExpectJson(
      "\x6A\x02\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x00\x00\x00\x00\x00\x03\x00\x00"
      "\x05y\x04"s,
      R"({"id":true,"name":"y"})", kKeys);
  ExpectJson("\x03\x00\x00"s, "[]");
  ExpectJson("\x02\x00\x00"s, "{}");
  ExpectJson("\x13\x02\x00\x00\x00\x00\x01\x04\x04\x03\x01\x00\x01\x00"s, "[true,[null]]");
  ExpectJson("\x03\x01\x00\x0C"s + kObject, R"([{"id":0,"name":"10"}])", kKeys);
}

TEST(VariantValueTest, MembersOfAnObjectCanBeReadOneByOne) {
  auto variant = VariantValue::Open(kKeys, kObject);
  ASSERT_TRUE(variant);
  const auto members = variant->Members();
  ASSERT_TRUE(members);
  ASSERT_EQ(members->size(), 2U);
  EXPECT_EQ((*members)[1].key, "name");
  JsonWriter json;
  ASSERT_TRUE(variant->WriteMember((*members)[1], json));
  EXPECT_EQ(json.Take(), R"("10")");
  EXPECT_FALSE(VariantValue::Open(kKeys, Primitive(1))->Members());
  EXPECT_FALSE(VariantValue::Open(kKeys, "")->Members());
}

TEST(VariantValueTest, BytesThatAreCutShortAreDamage) {
  const std::string whole = "\x03\x02\x00\x0C\x11"s + kObject + Primitive(5, 1, 4);
  ExpectJson(whole, R"([{"id":0,"name":"10"},1])", kKeys);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ExpectFault(whole.substr(0, length), ErrorKind::kCorruption, kKeys);
  }
  for (std::size_t length = 0; length < kKeys.size(); ++length) {
    ExpectFault(whole, ErrorKind::kCorruption, kKeys.substr(0, length));
  }
  for (const int type : {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}) {
    ExpectFault(Primitive(type), ErrorKind::kCorruption);
  }
  ExpectFault(Primitive(16, 0xFFFFFFFF, 4) + "x", ErrorKind::kCorruption);
}

TEST(VariantValueTest, KeysThatAreNotThereAreDamage) {
  ExpectFault("\x02\x01\x07\x00\x01\x00"s, ErrorKind::kCorruption, kKeys);
  ExpectFault("\x02\x01\x00\x00\x01\x00"s, ErrorKind::kCorruption, "\x01\x01\x02\x01xy"s);
}

// Else a few bytes could become more text than any memory holds.
TEST(VariantValueTest, ValuesThatOverlapAreReadWithinReason) {
  ExpectJson("\x03\x02\x00\x00\x02\x05x"s, R"(["x","x"])");
  std::string nested = Primitive(0);
  for (int i = 0; i < 40; ++i) nested = "\x03\x02\x00\x00\xFF"s + nested;
  ExpectFault(nested, ErrorKind::kCorruption);
}

TEST(VariantValueTest, DeepNestingIsRefusedBeforeItCostsStack) {
  std::string nested = Primitive(0);
  std::string json = "null";
  for (int i = 0; i < 1000; ++i) {
    nested = "\x0F\x01\x00\x00\x00\x00\xFF\xFF\xFF\x00"s + nested;
    json = "[" + json + "]";
  }
  ExpectJson(nested, json);
  for (int i = 0; i < 100'000; ++i) nested += "\x0F\x01\x00\x00\x00\x00\xFF\xFF\xFF\x00"s;
  ExpectFault("\x0F\x01\x00\x00\x00\x00\xFF\xFF\xFF\x00"s + nested, ErrorKind::kCorruption);
}

TEST(VariantValueTest, WhatALaterVersionMayHaveIsNotSupported) {
  ExpectFault(Primitive(21), ErrorKind::kUnsupported);
  ExpectFault(Primitive(1), ErrorKind::kUnsupported, "\x02\x00\x00"s);
}

}  // namespace
}  // namespace foreset
