// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/model_file.h"

#include <gtest/gtest.h>

#include "foreset/base/errors/warehouse.h"
#include "foreset/sql/warehouse/model_graph.h"

namespace foreset::sql {
namespace {

constexpr char kFact[] = R"(-- SPDX-License-Identifier: MIT
-- @key ItemID
-- @references ProductID -> Product.ProductID
-- @equal revenue: SELECT sum(Revenue) FROM Fact
--   == SELECT sum(Price) FROM silver.Items
-- @by OrderID: silver.Items
-- @affects gold.History: SELECT OrderID FROM silver.Items
--   WHERE ProductID IN (SELECT ProductID FROM changed)
WITH i AS (SELECT * FROM silver.Items)
SELECT i.* FROM i JOIN gold.History USING (ProductID);
)";

Model Parsed(const std::string& name, std::string_view text) {
  return ParseModel(name, text).value();
}

TEST(ModelFileTest, ReadsWhatStandsAboveTheQuery) {
  const Model model = Parsed("Fact", kFact);
  EXPECT_EQ(model.key, std::vector<std::string>{"ItemID"});
  EXPECT_EQ(model.grain, "OrderID");
  ASSERT_EQ(model.effects.size(), 2U);
  EXPECT_EQ(model.effects[0].table, (QueryName{"silver", "Items"}));
  EXPECT_TRUE(model.effects[0].by_grain);
  EXPECT_EQ(model.effects[1].query,
            "SELECT OrderID FROM silver.Items WHERE ProductID IN (SELECT ProductID FROM changed)");
  ASSERT_EQ(model.checks.size(), 5U);
  EXPECT_EQ(model.checks[0].name, "unique ItemID");
  EXPECT_EQ(model.checks[1].name, "not null ItemID");
  EXPECT_EQ(model.checks[2].name, "ProductID in Product.ProductID");
  EXPECT_EQ(model.checks[3].name, "revenue");
  EXPECT_EQ(model.checks[4].name, "not null OrderID");
  EXPECT_TRUE(model.sql.ends_with("USING (ProductID)")) << model.sql;
}

TEST(ModelFileTest, AByteOrderMarkIsNoPartOfTheText) {
  EXPECT_EQ(Parsed("Fact", "\xEF\xBB\xBF-- @key ItemID\nSELECT 1"),
            Parsed("Fact", "-- @key ItemID\nSELECT 1"));
}

TEST(ModelFileTest, TheDefinitionFollowsTheText) {
  EXPECT_EQ(Parsed("Fact", kFact).definition, Parsed("Fact", kFact).definition);
  EXPECT_NE(Parsed("Fact", kFact).definition,
            Parsed("Fact", std::string(kFact) + "-- more\n").definition);
}

TEST(ModelFileTest, SaysWhatIsWrong) {
  const auto message = [](std::string_view text) {
    const auto model = ParseModel("M", text);
    return model ? std::string("understood") : model.error().ToString();
  };
  EXPECT_EQ(message("SELECT 1"), "E8301: M.sql: `-- @key COLUMN, …` says what tells rows apart");
  EXPECT_EQ(message("-- a\n-- @keys a\nSELECT 1"),
            "E8301: M.sql:2: @keys is not known; did you mean @key?");
  EXPECT_TRUE(message("-- @author a\nSELECT 1").contains("there are @key, @not_null"));
  for (const char* line : {"--@not_null a", "--  @by a: t", "  -- @key a", "--   @unique a"}) {
    EXPECT_TRUE(message(std::string("-- @key a\n") + line + "\nSELECT 1")
                    .starts_with("E8301: M.sql:2: \"--"))
        << line;
  }
  EXPECT_TRUE(message("-- @key a\n-- @key b\nSELECT 1").contains("twice"));
  EXPECT_TRUE(message("-- @key a\nSELECT 1; SELECT 2").contains("one SELECT"));
  EXPECT_TRUE(message("-- @key a\n").contains("one SELECT"));
  EXPECT_TRUE(message("-- @key a\n-- @references b\nSELECT 1").contains("COLUMN -> MODEL.COLUMN"));
  EXPECT_TRUE(message("-- @key a\n-- @affects t: SELECT 1\nSELECT 1").contains("after @by"));
  EXPECT_FALSE(ParseModel("no-name", "-- @key a\nSELECT 1"));
}

class ModelGraphTest : public testing::Test {
 protected:
  Result<ModelGraph> Make(const std::vector<std::pair<std::string, std::string>>& files) {
    std::vector<Model> models;
    for (const auto& [name, sql] : files) models.push_back(Parsed(name, "-- @key k\n" + sql));
    return ModelGraph::Make(std::move(models), *engine_, {"silver", "gold"});
  }
  static std::string Names(const std::vector<const PlannedModel*>& models) {
    std::string names;
    for (const PlannedModel* model : models) names += model->model.name + " ";
    return names;
  }

  std::unique_ptr<Engine> engine_ = Engine::Open({}).value();
};

TEST_F(ModelGraphTest, OrdersAndSelectsByWhatTheSqlReads) {
  const auto graph = Make({{"A", "SELECT * FROM b JOIN C USING (k)"},
                           {"B", "SELECT * FROM silver.T"},
                           {"C", "WITH x AS (FROM B) SELECT * FROM x, gold.U"},
                           {"D", "SELECT 1 AS k"}})
                         .value();
  EXPECT_EQ(Names(*graph.Select({})), "B C A D ");
  EXPECT_EQ(Names(*graph.Select({"+C"})), "B C ");
  EXPECT_EQ(Names(*graph.Select({"c+", "D"})), "C A D ");
  EXPECT_EQ(Names(*graph.Select({"+C+"})), "B C A ");
  EXPECT_EQ(graph.Select({"E"}).error().code, warehouse_error::kModelSelectionUnknown);
  EXPECT_EQ(graph.models()[1].tables, (std::set<QueryName>{{"gold", "U"}}));
}

TEST_F(ModelGraphTest, ANameOfWithIsNoModel) {
  const auto graph = Make({{"A", "WITH B AS (SELECT 1 AS k) FROM B"},
                           {"B", "WITH a AS (SELECT 2 AS k) FROM a UNION FROM C"},
                           {"C", "WITH C AS (SELECT 3 AS k) FROM C"}})
                         .value();
  EXPECT_EQ(Names(*graph.Select({})), "A C B ");
}

TEST_F(ModelGraphTest, NamesACircle) {
  const auto graph = Make({{"A", "FROM C"}, {"B", "FROM A"}, {"C", "FROM B"}, {"D", "FROM A"}});
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().ToString(), "E8303: A reads C reads B reads A");
  EXPECT_EQ(Make({{"A", "FROM a"}}).error().code, warehouse_error::kModelCycle);
}

TEST_F(ModelGraphTest, NamesATableOfNoLayer) {
  EXPECT_EQ(Make({{"A", "FROM mart.Other"}}).error().code, warehouse_error::kModelTableUnknown);
  EXPECT_EQ(Make({{"A", "SELECT 1"}, {"a", "SELECT 1"}}).error().code,
            warehouse_error::kModelInvalid);
}

}  // namespace
}  // namespace foreset::sql
