// SPDX-License-Identifier: MIT
#include "foreset/columnar/statistics.h"

#include <limits>

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

namespace foreset {
namespace {

std::string StatsOf(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  const auto values = arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
  const auto schema = arrow::schema({arrow::field("c", type)});
  StatisticsCollector collector(*schema);
  // In two batches, the second one a slice.
  collector.Update(*arrow::RecordBatch::Make(schema, 1, {values->Slice(0, 1)}));
  collector.Update(
      *arrow::RecordBatch::Make(schema, values->length() - 1, {values->Slice(1)}));
  return collector.ToJson();
}

std::string Expected(int rows, const std::string& min, const std::string& max, int nulls) {
  return "{\"numRecords\":" + std::to_string(rows) + ",\"minValues\":{" +
         (min.empty() ? "" : "\"c\":" + min) + "},\"maxValues\":{" +
         (max.empty() ? "" : "\"c\":" + max) + "},\"nullCount\":{\"c\":" +
         std::to_string(nulls) + "}}";
}

TEST(StatisticsTest, NumbersAreAsTheyAre) {
  EXPECT_EQ(StatsOf(arrow::int8(), "[5, null, -7]"), Expected(3, "-7", "5", 1));
  EXPECT_EQ(StatsOf(arrow::int64(), "[9223372036854775807, 0]"),
            Expected(2, "0", "9223372036854775807", 0));
  EXPECT_EQ(StatsOf(arrow::int32(), "[null, null]"), Expected(2, "", "", 2));
  EXPECT_EQ(StatsOf(arrow::float64(), "[1.5, -0.1]"), Expected(2, "-0.1", "1.5", 0));
  EXPECT_EQ(StatsOf(arrow::boolean(), "[true, null]"), Expected(2, "", "", 1));
}

TEST(StatisticsTest, DecimalsHaveAllTheirDigits) {
  EXPECT_EQ(StatsOf(arrow::decimal128(18, 2), R"(["-0.05", "123.40", null])"),
            Expected(3, "-0.05", "123.40", 1));
  const std::string least = "-9999999999999999999999999999.9999999999";
  EXPECT_EQ(StatsOf(arrow::decimal128(38, 10), R"(["0.0000000001", ")" + least + "\"]"),
            Expected(2, least, "0.0000000001", 0));
  EXPECT_EQ(StatsOf(arrow::decimal128(20, 0), R"(["18446744073709551615", "7"])"),
            Expected(2, "7", "18446744073709551615", 0));
}

TEST(StatisticsTest, FloatsThatOthersCouldMisreadAreLeftOut) {
  EXPECT_EQ(StatsOf(arrow::float64(), "[1, NaN, 2]"), Expected(3, "1", "", 0));
  EXPECT_EQ(StatsOf(arrow::float32(), "[NaN, NaN]"), Expected(2, "", "", 0));
  EXPECT_EQ(StatsOf(arrow::float64(), "[-Inf, 3]"), Expected(2, "", "3", 0));
  EXPECT_EQ(StatsOf(arrow::float64(), "[0, 0]"), Expected(2, "-0.0", "0.0", 0));
}

TEST(StatisticsTest, TimesAreCutToMillisecondsOutwards) {
  const auto utc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto wall = arrow::timestamp(arrow::TimeUnit::MICRO);
  EXPECT_EQ(StatsOf(utc, R"(["2026-01-02 03:04:05.123456", "2026-01-02 03:04:05.123457"])"),
            Expected(2, "\"2026-01-02T03:04:05.123Z\"", "\"2026-01-02T03:04:05.124Z\"", 0));
  EXPECT_EQ(StatsOf(wall, R"(["1969-12-31 23:59:59.999999", "2026-01-01"])"),
            Expected(2, "\"1969-12-31T23:59:59.999\"", "\"2026-01-01T00:00:00.000\"", 0));
  EXPECT_EQ(StatsOf(wall, R"(["2026-01-01", "9999-12-31 23:59:59.999999"])"),
            Expected(2, "\"2026-01-01T00:00:00.000\"", "", 0));
  EXPECT_EQ(StatsOf(wall, "[-9223372036854775808, 9223372036854775807]"), Expected(2, "", "", 0));
  EXPECT_EQ(StatsOf(arrow::date32(), "[20454, -719162]"),
            Expected(2, "\"0001-01-01\"", "\"2026-01-01\"", 0));
  EXPECT_EQ(StatsOf(arrow::date32(), "[-719163, 2932897]"), Expected(2, "", "", 0));
}

TEST(StatisticsTest, StringsAreCutTo32CharactersOutwards) {
  const std::string a32(32, 'a');
  const std::string a31b = std::string(31, 'a') + "b";
  EXPECT_EQ(StatsOf(arrow::utf8(), R"(["b", "", "z\"\n"])"),
            Expected(3, "\"\"", "\"z\\\"\\n\"", 0));
  EXPECT_EQ(StatsOf(arrow::utf8(), "[\"" + a32 + "\", \"" + a32 + "\"]"),
            Expected(2, "\"" + a32 + "\"", "\"" + a32 + "\"", 0));
  EXPECT_EQ(StatsOf(arrow::utf8(), "[\"" + a32 + "x\", null]"),
            Expected(2, "\"" + a32 + "\"", "\"" + a31b + "\"", 1));
}

