// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/grain_proof.h"

#include <random>

#include <arrow/table.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/sql/warehouse/workspace.h"

namespace foreset::sql {
namespace {

// Orders and their items by `o`; prices by `p`, which are read whole.
class GrainProofTest : public testing::Test {
 protected:
  GrainProofTest() {
    EXPECT_TRUE(engine_->Execute("CREATE SCHEMA silver"));
    EXPECT_TRUE(engine_->Execute("CREATE TABLE silver.Items (o BIGINT, p BIGINT, amount BIGINT)"));
    EXPECT_TRUE(engine_->Execute("CREATE TABLE silver.Orders (o BIGINT, c BIGINT, total BIGINT)"));
    EXPECT_TRUE(engine_->Execute("CREATE TABLE silver.Prices (p BIGINT, price BIGINT, o BIGINT)"));
    EXPECT_TRUE(engine_->Execute(
        "INSERT INTO silver.Prices SELECT range, range * 3, range % 3 FROM range(6)"));
  }

  std::optional<std::string> WhyNot(const std::string& sql) {
    const Model model = ModelOf(sql);
    const Status bound = engine_->Execute("CREATE OR REPLACE VIEW M AS " + model.sql);
    EXPECT_TRUE(bound) << sql << "\n" << bound.error().ToString();
    return WhyNotByGrain(*engine_, model);
  }

  static Model ModelOf(const std::string& sql) {
    return ParseModel("M", "-- @key o\n-- @by o: silver.Items, silver.Orders\n" + sql).value();
  }

  std::unique_ptr<Engine> engine_ = Engine::Open({}).value();
};

TEST_F(GrainProofTest, ProvesWhatStaysWithinOneValue) {
  for (const char* sql : {
           "FROM silver.Items",
           "SELECT o, sum(amount) AS s FROM silver.Items GROUP BY o HAVING count(*) > 1",
           "SELECT o AS x, o, sum(amount) AS s FROM silver.Items GROUP BY 1, 2",
           "SELECT O, count(*) AS n FROM silver.Items GROUP BY ALL",
           "SELECT i.*, d.total FROM silver.Items AS i JOIN silver.Orders AS d ON d.o = i.o",
           "SELECT d.o FROM silver.Items i, silver.Orders d WHERE i.amount > 1 AND d.o = i.o",
           "FROM silver.Items LEFT JOIN silver.Orders USING (o)",
           "FROM silver.Items JOIN silver.Prices USING (p)",
           "SELECT Items.o FROM silver.Items LEFT JOIN silver.Prices USING (p)",
           "SELECT o, rank() OVER (PARTITION BY o ORDER BY amount) AS r FROM silver.Items",
           "SELECT o, lag(amount) OVER w AS l FROM silver.Items WINDOW w AS (PARTITION BY p, o)",
           "FROM silver.Items QUALIFY row_number() OVER (PARTITION BY o ORDER BY p) = 1",
           "SELECT DISTINCT o, p FROM silver.Items",
           "SELECT DISTINCT ON (o) o, p FROM silver.Items ORDER BY p",
           "SELECT o, p FROM silver.Items UNION ALL SELECT -1, NULL",
           "SELECT o FROM silver.Items EXCEPT SELECT o FROM silver.Orders",
           "FROM silver.Orders d WHERE EXISTS (FROM silver.Items i WHERE i.o = d.o)",
           "FROM silver.Orders WHERE o IN (SELECT o FROM silver.Items)",
           "SELECT o, (SELECT max(p) FROM silver.Items i WHERE i.o = d.o) FROM silver.Orders d",
           "FROM silver.Orders SEMI JOIN silver.Items USING (o)",
           "FROM silver.Orders WHERE total > (SELECT avg(price) FROM silver.Prices)",
           "FROM (FROM silver.Items) s ASOF LEFT JOIN silver.Prices f ON s.p >= f.p",
           "WITH r AS (SELECT max(p) p FROM silver.Prices) FROM silver.Items JOIN r USING (p)",
           "SELECT q.o FROM (SELECT o AS o, amount + 1 AS a FROM silver.Items) AS q WHERE a > 2",
       }) {
    EXPECT_EQ(WhyNot(sql), std::nullopt) << sql;
  }
}

TEST_F(GrainProofTest, DoubtsWhateverMayLookAtOtherValues) {
  for (const char* sql : {
           "SELECT o, rank() OVER (ORDER BY total) AS r FROM silver.Orders",
           "SELECT o, lag(total) OVER (PARTITION BY c ORDER BY o) AS l FROM silver.Orders",
           "SELECT o, sum(total) OVER () AS l FROM silver.Orders",
           "FROM silver.Orders QUALIFY row_number() OVER (PARTITION BY c ORDER BY total) = 1",
           "SELECT max(o) AS o FROM silver.Orders",
           "SELECT c AS o, max(total) AS m FROM silver.Orders GROUP BY c",
           "SELECT min(o) AS o, total FROM silver.Orders GROUP BY total",
           "SELECT o, count(*) AS n FROM silver.Items GROUP BY GROUPING SETS ((o), ())",
           "SELECT DISTINCT ON (c) o, c FROM silver.Orders ORDER BY total",
           "FROM silver.Orders ORDER BY total LIMIT 3",
           "FROM silver.Orders ORDER BY total LIMIT 30%",
           "SELECT o FROM silver.Orders UNION SELECT c FROM silver.Orders",
           "SELECT o, c FROM silver.Orders UNION ALL BY NAME SELECT 1 AS c, o FROM silver.Items",
           "SELECT o FROM silver.Orders EXCEPT SELECT amount FROM silver.Items",
           "SELECT o, total - (SELECT avg(total) FROM silver.Orders) AS d FROM silver.Orders",
           "FROM silver.Orders d WHERE NOT EXISTS (FROM silver.Orders n WHERE n.total > d.total)",
           "FROM silver.Orders d WHERE EXISTS (FROM silver.Items i WHERE i.o > d.o)",
           "FROM silver.Orders WHERE o NOT IN (SELECT o FROM silver.Items)",
           "FROM silver.Orders WHERE c IN (SELECT o FROM silver.Items)",
           "SELECT a.o FROM silver.Orders a JOIN silver.Orders b ON a.c = b.o",
           "SELECT a.o FROM silver.Orders a LEFT JOIN silver.Items b ON a.o = b.p",
           "SELECT b.o FROM silver.Items a LEFT JOIN silver.Orders b ON a.o = b.o",
           "SELECT f.o FROM silver.Prices f LEFT JOIN silver.Orders d ON f.p = d.c",
           "SELECT d.o FROM silver.Orders d FULL JOIN silver.Items i ON i.o = d.o",
           "FROM silver.Orders NATURAL JOIN silver.Items",
           "SELECT d.o FROM silver.Orders d POSITIONAL JOIN silver.Items i",
           "SELECT o + 0 AS o FROM silver.Orders",
           "SELECT c AS o FROM silver.Orders",
           "SELECT c AS o, o FROM silver.Orders",
           "SELECT o::VARCHAR AS o FROM silver.Orders",
           "SELECT o, now() AS at FROM silver.Orders",
           "SELECT o, current_date AS at FROM silver.Orders",
           "SELECT o, random() AS r FROM silver.Orders",
           "FROM silver.Orders TABLESAMPLE 50%",
           "WITH s AS (SELECT avg(c) AS a FROM silver.Orders) SELECT o, a FROM silver.Orders, s",
           "WITH RECURSIVE r AS (FROM silver.Orders UNION FROM r WHERE o < 0) FROM r",
           "SELECT o FROM (PIVOT silver.Orders ON c IN (1) USING sum(total))",
           "SELECT p AS o FROM silver.Prices",
       }) {
    EXPECT_NE(WhyNot(sql), std::nullopt) << sql;
  }
}

TEST_F(GrainProofTest, SaysWhat) {
  EXPECT_EQ(WhyNot("SELECT o, rank() OVER (ORDER BY total) AS r FROM silver.Orders"),
            "rank() looks at other rows without PARTITION BY o");
}

// Queries put together at random, good ones and bad ones.
class RandomQuery {
 public:
  explicit RandomQuery(unsigned seed) : random_(seed) {}

