// SPDX-License-Identifier: MIT
#include "foreset/pipeline/sql_rules.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "foreset/base/errors/rules.h"
#include "foreset/model/arrow_types.h"
#include "foreset/pipeline/rule_check.h"

namespace foreset::pipeline {
namespace {

using lake::RuleKind;

TableSchema Products() {
  TableSchema schema{{"shop", "Products"}, SchemaVersion(1), {}, KeyKind::kPrimary, {0}};
  schema.columns.push_back({.name = "id", .nullable = false});
  schema.columns.push_back({.name = "Name", .type = SourceType::kVarChar, .length = 50});
  schema.columns.push_back(
      {.name = "Price", .type = SourceType::kDecimal, .length = 10, .scale = 2});
  schema.columns.push_back({.name = "made", .type = SourceType::kDateTime});
  schema.columns.push_back({.name = "Raw", .type = SourceType::kBlob});
  return schema;
}

lake::RuleConfig WithRules(std::vector<lake::Rule> rules, const std::string& table = "Products") {
  lake::RuleConfig config;
  config.tables.push_back({table, {std::move(rules)}});
  return config;
}

// How a rule is refused: "E8202 …", or nothing.
std::string Refusal(const lake::Rule& rule) {
  const Status checked = CheckRules(WithRules({rule}), {Products()});
  return checked ? std::string() : checked.error().ToString();
}
std::string CleanRefusal(const std::string& column, const std::string& expression) {
  return Refusal({RuleKind::kClean, column, expression});
}
std::string ExpectRefusal(const std::string& expression) {
  return Refusal({RuleKind::kDrop, "", expression});
}

TEST(RuleCheckTest, TakesPureExpressionsOfTheRow) {
  EXPECT_EQ(CleanRefusal("Name", "lower(trim(Name)) -- small"), "");
  EXPECT_EQ(CleanRefusal("name", "NULL"), "");
  EXPECT_EQ(CleanRefusal("Price", "round(Price * 1.1, 1)"), "");
  EXPECT_EQ(CleanRefusal("Price", "regexp_extract(Name, '[0-9]+')"), "");
  EXPECT_EQ(CleanRefusal("made", "coalesce(made, '2000-01-01')"), "");
  EXPECT_EQ(CleanRefusal("Name", "list_transform(string_split(Name, ' '), lambda w: upper(w))[1]"),
            "");
  EXPECT_EQ(CleanRefusal("Name", "CASE WHEN Price > 3 THEN Name ELSE strftime(made, '%Y') END"),
            "");
  EXPECT_EQ(ExpectRefusal("Price >= 0 AND Name NOT LIKE '%;%'"), "");
}

TEST(RuleCheckTest, NamesTheNearestOfUnknownTablesAndColumns) {
  EXPECT_NE(CleanRefusal("Nmae", "1").find("E8202"), std::string::npos);
  EXPECT_NE(CleanRefusal("Nmae", "1").find("nearest is 'Name'"), std::string::npos);
  EXPECT_NE(ExpectRefusal("Prise > 0").find("E8202"), std::string::npos);
  EXPECT_NE(ExpectRefusal("Prise > 0").find("nearest is 'Price'"), std::string::npos);
  const Status table =
      CheckRules(WithRules({{RuleKind::kDrop, "", "id > 0"}}, "Product"), {Products()});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, rule_error::kRuleTableUnknown);
  EXPECT_NE(table.error().message.find("nearest is 'Products'"), std::string::npos);
}

TEST(RuleCheckTest, RefusesToCleanTheKey) {
  EXPECT_NE(CleanRefusal("ID", "id + 1").find("E8203"), std::string::npos);
}

TEST(RuleCheckTest, RefusesWhatTheRowAloneDoesNotDecide) {
  for (const char* expression :
       {"random() < 0.5", "now() > made", "made < current_date", "current_timestamp > made",
        "Price > (SELECT 1)", "EXISTS (SELECT 1)", "sum(Price) > 0", "count(*) > 0",
        "row_number() OVER () > 1", "uuid() <> Name", "age(made) > INTERVAL 1 DAY",
        "current_setting('TimeZone') = Name", "nextval('s') > 0", "today() > made", "$1 > 0",
        "id IN (SELECT id FROM image)", "getvariable('x') = 1", "current_user = Name"}) {
    EXPECT_NE(ExpectRefusal(expression).find("E8204"), std::string::npos)
        << expression << ": " << ExpectRefusal(expression);
  }
}

TEST(RuleCheckTest, RefusesOtherTypes) {
  EXPECT_NE(CleanRefusal("Price", "[Price]").find("E8205"), std::string::npos);
  EXPECT_NE(CleanRefusal("Price", "made").find("E8205"), std::string::npos);
  EXPECT_NE(CleanRefusal("made", "id").find("E8205"), std::string::npos);
  EXPECT_NE(CleanRefusal("Raw", "Price").find("E8205"), std::string::npos);
  EXPECT_NE(ExpectRefusal("Price").find("E8205"), std::string::npos);
}

TEST(RuleCheckTest, RefusesWhatIsNoExpression) {
  for (const char* text : {"", "lower(", "1; DROP TABLE x", "1), (2", "1) FROM (SELECT 1",
                           "a b c d", "nofunction(Name)", "lower(Name, 1, 2)"}) {
    EXPECT_NE(ExpectRefusal(text).find("E8206"), std::string::npos)
        << text << ": " << ExpectRefusal(text);
  }
  const Status twice =
      CheckRules(WithRules({{RuleKind::kClean, "Name", "'a'"}, {RuleKind::kClean, "NAME", "'b'"}}),
                 {Products()});
  EXPECT_EQ(twice.error().code, rule_error::kRuleInvalid);
}

// Changes of Products, of which only Name and Price matter.
class SqlRulesTest : public testing::Test {
 protected:
  struct Image {
    std::optional<std::string> name;
    std::optional<std::string> price;
  };

