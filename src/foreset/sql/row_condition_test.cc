// SPDX-License-Identifier: MIT
#include "foreset/sql/row_condition.h"

#include <cmath>
#include <optional>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/base/errors/query.h"

namespace foreset::sql {
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

// Rows 0 to 3; the last is NULL in every column but id and those that are like it.
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
  const auto day =
      Column<arrow::Date32Builder, std::int32_t>(arrow::Date32Builder(), {0, 1, -1, std::nullopt});
  const auto bytes = Column<arrow::BinaryBuilder, std::string>(arrow::BinaryBuilder(),
                                                               {"\x01", "\xFF", "", std::nullopt});
  const auto after = *arrow::StructArray::Make(arrow::ArrayVector{id, name},
                                               std::vector<std::string>{"Id", "order"});
  const arrow::ArrayVector columns{id, name, price, ratio, ok, at, day, bytes, after, id, id, id};
  const std::vector<std::string> names{"Id",  "name",  "price", "ratio", "ok",       "at",
                                       "day", "bytes", "after", "table", "odd name", "größe"};
  arrow::FieldVector fields;
  for (std::size_t i = 0; i < names.size(); ++i) {
    fields.push_back(arrow::field(names[i], columns[i]->type()));
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), 4, columns);
}

std::vector<std::int64_t> Passing(std::string_view text) {
  const auto rows = Rows();
  const auto condition = RowCondition::Compile(text, *rows->schema());
  EXPECT_TRUE(condition) << text << ": " << condition.error().message;
  if (!condition) return {-1};
  const auto passing = (*condition)->PassingRows(*rows);
  EXPECT_TRUE(passing) << text << ": " << passing.error().message;
  return passing.value_or(std::vector<std::int64_t>{-2});
}

Error MistakeIn(std::string_view text) {
  const auto condition = RowCondition::Compile(text, *Rows()->schema());
  EXPECT_FALSE(condition) << text;
  return condition ? Error{} : condition.error();
}

TEST(RowConditionTest, ComparesNumbersExactly) {
  EXPECT_THAT(Passing("id >= 2"), ElementsAre(1, 2, 3));
  EXPECT_THAT(Passing("ID = 2.0 OR iD < 1.5"), ElementsAre(0, 1));
  EXPECT_THAT(Passing("id < 99999999999999999999"), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Passing("price = 10.1"), ElementsAre(0));
  EXPECT_THAT(Passing("price < -0.049"), ElementsAre(1));
  EXPECT_THAT(Passing("price between 9.99 and 1e1"), ElementsAre(2));
  EXPECT_THAT(Passing("ratio = 0.1"), ElementsAre(0));
  EXPECT_THAT(Passing("ratio > 1"), ElementsAre(1, 2));
}

TEST(RowConditionTest, ComparesTextTimesBytesAndTruth) {
  EXPECT_THAT(Passing("name = 'O''Hara'"), ElementsAre(2));
  EXPECT_THAT(Passing("name LIKE 'Zo_ %'"), ElementsAre(1));
  EXPECT_THAT(Passing("at >= '1970-01-02'"), ElementsAre(1));
  EXPECT_THAT(Passing("at = '1970-01-01T01:00:00+01:00'"), ElementsAre(0));
  EXPECT_THAT(Passing("day IN ('1970-01-01', '1969-12-31')"), ElementsAre(0, 2));
  EXPECT_THAT(Passing("bytes = x'ff' OR bytes = X''"), ElementsAre(1, 2));
  EXPECT_THAT(Passing("bytes = from_hex('01')"), ElementsAre(0));
  EXPECT_THAT(Passing("ok"), ElementsAre(0, 2));
  EXPECT_THAT(Passing("ok = true"), ElementsAre(0, 2));
}

TEST(RowConditionTest, UnknownIsNeitherTrueNorFalse) {
  EXPECT_THAT(Passing("name <> 'Ann'"), ElementsAre(1, 2));
  EXPECT_THAT(Passing("NOT name = 'Ann'"), ElementsAre(1, 2));
  EXPECT_THAT(Passing("name IS NULL"), ElementsAre(3));
  EXPECT_THAT(Passing("name = 'x' OR id = 4"), ElementsAre(3));
  EXPECT_THAT(Passing("name = NULL"), IsEmpty());
  EXPECT_THAT(Passing("1 = 1"), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Passing("false"), IsEmpty());
}

TEST(RowConditionTest, HasTheFunctionsOfSql) {
  EXPECT_THAT(Passing("lower(name) = 'ann' -- a comment"), ElementsAre(0));
  EXPECT_THAT(Passing("name ILIKE '%HARA' OR length(name) > 7"), ElementsAre(1, 2));
  EXPECT_THAT(Passing("list_contains([1, 3], id)"), ElementsAre(0, 2));
  EXPECT_THAT(Passing("at + INTERVAL 1 DAY > '1970-01-02 12:00' AND current_date > '2020-01-01'"),
              ElementsAre(1));
}