  std::string Text() {
    std::string text = Select();
    if (Chance(5)) text += Pick({" UNION ALL ", " UNION ", " EXCEPT ", " INTERSECT "}) + Select();
    if (Chance(8)) text += " UNION ALL SELECT 3, 7";
    return Chance(6) ? fmt::format("WITH w AS ({}) SELECT o, max(v) AS v FROM w GROUP BY {}", text,
                                   Pick({"o", "o", "ALL", "o, v % 2"}))
                     : text;
  }

 private:
  bool Chance(int one_in) { return static_cast<int>(random_() % one_in) == 0; }
  std::string Pick(std::vector<std::string> choices) { return choices[random_() % choices.size()]; }
  std::string Column() { return Pick({"d.o", "i.o", "d.o", "d.o", "d.c"}); }

  std::string From() {
    const std::string items = Pick(
        {"silver.Items", "silver.Items",
         "(SELECT o, p, max(amount) AS amount FROM silver.Items GROUP BY ALL)",
         "(SELECT o, p, sum(amount) OVER (PARTITION BY p) AS amount FROM silver.Items)",
         "(SELECT o, p, sum(amount) OVER (PARTITION BY o) AS amount FROM silver.Items)",
         "(SELECT DISTINCT p AS o, p, amount FROM silver.Items)",
         "(SELECT o, p, amount FROM silver.Items UNION ALL SELECT o, c, total FROM silver.Orders)",
         "(SELECT o, c AS p, total AS amount FROM silver.Orders)",
         "(SELECT o, p, price AS amount FROM silver.Prices)"});
    return fmt::format(
        "silver.Orders AS d {} JOIN {} AS i ON {}{}",
        Pick({"", "", "LEFT", "LEFT", "RIGHT", "FULL", "ASOF", "ASOF LEFT"}), items,
        Pick({"i.o = d.o", "i.o = d.o", "d.o = i.o", "d.o = i.o", "i.p = d.c", "i.o = d.c"}),
        " AND i.amount <= d.total");
  }