TEST(StatisticsTest, RoundingUpStepsOverWhatIsNoCharacter) {
  std::string last;
  for (int i = 0; i < 40; ++i) last += "\U0010FFFF";
  EXPECT_EQ(StatsOf(arrow::utf8(), "[\"" + last + "\", \"m\"]"), Expected(2, "\"m\"", "", 0));
  std::string edge;
  for (int i = 0; i < 31; ++i) edge += "é";
  EXPECT_EQ(StatsOf(arrow::utf8(), "[\"" + edge + "\uD7FFx\", \"m\"]"),
            Expected(2, "\"m\"", "\"" + edge + "\uE000\"", 0));
}

TEST(StatisticsTest, BytesThatAreNotTextHaveNoBound) {
  arrow::StringBuilder builder;
  ASSERT_TRUE(builder.Append("\xC3(").ok());
  ASSERT_TRUE(builder.Append("a").ok());
  const auto values = builder.Finish().ValueOrDie();
  const auto schema = arrow::schema({arrow::field("c", arrow::utf8())});
  StatisticsCollector collector(*schema);
  collector.Update(*arrow::RecordBatch::Make(schema, 2, {values}));
  EXPECT_EQ(collector.ToJson(), Expected(2, "\"a\"", "", 0));
}

TEST(StatisticsTest, StructsNestAndTheirNullsCountForEachLeaf) {
  const auto type = arrow::struct_({arrow::field("x", arrow::int32()),
                                    arrow::field("l", arrow::list(arrow::int32()))});
  EXPECT_EQ(StatsOf(type, R"([{"x":1,"l":[1]}, null, {"x":null,"l":null}])"),
            "{\"numRecords\":3,\"minValues\":{\"c\":{\"x\":1}},\"maxValues\":{\"c\":{\"x\":1}},"
            "\"nullCount\":{\"c\":{\"x\":2,\"l\":2}}}");
}

TEST(StatisticsTest, OnlyTheFirstLeavesAreKept) {
  const auto inner = arrow::struct_({arrow::field("x", arrow::int32()),
                                     arrow::field("y", arrow::int32())});
  const auto schema = arrow::schema({arrow::field("a", arrow::int32()), arrow::field("s", inner),
                                     arrow::field("z", arrow::int32())});
  StatisticsCollector collector(*schema, 2);
  EXPECT_EQ(collector.ToJson(),
            "{\"numRecords\":0,\"minValues\":{},\"maxValues\":{},"
            "\"nullCount\":{\"a\":0,\"s\":{\"x\":0}}}");
}

}  // namespace
}  // namespace foreset
