// SPDX-License-Identifier: MIT
#include "foreset/columnar/retype.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

namespace foreset {
namespace {

std::shared_ptr<arrow::RecordBatch> MakeBatch(const std::shared_ptr<arrow::Schema>& schema,
                                              const std::string& json) {
  const auto rows =
      arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), json).ValueOrDie();
  return arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
}

TEST(RetypeTest, NamesChangeAtEveryDepth) {
  const auto from = arrow::schema(
      {arrow::field("a", arrow::struct_({arrow::field("x", arrow::utf8())}))});
  const auto to = arrow::schema(
      {arrow::field("col-1", arrow::struct_({arrow::field("col-2", arrow::utf8(), false)}))});
  const auto retyped = Retype(*MakeBatch(from, R"([{"a":{"x":"1"}}])"), to).value();
  EXPECT_TRUE(retyped->Equals(*MakeBatch(to, R"([{"col-1":{"col-2":"1"}}])")));
}

TEST(RetypeTest, WallClockTimesBecomeUtcAsTheyAre) {
  const auto wall = arrow::timestamp(arrow::TimeUnit::MICRO);
  const auto utc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto batch = MakeBatch(arrow::schema({arrow::field("t", wall)}), R"([{"t":5}])");
  const auto retyped = Retype(*batch, arrow::schema({arrow::field("t", utc)})).value();
  EXPECT_TRUE(retyped->column(0)->type()->Equals(*utc));
  EXPECT_EQ(retyped->column_data(0)->buffers[1], batch->column_data(0)->buffers[1]);
  EXPECT_FALSE(Retype(*batch, arrow::schema({arrow::field(
                                  "t", arrow::timestamp(arrow::TimeUnit::MILLI))}))
                   .has_value());
}

TEST(RetypeTest, ValuesOfAnotherTypeAreRefused) {
  const auto from = arrow::schema({arrow::field("a", arrow::int32())});
  const auto batch = MakeBatch(from, R"([{"a":1}])");
  EXPECT_FALSE(Retype(*batch, arrow::schema({arrow::field("a", arrow::int64())})));
  EXPECT_FALSE(Retype(*batch, arrow::schema(arrow::FieldVector{})));
}

}  // namespace
}  // namespace foreset
