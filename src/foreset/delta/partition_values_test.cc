// SPDX-License-Identifier: MIT
#include "foreset/delta/partition_values.h"

#include <arrow/scalar.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

namespace foreset::delta {
namespace {

const auto kUtc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
const auto kWallClock = arrow::timestamp(arrow::TimeUnit::MICRO);

// Arrow's text of the value; "corrupt" when there is none.
std::string Parsed(const std::string& text, const std::shared_ptr<arrow::DataType>& type) {
  const auto value = ParsePartitionValue(text, type);
  if (!value) return value.error().kind == ErrorKind::kCorruption ? "corrupt" : "?";
  EXPECT_TRUE((*value)->type->Equals(*type));
  return (*value)->is_valid ? (*value)->ToString() : "null";
}

std::int64_t Micros(const std::string& text,
                    const std::shared_ptr<arrow::DataType>& type = kUtc) {
  const auto value = ParsePartitionValue(text, type);
  if (!value) return -1;
  return static_cast<const arrow::TimestampScalar&>(**value).value;
}

TEST(PartitionValues, AbsentAndEmptyAreNullOfAnyType) {
  EXPECT_FALSE((*ParsePartitionValue(std::nullopt, arrow::int64()))->is_valid);
  for (const auto& type : {arrow::utf8(), arrow::int8(), arrow::binary(), kUtc}) {
    EXPECT_EQ(Parsed("", type), "null");
  }
}

TEST(PartitionValues, NumbersKeepTheirRange) {
  EXPECT_EQ(Parsed("-128", arrow::int8()), "-128");
  EXPECT_EQ(Parsed("128", arrow::int8()), "corrupt");
  EXPECT_EQ(Parsed("9223372036854775807", arrow::int64()), "9223372036854775807");
  EXPECT_EQ(Parsed("9223372036854775808", arrow::int64()), "corrupt");
  EXPECT_EQ(Parsed("1x", arrow::int32()), "corrupt");
  EXPECT_EQ(Parsed("1.5E10", arrow::float64()), "1.5e+10");
  EXPECT_EQ(Parsed("-Infinity", arrow::float64()), "-inf");
  EXPECT_EQ(Parsed("NaN", arrow::float32()), "nan");
  EXPECT_EQ(Parsed("true", arrow::boolean()), "true");
  EXPECT_EQ(Parsed("1", arrow::boolean()), "corrupt");
}

TEST(PartitionValues, DecimalsTakeTheScaleOfTheColumn) {
  EXPECT_EQ(Parsed("1.5", arrow::decimal128(5, 2)), "1.50");
  EXPECT_EQ(Parsed("1.50", arrow::decimal128(5, 1)), "1.5");
  EXPECT_EQ(Parsed("1.55", arrow::decimal128(5, 1)), "corrupt");
  EXPECT_EQ(Parsed("1234.5", arrow::decimal128(4, 1)), "corrupt");
}

TEST(PartitionValues, DatesAreDays) {
  EXPECT_EQ(Parsed("1970-01-02", arrow::date32()), "1970-01-02");
  EXPECT_EQ(Parsed("2024-02-29", arrow::date32()), "2024-02-29");
  EXPECT_EQ(Parsed("0001-01-01", arrow::date32()), "0001-01-01");
  EXPECT_EQ(Parsed("2023-02-29", arrow::date32()), "corrupt");
  EXPECT_EQ(Parsed("2023-13-01", arrow::date32()), "corrupt");
  EXPECT_EQ(Parsed("2023-01-01 ", arrow::date32()), "corrupt");
}

TEST(PartitionValues, TimestampsComeInSeveralForms) {
  EXPECT_EQ(Micros("1970-01-01 00:00:01"), 1'000'000);
  EXPECT_EQ(Micros("1970-01-01 00:00:01.5"), 1'500'000);
  EXPECT_EQ(Micros("1970-01-01T00:00:01.000002Z"), 1'000'002);
  EXPECT_EQ(Micros("1970-01-01T01:00:00.000+01:00"), 0);
  EXPECT_EQ(Micros("1969-12-31 23:59:59.999999"), -1);
  EXPECT_EQ(Micros("1970-01-02", kWallClock), 86'400'000'000);
  for (const char* text : {"1970-01-01 24:00:00", "1970-01-01 1", "1970-01-01x00:00:00",
                           "1970-01-01 00:00:00 PST", "391970-01-01 00:00:00", "x"}) {
    EXPECT_EQ(Parsed(text, kUtc), "corrupt") << text;
  }
}

TEST(PartitionValues, TextsAndBytesAreTaken) {
  EXPECT_EQ(Parsed("a b", arrow::utf8()), "a b");
  const auto value = ParsePartitionValue(std::string("\x01\x02"), arrow::binary());
  EXPECT_EQ(static_cast<const arrow::BinaryScalar&>(**value).value->ToString(), "\x01\x02");
}

TEST(PartitionValues, NestedTypesHaveNone) {
  EXPECT_EQ(Parsed("x", arrow::list(arrow::int32())), "corrupt");
}

}  // namespace
}  // namespace foreset::delta