TEST(RowConditionTest, TakesNamesHoweverTheyAreWritten) {
  EXPECT_THAT(Passing("after.Id = 1 OR AFTER.order LIKE 'O%'"), ElementsAre(0, 2));
  EXPECT_THAT(Passing("after.`order` = 'Ann' AND `after`.\"id\" = 1"), ElementsAre(0));
  EXPECT_THAT(Passing("`odd name` = 2 or \"odd name\" = 3"), ElementsAre(1, 2));
  EXPECT_THAT(Passing("table = 1 OR \"table\" = 2"), ElementsAre(0, 1));
  EXPECT_THAT(Passing("größe > 1 AND table IN (2, 3) AND 3 <> table"), ElementsAre(1));
  EXPECT_THAT(Passing("name <> '`table`' AND Table = 1"), ElementsAre(0));
}

TEST(RowConditionTest, ReadsOnlyTheColumnsThatItNames) {
  const auto columns = [](std::string_view text) {
    return RowCondition::Compile(text, *Rows()->schema()).value()->columns();
  };
  EXPECT_THAT(columns("after.id = 1 and ID = 1 and after.order is null"),
              ElementsAre("Id", "after"));
  EXPECT_THAT(columns("1 = 1"), IsEmpty());
}

TEST(RowConditionTest, KeepsTheOrderOfRowsInEachBatch) {
  arrow::Int64Builder builder;
  for (std::int64_t i = 0; i < 10'000; ++i) ASSERT_TRUE(builder.Append(i).ok());
  const auto schema = arrow::schema({arrow::field("n", arrow::int64())});
  const auto all = arrow::RecordBatch::Make(schema, 10'000, {builder.Finish().ValueOrDie()});
  const auto condition = RowCondition::Compile("n % 3 = 0", *schema).value();
  for (const auto& [first, rows] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {0, 5}, {5, 0}, {5, 9'000}, {9'005, 995}}) {
    std::vector<std::int64_t> wanted;
    for (std::int64_t row = 0; row < rows; ++row) {
      if ((first + row) % 3 == 0) wanted.push_back(row);
    }
    EXPECT_EQ(condition->PassingRows(*all->Slice(first, rows)).value(), wanted);
  }
}

TEST(RowConditionTest, AnUnknownColumnIsToldWithTheNearest) {
  const Error unknown = MistakeIn("nmae = 'x'");
  EXPECT_EQ(unknown.code, ErrorCode::kColumnUnknown);
  EXPECT_THAT(unknown.message, HasSubstr("no column \"nmae\"; did you mean \"name\"?"));
  EXPECT_EQ(MistakeIn("after.oder = 'x'").code, ErrorCode::kColumnUnknown);
  EXPECT_THAT(MistakeIn("after.oder = 'x'").message, HasSubstr("did you mean \"order\"?"));
  EXPECT_THAT(MistakeIn("name = \"Ann\"").next_step, HasSubstr("single quotes: 'Ann'"));
}

TEST(RowConditionTest, WhateverElseIsWrongIsToldWithItsPlace) {
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
           {"id = ", "at character"},
           {"größe = 1 name = 2", "at character 11: "},
           {"name = 'x", "at character 8: "},
           {"id = 'x'", "Could not convert string 'x' to INT64"},
           {"day = 'soon'", "\"soon\""},
           {"id", "this is BIGINT"},
           {"id; drop", "at character 3: "},
           {"id = 1, id = 2", "true or false"},
           {"count(*) > 1", "aggregates"},
           {"id = (SELECT max(id) FROM input)", "a subquery"},
           {"id IN (SELECT 1 FROM read_csv('/etc/passwd'))", "a subquery"},
           {"row_number() OVER () = 1", "a window function"},
           {"#1 = 1", "its number"},
           {"nosuch(id)", "nosuch"},
           {std::string(5000, '('), ""}}) {
    const Error mistake = MistakeIn(text);
    EXPECT_EQ(mistake.code, ErrorCode::kFilterInvalid) << text << mistake.message;
    EXPECT_THAT(mistake.message, HasSubstr(words)) << text;
  }
  EXPECT_THAT(MistakeIn("ok AND id = 'x'").message, HasSubstr("\nok AND id = 'x'\n            ^"));
}

TEST(RowConditionTest, OnlyRowsThatThereAreCanFail) {
  EXPECT_THAT(
      Passing("name = 'Ann' AND CAST(replace(coalesce(name, 'none'), 'Ann', '1') AS INT) = 1"),
      ElementsAre(0));
  EXPECT_TRUE(RowCondition::Compile("CAST(coalesce(name, 'none') AS INT) > 1", *Rows()->schema()));
}

TEST(RowConditionTest, ARowThatCannotBeComputedEndsTheScan) {
  const auto condition = RowCondition::Compile("CAST(name AS BIGINT) > 0", *Rows()->schema());
  ASSERT_TRUE(condition);
  EXPECT_EQ((*condition)->PassingRows(*Rows()).error().code, query_error::kQueryFailed);
}

}  // namespace
}  // namespace foreset::sql
