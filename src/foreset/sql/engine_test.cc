// SPDX-License-Identifier: MIT
#include "foreset/sql/engine.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/pretty_print.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "foreset/base/errors/query.h"

namespace foreset::sql {
namespace {

class EngineTest : public testing::Test {
 protected:
  void SetUp() override { engine_ = Engine::Open({}).value(); }

  // One number per row, and texts of which every third is NULL and none is short.
  static std::shared_ptr<arrow::RecordBatch> Numbers(std::int64_t first, std::int64_t rows) {
    arrow::Int64Builder numbers;
    arrow::StringBuilder texts;
    for (std::int64_t i = first; i < first + rows; ++i) {
      EXPECT_TRUE(numbers.Append(i).ok());
      EXPECT_TRUE((i % 3 == 0 ? texts.AppendNull()
                              : texts.Append("a text that is not inlined " + std::to_string(i)))
                      .ok());
    }
    return arrow::RecordBatch::Make(
        arrow::schema({arrow::field("n", arrow::int64()), arrow::field("t", arrow::utf8())}), rows,
        {numbers.Finish().ValueOrDie(), texts.Finish().ValueOrDie()});
  }

  std::string Text(const std::string& query) {
    const auto table = engine_->Fetch(query);
    if (!table) return table.error().ToString();
    std::string text;
    for (std::int64_t row = 0; row < (*table)->num_rows(); ++row) {
      for (int i = 0; i < (*table)->num_columns(); ++i) {
        text += (i == 0 ? "" : ",") + (*table)->column(i)->GetScalar(row).ValueOrDie()->ToString();
      }
      text += ";";
    }
    return text;
  }

  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineTest, AnswersFromBatchesOfSeveralPartsInAnyColumns) {
  ASSERT_TRUE(engine_->Register(
      {"things"},
      MakeBatchRelation(Numbers(0, 1)->schema(), {Numbers(0, 5000), Numbers(5000, 7001)})));
  EXPECT_EQ(Text("SELECT count(*), sum(n), count(t) FROM things"), "12001,72006000,8000;");
  EXPECT_EQ(Text("SELECT t FROM things WHERE n IN (4096, 11999)"),
            "a text that is not inlined 4096;a text that is not inlined 11999;");
  EXPECT_EQ(Text("SELECT count(*) FROM things a JOIN things b ON a.t = b.t"), "8000;");
}

TEST_F(EngineTest, RegistersAfterAResultThatWasNotReadToItsEnd) {
  const auto numbers = MakeBatchRelation(Numbers(0, 1)->schema(), {Numbers(0, 5000)});
  ASSERT_TRUE(engine_->Register({"things"}, numbers));
  EXPECT_TRUE(engine_->Query("SELECT * FROM things").value()->Next());
  ASSERT_TRUE(engine_->Register({"others"}, numbers));
  EXPECT_EQ(Text("SELECT count(*) FROM others"), "5000;");
}

TEST_F(EngineTest, ARelationWithoutRowsHasItsColumns) {
  ASSERT_TRUE(engine_->Register({"none"}, MakeBatchRelation(Numbers(0, 1)->schema(), {})));
  EXPECT_EQ(Text("SELECT count(*), max(t) FROM none"), "0,null;");
}

TEST_F(EngineTest, NamesTheTablesOfAStatementAsItNamesThem) {
  auto tables = engine_->TablesOf(
      "WITH x AS (SELECT * FROM silver.\"Order Items\" i JOIN b ON i.n = b.m) SELECT * FROM x, "
      "\"T@v3\"");
  ASSERT_TRUE(tables);
  std::ranges::sort(*tables);
  EXPECT_EQ(*tables, (std::vector<QueryName>{{"T@v3"}, {"b"}, {"silver", "Order Items"}}));
  // A name of WITH is no table below it, and may be one above and within it.
  const auto named = [&](const char* statement) {
    auto names = engine_->TablesOf(statement).value();
    std::ranges::sort(names);
    return names;
  };
  using Tables = std::vector<QueryName>;
  EXPECT_EQ(named("WITH a AS (FROM b), b AS (FROM A) FROM B, c"), (Tables{{"b"}, {"c"}}));
  EXPECT_EQ(named("WITH a AS (FROM a) FROM a"), (Tables{{"a"}}));
  EXPECT_EQ(named("SELECT (WITH a AS (SELECT 1) FROM a) FROM a"), (Tables{{"a"}}));
  EXPECT_EQ(named("WITH a AS (FROM c) FROM a UNION FROM s.a UNION SELECT * FROM (FROM a)"),
            (Tables{{"c"}, {"s", "a"}}));
  EXPECT_EQ(named("WITH RECURSIVE r AS (FROM t UNION FROM r) FROM r"), (Tables{{"t"}}));
  EXPECT_FALSE(engine_->TablesOf("COPY b TO 'x'"));
  EXPECT_FALSE(engine_->TablesOf("SELEC"));
}

TEST_F(EngineTest, TellsWhatIsWrongWithAQuery) {
  EXPECT_EQ(engine_->Fetch("SELEC 1").error().code, query_error::kQueryInvalid);
  EXPECT_EQ(engine_->Fetch("SELECT nothing").error().code, query_error::kQueryInvalid);
  EXPECT_EQ(engine_->Fetch("SELECT CAST('x' AS INT)").error().code, query_error::kQueryFailed);
}

TEST_F(EngineTest, ReachesNoFileUnlessAllowed) {
  EXPECT_EQ(engine_->Fetch("SELECT * FROM read_csv('/etc/passwd')").error().code,
            query_error::kQueryForbidden);
  EXPECT_EQ(engine_->Fetch("COPY (SELECT 1) TO '/tmp/x.csv'").error().code,
            query_error::kQueryForbidden);
  EXPECT_FALSE(engine_->Execute("SET enable_external_access = true"));
}

TEST_F(EngineTest, WhatExceedsTheMemoryGoesToTheTemporaryFolder) {
  std::string place = "/tmp/foreset-engine-test-XXXXXX";
  ASSERT_NE(mkdtemp(place.data()), nullptr);
  auto small = Engine::Open({.memory_limit_bytes = 64UL << 20U, .temporary_folder = place});
  ASSERT_TRUE(small) << small.error().ToString();
  const auto sorted = (*small)->Fetch(
      "SELECT count(*) FROM (SELECT x, repeat('y', 40) FROM range(3000000) t(x) "
      "ORDER BY hash(x) LIMIT 2900000)");
  EXPECT_TRUE(sorted) << sorted.error().ToString();
  EXPECT_EQ((*small)->Fetch("SELECT * FROM read_csv('/etc/passwd')").error().code,
            query_error::kQueryForbidden);
  small->reset();
  std::filesystem::remove_all(place);
}

TEST_F(EngineTest, OneStatementMayBeSeveralToDuckDb) {
  const auto pivoted =
      engine_->Fetch("PIVOT (SELECT * FROM (VALUES ('a', 1), ('b', 2)) t(k, v)) ON k USING sum(v)");
  ASSERT_TRUE(pivoted) << pivoted.error().ToString();
  EXPECT_EQ((*pivoted)->num_columns(), 2);
}

class Failing final : public Relation, public RelationReader {
 public:
  const std::shared_ptr<arrow::Schema>& schema() const override { return schema_; }
  std::optional<std::int64_t> rows() const override { return std::nullopt; }
  std::size_t parts() const override { return 1; }
  Result<std::unique_ptr<RelationReader>> Read(std::size_t,
                                               const std::vector<int>&) const override {
    return std::make_unique<Failing>();
  }
  Result<std::shared_ptr<arrow::RecordBatch>> Next() override {
    return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt, "a file is gone");
  }

 private:
  std::shared_ptr<arrow::Schema> schema_ = arrow::schema({arrow::field("n", arrow::int64())});
};

TEST_F(EngineTest, TheFailureOfARelationKeepsItsCode) {
  ASSERT_TRUE(engine_->Register({"broken"}, std::make_shared<Failing>()));
  const auto rows = engine_->Fetch("SELECT n FROM broken");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kDeltaCorrupt);
  EXPECT_EQ(rows.error().message, "a file is gone");
}

}  // namespace
}  // namespace foreset::sql