  void Add(Operation operation, const Image& before, const Image& after) {
    batch_.operations.push_back(operation);
    batch_.sequences.emplace_back(0, 1, 100 * (batch_.sequences.size() + 1), 0, operation);
    before_.push_back(before);
    after_.push_back(after);
  }

  lake::RuledBatch Apply(const std::vector<lake::Rule>& rules, DateTimeAs datetime = {}) {
    auto batch = std::make_shared<ChangeBatch>(batch_);
    batch->schema = std::make_shared<const TableSchema>(Products());
    batch->before = Rows(before_, datetime);
    batch->after = Rows(after_, datetime);
    given_ = batch;
    auto opened = OpenSqlRules(WithRules(rules), {"shop", "Products"});
    auto ruled = (*opened)->Apply(*batch);
    EXPECT_TRUE(ruled) << ruled.error().ToString();
    return *std::move(ruled);
  }

  static std::string At(const arrow::RecordBatch& rows, const char* column, std::int64_t row) {
    const auto value = rows.GetColumnByName(column)->GetScalar(row).ValueOrDie();
    return value->is_valid ? value->ToString() : "NULL";
  }

  static std::shared_ptr<arrow::RecordBatch> Rows(const std::vector<Image>& images,
                                                  DateTimeAs datetime) {
    auto builder = arrow::RecordBatchBuilder::Make(ArrowSchemaOf(Products(), datetime),
                                                   arrow::default_memory_pool())
                       .ValueOrDie();
    for (const Image& image : images) {
      EXPECT_TRUE(builder->GetFieldAs<arrow::Int32Builder>(0)->Append(1).ok());
      auto* name = builder->GetFieldAs<arrow::StringBuilder>(1);
      EXPECT_TRUE((image.name ? name->Append(*image.name) : name->AppendNull()).ok());
      auto* price = builder->GetFieldAs<arrow::Decimal128Builder>(2);
      EXPECT_TRUE((image.price
                       ? price->Append(arrow::Decimal128::FromString(*image.price).ValueOrDie())
                       : price->AppendNull())
                      .ok());
      EXPECT_TRUE(
          builder->GetFieldAs<arrow::TimestampBuilder>(3)->Append(1'700'000'000'000'000).ok());
      EXPECT_TRUE(builder->GetFieldAs<arrow::BinaryBuilder>(4)->Append("\x01\xff").ok());
    }
    return builder->Flush().ValueOrDie();
  }

  ChangeBatch batch_;
  std::vector<Image> before_;
  std::vector<Image> after_;
  std::shared_ptr<const ChangeBatch> given_;
};

TEST_F(SqlRulesTest, CleansBothImagesInTheColumnsTypeAndSharesTheRest) {
  Add(Operation::kUpdate, {" A ", "1.00"}, {" B ", "2.55"});
  Add(Operation::kDelete, {" C ", std::nullopt}, {});
  const auto ruled = Apply({{RuleKind::kClean, "NAME", "lower(trim(Name))"},
                            {RuleKind::kClean, "Price", "Price * 2 + length(name)"}});
  EXPECT_EQ(At(*ruled.changes->before, "Name", 0), "a");
  EXPECT_EQ(At(*ruled.changes->after, "Name", 0), "b");
  EXPECT_EQ(At(*ruled.changes->before, "Name", 1), "c");
  EXPECT_EQ(At(*ruled.changes->after, "Price", 0), "8.10");  // of the Name that came
  EXPECT_TRUE(ruled.changes->after->schema()->Equals(*given_->after->schema()));
  EXPECT_EQ(ruled.changes->after->column(4).get(), given_->after->column(4).get());
  EXPECT_EQ(ruled.counts, (std::vector<lake::RuleCount>{{1, 0}, {1, 0}}));
  EXPECT_TRUE(ruled.hidden_after.empty());
}

TEST_F(SqlRulesTest, JudgesTheCleanedRow) {
  Add(Operation::kInsert, {}, {"  ", "1.00"});
  Add(Operation::kInsert, {}, {"ok", "-1.00"});
  Add(Operation::kInsert, {}, {std::nullopt, std::nullopt});
  Add(Operation::kUpdate, {"ok", "-1.00"}, {"ok", "500.00"});
  const auto ruled = Apply({{RuleKind::kClean, "Name", "trim(Name)"},
                            {RuleKind::kDrop, "", "Price >= 0"},
                            {RuleKind::kQuarantine, "", "Name <> ''"},
                            {RuleKind::kWarn, "", "Price < 100"}});
  EXPECT_EQ(ruled.hidden_after, (std::vector<bool>{true, true, false, false}));
  EXPECT_EQ(ruled.hidden_before, (std::vector<bool>{false, false, false, true}));
  EXPECT_EQ(ruled.counts, (std::vector<lake::RuleCount>{{1, 0}, {1, 0}, {1, 0}, {1, 0}}));
  ASSERT_EQ(ruled.refused.size(), 1U);
  EXPECT_EQ(ruled.refused[0].row, 0U);
  EXPECT_EQ(ruled.refused[0].rule, 2U);
  EXPECT_EQ(ruled.refused[0].code, rule_error::kRowBreaksRule);
  EXPECT_EQ(ruled.refused[0].values,
            "{\"id\":1,\"Name\":\"  \",\"Price\":1.00,"
            "\"made\":\"2023-11-14 22:13:20.000000\",\"Raw\":\"01ff\"}");
}

TEST_F(SqlRulesTest, ARowThatCannotBeComputedIsRefusedAlone) {
  Add(Operation::kInsert, {}, {"7", "1.00"});
  Add(Operation::kInsert, {}, {"seven", "1.00"});
  Add(Operation::kInsert, {}, {std::nullopt, "1.00"});
  Add(Operation::kInsert, {}, {"8", "99999999.00"});
  const auto ruled = Apply({{RuleKind::kClean, "Name", "CAST(Name AS INTEGER) + 1"},
                            {RuleKind::kClean, "Price", "Price * 100"},
                            {RuleKind::kWarn, "", "Price > 0"}});
  EXPECT_EQ(ruled.hidden_after, (std::vector<bool>{false, true, false, true}));
  EXPECT_EQ(At(*ruled.changes->after, "Name", 0), "8");
  EXPECT_EQ(At(*ruled.changes->after, "Name", 2), "NULL");
  EXPECT_EQ(At(*ruled.changes->after, "Price", 0), "100.00");
  ASSERT_EQ(ruled.refused.size(), 2U);
  EXPECT_EQ(ruled.refused[0].code, rule_error::kRuleFailedForRow);
  EXPECT_EQ(ruled.refused[0].rule, 0U);
  EXPECT_NE(ruled.refused[0].reason.find("Could not convert string 'seven'"), std::string::npos)
      << ruled.refused[0].reason;
  EXPECT_EQ(ruled.refused[1].rule, 1U);
  EXPECT_EQ(ruled.counts[0], (lake::RuleCount{2, 1}));
  EXPECT_EQ(ruled.counts[1].failed, 1U);
}

// Tables at reader version 1 keep DATETIME as UTC; from memory it comes without a zone.
TEST_F(SqlRulesTest, SeesTheSameDateTimeFromMemoryAndFromBronze) {
  Add(Operation::kInsert, {}, {"x", "1.00"});
  const std::vector<lake::Rule> rules{{RuleKind::kClean, "Name", "CAST(made AS VARCHAR)"},
                                      {RuleKind::kClean, "made", "made + INTERVAL 1 DAY"}};
  const auto plain = Apply(rules, DateTimeAs::kWallClock);
  const auto utc = Apply(rules, DateTimeAs::kUtc);
  EXPECT_EQ(At(*plain.changes->after, "Name", 0), "2023-11-14 22:13:20");
  EXPECT_EQ(At(*utc.changes->after, "Name", 0), "2023-11-14 22:13:20");
  EXPECT_EQ(At(*utc.changes->after, "made", 0).substr(0, 19), "2023-11-15 22:13:20");
  EXPECT_TRUE(utc.changes->after->schema()->Equals(*given_->after->schema()));
}

TEST_F(SqlRulesTest, KeepsTheOrderOfManyRows) {
  for (int i = 0; i < 10'000; ++i) {
    Add(Operation::kInsert, {}, {std::to_string(i), i % 7 == 0 ? "-1" : "1"});
  }
  const auto ruled =
      Apply({{RuleKind::kClean, "Name", "Name || '!'"}, {RuleKind::kDrop, "", "Price >= 0"}});
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(At(*ruled.changes->after, "Name", i), std::to_string(i) + "!");
    ASSERT_EQ(ruled.hidden_after[static_cast<std::size_t>(i)], i % 7 == 0);
  }
}

TEST_F(SqlRulesTest, TellsWhichSchemaARuleDoesNotFit) {
  Add(Operation::kInsert, {}, {"x", "1.00"});
  auto batch = std::make_shared<ChangeBatch>(batch_);
  batch->schema = std::make_shared<const TableSchema>(Products());
  batch->before = batch->after = Rows(after_, {});
  auto rules =
      OpenSqlRules(WithRules({{RuleKind::kClean, "Added", "1"}}), {"shop", "Products"}).value();
  const auto ruled = rules->Apply(*batch);
  ASSERT_FALSE(ruled);
  EXPECT_EQ(ruled.error().code, rule_error::kRuleBeforeColumn);
  EXPECT_NE(ruled.error().message.find("schema 1"), std::string::npos);
}

TEST(SqlRulesOpenTest, ATableWithoutRulesOpensNothing) {
  EXPECT_EQ(OpenSqlRules(WithRules({{RuleKind::kDrop, "", "id > 0"}}), {"shop", "Orders"}).value(),
            nullptr);
}

}  // namespace
}  // namespace foreset::pipeline
