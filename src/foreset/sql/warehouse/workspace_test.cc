// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/workspace.h"

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "foreset/base/errors/warehouse.h"
#include "foreset/sql/warehouse/model_checks.h"
#include "foreset/sql/warehouse/placed_relation.h"

namespace foreset::sql {
namespace {

// A model of the sums of a table of pairs (order, amount), and the table that the last load made.
class WorkspaceTest : public testing::Test {
 protected:
  using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

  static std::shared_ptr<const Relation> Table(const Pairs& rows, bool placed = false) {
    arrow::Int64Builder orders;
    arrow::Int64Builder amounts;
    arrow::Int32Builder files;
    arrow::Int64Builder places;
    for (const auto& [order, amount] : rows) {
      EXPECT_TRUE(orders.Append(order).ok() && amounts.Append(amount).ok());
      EXPECT_TRUE(files.Append(0).ok() && places.Append(places.length()).ok());
    }
    arrow::FieldVector fields{arrow::field("o", arrow::int64()),
                              arrow::field("amount", arrow::int64())};
    arrow::ArrayVector arrays{orders.Finish().ValueOrDie(), amounts.Finish().ValueOrDie()};
    if (placed) {
      fields.push_back(arrow::field(kPlaceFile, arrow::int32()));
      fields.push_back(arrow::field(kPlaceRow, arrow::int64()));
      arrays.push_back(files.Finish().ValueOrDie());
      arrays.push_back(places.Finish().ValueOrDie());
    }
    const auto schema = arrow::schema(std::move(fields));
    return MakeBatchRelation(
        schema, {arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(rows.size()), arrays)});
  }

  std::string Text(const std::string& query) {
    const auto table = engine_->Fetch(query).value();
    std::string text;
    for (std::int64_t row = 0; row < table->num_rows(); ++row) {
      for (int i = 0; i < table->num_columns(); ++i) {
        text += (i == 0 ? "" : ",") + table->column(i)->GetScalar(row).ValueOrDie()->ToString();
      }
      text += ";";
    }
    return text;
  }

