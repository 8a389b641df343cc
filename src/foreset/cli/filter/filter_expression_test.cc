// SPDX-License-Identifier: MIT
#include "foreset/cli/filter/filter_expression.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename Builder, typename Value>
std::shared_ptr<arrow::Array> Column(Builder&& builder,
                                     const std::vector<std::optional<Value>>& values) {
  for (const auto& value : values) (void)(value ? builder.Append(*value) : builder.AppendNull());
  return *builder.Finish();
}

// Rows 0 to 3; the last is NULL in every column but id.
std::shared_ptr<arrow::RecordBatch> Rows() {
  const auto id = Column<arrow::Int64Builder, std::int64_t>(arrow::Int64Builder(), {1, 2, 3, 4});
  const auto name = Column<arrow::StringBuilder, std::string>(
      arrow::StringBuilder(), {"Ann", "Zoë 100%", "O'Hara", std::nullopt});
  const auto price = Column<arrow::Decimal128Builder, arrow::Decimal128>(
      arrow::Decimal128Builder(arrow::decimal128(18, 2)),
      {arrow::Decimal128(1010), arrow::Decimal128(-5), arrow::Decimal128(999), std::nullopt});
  const auto ratio =
      Column<arrow::FloatBuilder, float>(arrow::FloatBuilder(), {0.1F, NAN, 2.0F, std::nullopt});
  const auto ok = Column<arrow::BooleanBuilder, bool>(arrow::BooleanBuilder(),
                                                      {true, false, true, std::nullopt});
  const auto at = Column<arrow::TimestampBuilder, std::int64_t>(
      arrow::TimestampBuilder(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                              arrow::default_memory_pool()),
      {0, 86'400'000'000, 1, std::nullopt});
  const auto bytes = Column<arrow::BinaryBuilder, std::string>(arrow::BinaryBuilder(),
                                                               {"\x01", "\xFF", "", std::nullopt});
  const auto after = *arrow::StructArray::Make(arrow::ArrayVector{id, name},
                                               std::vector<std::string>{"id", "name"});
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("name", arrow::utf8()),
                     arrow::field("price", price->type()), arrow::field("ratio", arrow::float32()),
                     arrow::field("ok", arrow::boolean()), arrow::field("at", at->type()),
                     arrow::field("bytes", arrow::binary()), arrow::field("after", after->type()),
                     arrow::field("odd name", arrow::int64())}),
      4, arrow::ArrayVector{id, name, price, ratio, ok, at, bytes, after, id});
}

std::vector<std::int64_t> Passing(std::string_view text) {
  const auto rows = Rows();
  const auto filter = Filter::Parse(text, *rows->schema());
  EXPECT_TRUE(filter) << filter.error().message;
  return filter ? filter->PassingRows(*rows) : std::vector<std::int64_t>{-1};
}

std::string MistakeIn(std::string_view text) {
  const auto filter = Filter::Parse(text, *Rows()->schema());
  return filter ? "none" : filter.error().message;
}

TEST(Filter, ComparesNumbersExactly) {
  EXPECT_THAT(Passing("id >= 2"), ElementsAre(1, 2, 3));
  EXPECT_THAT(Passing("id = 2.0"), ElementsAre(1));
  EXPECT_THAT(Passing("id < 1.5"), ElementsAre(0));
  EXPECT_THAT(Passing("id < 99999999999999999999"), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Passing("price = 10.1"), ElementsAre(0));
  EXPECT_THAT(Passing("price < -0.049"), ElementsAre(1));
  EXPECT_THAT(Passing("price between 9.99 and 1e1"), ElementsAre(2));
  EXPECT_THAT(Passing("ratio = 0.1"), ElementsAre(0));
  EXPECT_THAT(Passing("ratio > 1"), ElementsAre(1, 2));
}

TEST(Filter, ComparesTextTimesBytesAndTruth) {
  EXPECT_THAT(Passing("name = 'O''Hara'"), ElementsAre(2));
  EXPECT_THAT(Passing("at >= '1970-01-02'"), ElementsAre(1));
  EXPECT_THAT(Passing("at = '1970-01-01T01:00:00+01:00'"), ElementsAre(0));
  EXPECT_THAT(Passing("bytes = x'ff'"), ElementsAre(1));
  EXPECT_THAT(Passing("ok = true"), ElementsAre(0, 2));
}

TEST(Filter, LikeMatchesCharactersNotBytes) {
  EXPECT_THAT(Passing("name LIKE 'Zo_ %'"), ElementsAre(1));
  EXPECT_THAT(Passing("name LIKE '%\\%'"), ElementsAre(1));
  EXPECT_THAT(Passing("name LIKE '%a%a%'"), ElementsAre(2));
  EXPECT_THAT(Passing("name NOT LIKE '%n%'"), ElementsAre(1, 2));
}

TEST(Filter, UnknownIsNeitherTrueNorFalse) {
  EXPECT_THAT(Passing("name <> 'Ann'"), ElementsAre(1, 2));
  EXPECT_THAT(Passing("NOT name = 'Ann'"), ElementsAre(1, 2));
  EXPECT_THAT(Passing("name IS NULL"), ElementsAre(3));
  EXPECT_THAT(Passing("name IS NOT NULL AND ok = FALSE"), ElementsAre(1));
  EXPECT_THAT(Passing("name = 'x' OR id = 4"), ElementsAre(3));
  EXPECT_THAT(Passing("name = 'x' AND id = 4"), IsEmpty());
}

TEST(Filter, NotBindsCloserThanAndCloserThanOr) {
  EXPECT_THAT(Passing("id = 1 OR id = 2 AND id = 3"), ElementsAre(0));
  EXPECT_THAT(Passing("(id = 1 OR id = 2) AND NOT id = 1"), ElementsAre(1));
  EXPECT_THAT(Passing("id IN (1, 3, 9)"), ElementsAre(0, 2));
  EXPECT_THAT(Passing("id not in (1, 3)"), ElementsAre(1, 3));
}

TEST(Filter, ReachesIntoStructsAndQuotedNames) {
  EXPECT_THAT(Passing("after.name = 'Ann'"), ElementsAre(0));
  EXPECT_THAT(Passing("`odd name` = 2 or \"odd name\" = 3"), ElementsAre(1, 2));
  const auto filter =
      Filter::Parse("after.id = 1 and ID = 1 and after.name is null", *Rows()->schema());
  EXPECT_THAT(filter->columns(), ElementsAre("after", "id"));
}

TEST(Filter, MistakesNameTheirPlace) {
  EXPECT_THAT(MistakeIn("nmae = 'x'"), HasSubstr("no column \"nmae\"; did you mean \"name\"?"));
  EXPECT_THAT(MistakeIn("id = "), HasSubstr("at character 6: wanted a value, found the end"));
  EXPECT_THAT(MistakeIn("id = 'x'"), HasSubstr("type int64 cannot be compared"));
  EXPECT_THAT(MistakeIn("id = NULL"), HasSubstr("IS NULL"));
  EXPECT_THAT(MistakeIn("id = 1 id = 2"), HasSubstr("wanted AND, OR or the end"));
  EXPECT_THAT(MistakeIn("name = 'x"), HasSubstr("has no end"));
  EXPECT_THAT(MistakeIn("at = 'soon'"), HasSubstr("not a time"));
  EXPECT_THAT(MistakeIn("id; drop"), HasSubstr("\";\" is not understood"));
  EXPECT_THAT(MistakeIn("id = 1.2.3"), HasSubstr("not a number"));
  EXPECT_THAT(MistakeIn(std::string(5000, '(')), HasSubstr("too deep"));
}

}  // namespace
}  // namespace foreset::cli