  std::string Where() {
    if (Chance(2)) return "";
    return " WHERE " +
           Pick({"i.amount > 2", "d.o = i.o", "i.o = d.c", "d.o IN (SELECT o FROM silver.Items)",
                 "d.o NOT IN (SELECT o FROM silver.Items WHERE amount > 5)",
                 "i.p IN (SELECT c FROM silver.Orders)",
                 "EXISTS (FROM silver.Orders x WHERE x.o = i.o AND x.total > 4)",
                 "NOT EXISTS (FROM silver.Orders x WHERE x.o = d.o AND x.total > 4)",
                 "NOT EXISTS (FROM silver.Orders x WHERE x.c = d.c AND x.total > d.total)",
                 "d.total > (SELECT avg(price) FROM silver.Prices)",
                 "d.total > (SELECT avg(amount) FROM silver.Items)"});
  }

  std::string Select() {
    const std::string grain = Pick({"d.o", "d.o", "d.o", "i.o", "d.c"});
    const std::string value =
        Pick({"i.amount", "d.total",
              fmt::format("sum(i.amount) OVER (PARTITION BY {})::BIGINT", Column()),
              fmt::format("rank() OVER (PARTITION BY {}, i.amount ORDER BY d.total)", Column()),
              fmt::format("(SELECT max(amount) FROM silver.Items m WHERE m.o = {})", Column()),
              "(SELECT max(price) FROM silver.Prices m WHERE m.p = i.p)", "count(*) OVER ()"});
    if (Chance(3)) {
      return fmt::format("SELECT {0} AS o, sum(i.amount)::BIGINT AS v FROM {1}{2} GROUP BY {3}",
                         grain, From(), Where(),
                         Pick({grain, "ALL", "1", grain + ", i.p", "i.p, 1"}));
    }
    return fmt::format("SELECT {}{} AS o, {} AS v FROM {}{}", Pick({"", "", "DISTINCT "}), grain,
                       value, From(), Where());
  }

  std::mt19937 random_;
};

TEST_F(GrainProofTest, WhatIsProvedIsWhatAWholeLoadMakes) {
  std::mt19937 random(7);
  const auto fill = [&](const char* table) {
    std::string rows;
    for (int i = 0; i < 12; ++i) {
      rows += fmt::format("{}({}, {}, {})", i == 0 ? "" : ", ", random() % 5, random() % 5,
                          random() % 9);
    }
    return fmt::format("CREATE OR REPLACE TABLE {} AS FROM (VALUES {}) AS v", table, rows);
  };
  int proved = 0;
  for (unsigned seed = 0; seed < 80; ++seed) {
    const std::string sql = RandomQuery(seed).Text();
    const auto whole = [&](const char* into, const std::string& query) {
      const Status done =
          engine_->Execute(fmt::format("CREATE OR REPLACE TABLE {} AS {}", into, query));
      ASSERT_TRUE(done) << query << "\n" << done.error().ToString();
    };
    const auto columns = [&](const char* of, const char* second, const char* third) {
      return fmt::format("SELECT col0 AS o, col1 AS {}, col2 AS {} FROM {}", second, third, of);
    };
    ASSERT_TRUE(engine_->Execute(fill("items")) && engine_->Execute(fill("orders")));
    whole("silver.Items", columns("items", "p", "amount"));
    whole("silver.Orders", columns("orders", "c", "total"));
    if (WhyNot(sql)) continue;
    ++proved;
    whole("before", sql);
    // The rows of two values change, in one table or both.
    whole("affected", "SELECT * FROM (VALUES (1::BIGINT), (3)) AS v(grain)");
    ASSERT_TRUE(engine_->Execute("DELETE FROM silver.Orders WHERE o = 3"));
    ASSERT_TRUE(engine_->Execute("UPDATE silver.Items SET amount = amount + 2 WHERE o IN (1, 3)"));
    ASSERT_TRUE(engine_->Execute("INSERT INTO silver.Orders VALUES (1, 2, 6)"));
    whole("after", sql);
    for (const char* table : {"silver.Items", "silver.Orders"}) {
      ASSERT_TRUE(engine_->Execute(
          fmt::format("DELETE FROM {} WHERE o NOT IN (SELECT grain FROM affected)", table)));
    }
    whole("part", fmt::format("SELECT * FROM ({}) WHERE o IN (SELECT grain FROM affected) UNION "
                              "ALL FROM before WHERE o NOT IN (SELECT grain FROM affected)",
                              sql));
    const auto other = engine_->Fetch(
        "(FROM part EXCEPT ALL FROM (FROM after WHERE o IS NOT NULL)) UNION ALL "
        "((FROM after WHERE o IS NOT NULL) EXCEPT ALL FROM part)");
    ASSERT_TRUE(other);
    EXPECT_EQ((*other)->num_rows(), 0) << sql;
  }
  EXPECT_GT(proved, 8);
  EXPECT_LT(proved, 40);
}

}  // namespace
}  // namespace foreset::sql