  std::unique_ptr<Engine> engine_ = Engine::Open({}).value();
  Workspace workspace_ = Workspace::Make(*engine_).value();
  Model model_ = ParseModel("Sums",
                            "-- @key o\n-- @by o: silver.Items\n"
                            "-- @none small: SELECT * FROM Sums WHERE amount > 100\n"
                            "SELECT o, CAST(sum(amount) AS BIGINT) AS amount FROM silver.Items "
                            "GROUP BY o -- by order")
                     .value();
};

TEST_F(WorkspaceTest, ComparesTheWholeModelWithItsTable) {
  ASSERT_TRUE(workspace_.Show({"silver", "Items"}, Table({{1, 5}, {1, 6}, {2, 7}, {4, 1}})));
  ASSERT_TRUE(workspace_.Bind(model_));
  ASSERT_TRUE(workspace_.ComputeWhole(model_));
  const auto difference =
      workspace_.Compare(model_, Table({{1, 11}, {2, 8}, {3, 9}}, true), false).value();
  EXPECT_EQ(difference.come, 2);
  EXPECT_EQ(difference.gone, 2);
  EXPECT_EQ(Text("FROM foreset_load.come ORDER BY o"), "2,7;4,1;");
  EXPECT_EQ(Text("FROM foreset_load.gone ORDER BY ALL"), "0,1;0,2;");
  EXPECT_EQ(Text("FROM (" + workspace_.Outcome({"o", "amount"}) + ") ORDER BY o"), "1,11;2,7;4,1;");
  EXPECT_EQ(Text(workspace_.Remainder({"o", "amount"})), "1,11;");
}

TEST_F(WorkspaceTest, ComputesWhatAChangeAffects) {
  const auto old_rows = Table({{1, 5}, {2, 7}, {3, 9}});
  // Order 2 got another amount, order 3 went; order 1 only moved to another file.
  const auto new_rows = Table({{2, 8}, {1, 5}});
  ASSERT_TRUE(workspace_.Show({"silver", "Items"}, new_rows));
  ASSERT_TRUE(workspace_.BeginPart());
  ASSERT_TRUE(workspace_.AddAffected(model_.effects[0], old_rows, new_rows));
  EXPECT_EQ(workspace_.Affected().value(), 2);
  ASSERT_TRUE(workspace_.ComputePart(model_));
  EXPECT_EQ(Text("FROM foreset_load.new"), "2,8;");
  // The table's row of order 1 is wrong, and none of this load's business.
  const auto difference =
      workspace_.Compare(model_, Table({{1, 4}, {2, 7}, {3, 9}}, true), true).value();
  EXPECT_EQ(difference.come, 1);
  EXPECT_EQ(Text("FROM foreset_load.gone ORDER BY ALL"), "0,1;0,2;");
  // The restriction is gone again.
  EXPECT_EQ(Text("SELECT count(*) FROM silver.Items"), "2;");
}

TEST_F(WorkspaceTest, NullsAreCompared) {
  const Model nulls =
      ParseModel("N", "-- @key o\nSELECT o, NULL::BIGINT AS amount FROM silver.Items").value();
  ASSERT_TRUE(workspace_.Show({"silver", "Items"}, Table({{1, 5}})));
  ASSERT_TRUE(workspace_.ComputeWhole(nulls));
  EXPECT_EQ(workspace_.Compare(nulls, Table({{1, 5}}, true), false).value().come, 1);
}

TEST_F(WorkspaceTest, TellsAModelThatIsNotUnderstoodFromOneThatFails) {
  ASSERT_TRUE(workspace_.Show({"silver", "Items"}, Table({{1, 5}})));
  const auto bad = ParseModel("Bad", "-- @key o\nSELECT o, colour FROM silver.Items").value();
  const Status bound = workspace_.Bind(bad);
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().code, warehouse_error::kModelNotUnderstood);
  EXPECT_TRUE(bound.error().message.contains("colour")) << bound.error().message;
  const auto missing = ParseModel("Bad", "-- @key o\nSELECT o FROM Items").value();
  EXPECT_EQ(workspace_.Bind(missing).error().code, warehouse_error::kModelTableUnknown);
  const auto fails =
      ParseModel("F", "-- @key o\nSELECT CAST('x' || o AS INT) AS o FROM silver.Items").value();
  ASSERT_TRUE(workspace_.Bind(fails));
  EXPECT_EQ(workspace_.ComputeWhole(fails).error().code, warehouse_error::kModelFailed);
}

TEST_F(WorkspaceTest, NamesAColumnThatIsNotThere) {
  ASSERT_TRUE(workspace_.Show({"silver", "Items"}, Table({{1, 5}})));
  const auto message = [&](const std::string& text) {
    const Status bound = workspace_.Bind(ParseModel("Bad", text).value());
    return bound ? std::string("understood") : bound.error().ToString();
  };
  EXPECT_EQ(message("-- @key O\nFROM silver.Items"), "understood");
  EXPECT_EQ(message("-- all\n-- @key o, ammount\nFROM silver.Items"),
            "E8301: Bad.sql:2: @key names ammount, which the query does not have; did you mean "
            "\"amount\"?");
  EXPECT_TRUE(message("-- @key o\n-- @not_null x\nFROM silver.Items").contains("sql:2: @not_null"));
  EXPECT_TRUE(message("-- @key o\n-- @references x -> T.o\nFROM silver.Items").contains("names x"));
  EXPECT_EQ(message("-- @key k\n-- @by k: silver.Items\nSELECT o AS k FROM silver.Items"),
            "E8301: Bad.sql:2: @by names k, which silver.Items does not have; did you mean \"o\"?");
}

TEST_F(WorkspaceTest, ChecksNameTheRowsThatBreakThem) {
  ASSERT_TRUE(workspace_.Show({"Sums"}, Table({{1, 5}, {1, 6}, {2, 101}})));
  const auto outcomes = RunChecks(*engine_, model_).value();
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(outcomes[0].name, "unique o");
  EXPECT_EQ(outcomes[0].examples, "o=1, rows=2");
  EXPECT_TRUE(outcomes[1].passed());
  EXPECT_EQ(outcomes[2].offenders, 1);
  EXPECT_EQ(outcomes[2].examples, "o=2, amount=101");
}

}  // namespace
}  // namespace foreset::sql
