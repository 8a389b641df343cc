// SPDX-License-Identifier: MIT
// Silver and gold under rules are what a filtered, mapped view of the source is: under random
// changes, fed from memory or from bronze, whatever their batches. The rules here are C++; what SQL
// makes of an expression is tested where SQL is.
#include "foreset/lake/row_rules.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "foreset/base/errors/rules.h"
#include "foreset/lake/lake_testing.h"

namespace foreset::lake {
namespace {

// Names lose their last letter; rows with a Qty divisible by 3 are quarantined, by 5 dropped.
class ShopRules final : public RowRules {
 public:
  static RuleSet Set() {
    return {{{RuleKind::kClean, "Name", "left(Name, -1)"},
             {RuleKind::kDrop, "", "Qty % 5 <> 0"},
             {RuleKind::kQuarantine, "", "Qty % 3 <> 0"}}};
  }
  static bool Hides(int qty) { return qty % 5 == 0 || qty % 3 == 0; }
  static std::string Clean(const std::string& name) { return name.substr(0, name.size() - 1); }

  const RuleSet& rules() const override { return rules_; }

  Result<RuledBatch> Apply(const ChangeBatch& batch) override {
    auto cleaned = std::make_shared<ChangeBatch>(batch);
    cleaned->before = CleanImage(*batch.before);
    cleaned->after = CleanImage(*batch.after);
    RuledBatch ruled(std::move(cleaned));
    ruled.counts.resize(3);
    for (std::size_t row = 0; row < batch.size(); ++row) {
      const auto qty = QtyOf(*batch.after, row);
      ruled.hidden_before.push_back(HidesQty(QtyOf(*batch.before, row)));
      ruled.hidden_after.push_back(HidesQty(qty));
      if (qty && *qty % 3 == 0) {
        ++ruled.counts[2].rows;
        ruled.refused.push_back({row, 2, rule_error::kRowBreaksRule, "r", std::to_string(*qty)});
      }
    }
    return ruled;
  }

 private:
  static std::optional<int> QtyOf(const arrow::RecordBatch& image, std::size_t row) {
    const auto& values = static_cast<const arrow::Int32Array&>(*image.column(2));
    const auto at = static_cast<std::int64_t>(row);
    return values.IsNull(at) ? std::nullopt : std::optional(values.Value(at));
  }
  static bool HidesQty(std::optional<int> qty) { return qty && Hides(*qty); }

  static std::shared_ptr<arrow::RecordBatch> CleanImage(const arrow::RecordBatch& image) {
    const auto& names = static_cast<const arrow::StringArray&>(*image.column(1));
    arrow::StringBuilder cleaned;
    for (std::int64_t i = 0; i < names.length(); ++i) {
      EXPECT_TRUE(
          (names.IsNull(i) ? cleaned.AppendNull() : cleaned.Append(Clean(names.GetString(i))))
              .ok());
    }
    return image.SetColumn(1, image.schema()->field(1), cleaned.Finish().ValueOrDie()).ValueOrDie();
  }

  RuleSet rules_ = Set();
};

class RowRulesTest : public LakeFixture {
 protected:
  struct Tables {
    std::unique_ptr<SilverTable> silver;
    std::unique_ptr<GoldDimension> gold;
  };

  Tables OpenTables(const std::string& place, const TableSchema& schema, const RuleSet& rules) {
    const DimensionSpec spec{.current = place + "_current", .history = place + "_history"};
    const auto store = Folder(place);
    Tables tables;
    tables.silver = LakeTable::Exists(*store).value()
                        ? SilverTable::Open(store, place, Options()).value()
                        : SilverTable::Create(store, Options(), schema).value();
    EXPECT_TRUE(IsOk(tables.silver->UseRules(rules, Folder(place + "_q"))));
    tables.gold = GoldDimension::OpenOrCreate(Folder(spec.current), Folder(spec.history), spec,
                                              Options(), schema)
                      .value();
    EXPECT_TRUE(IsOk(tables.gold->UseRules(rules)));
    return tables;
  }

  // ID, Name, Qty of each row.
  static std::multiset<std::string> Values(const LakeTable& table) {
    std::multiset<std::string> values;
    for (const std::string& row : Rows(table)) {
      std::size_t end = 0;
      for (int cell = 0; cell < 3; ++cell) end = row.find('|', end) + 1;
      values.insert(row.substr(0, end));
    }
    return values;
  }

  std::multiset<std::string> QuarantinedValues(const std::string& place) {
    std::multiset<std::string> values;
    const auto store = Folder(place + "_q");
    if (!LakeTable::Exists(*store).value()) return values;
    const LakeTable table = LakeTable::Open(store, "q", Options()).value();
    for (const std::string& row : Rows(table)) values.insert(row.substr(0, row.rfind('|')));
    return values;
  }

  ShopRules rules_;
};

// The rows that a history says are current.
std::multiset<std::string> Folded(const std::vector<std::string>& history) {
  std::map<std::string, std::pair<std::string, std::string>> last;  // by ID: _seq, row
  for (const std::string& row : history) {
    std::vector<std::string> cells;
    for (std::size_t at = 0; at <= row.size();) {
      const std::size_t end = std::min(row.find('|', at), row.size());
      cells.push_back(row.substr(at, end - at));
      at = end + 1;
    }
    auto& known = last[cells[0]];
    if (cells[4] < known.first) continue;
    known = {cells[4],
             cells[3] == "DELETE" ? "" : cells[0] + "|" + cells[1] + "|" + cells[2] + "|"};
  }
  std::multiset<std::string> rows;
  for (const auto& [id, row] : last) {
    if (!row.second.empty()) rows.insert(row.second);
  }
  return rows;
}

TEST_F(RowRulesTest, TablesAreTheViewThatTheRulesDescribe) {
  std::mt19937 random(7);
  const auto any = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  const auto schema = std::make_shared<const TableSchema>(ShopSchema());
  auto bronze = BronzeTable::Create(Folder("bronze"), Options(), *schema, PositionOf(0)).value();
  Tables live = OpenTables("live", *schema, rules_.rules());
  std::map<int, ShopRow> source;
  std::size_t refused = 0;
  std::uint64_t next = 1;
  for (int round = 0; round < 40; ++round) {
    ShopChanges changes(schema, next);
    for (int i = 0; i < 12; ++i) {
      const ShopRow row{any(15), "name" + std::to_string(any(9)), any(30)};
      const auto known = source.find(row.id);
      if (known == source.end()) {
        changes.Insert(row);
      } else if (any(4) == 0) {
        changes.Delete(known->second);
        source.erase(known);
        continue;
      } else {
        changes.Update(known->second, row);
      }
      source[row.id] = row;
      refused += row.qty % 3 == 0 ? 1 : 0;
    }
    next = changes.next();
    const auto batch = changes.Build();
    ASSERT_TRUE(IsOk(bronze->Stage(*batch)));
    ASSERT_TRUE(IsOk(bronze->Commit(PositionOf(next))));
    const auto ruled = rules_.Apply(*batch);
    for (Follower* follower :
         {static_cast<Follower*>(live.silver.get()), static_cast<Follower*>(live.gold.get())}) {
      ASSERT_TRUE(IsOk(follower->Stage(*ruled)));
      ASSERT_TRUE(IsOk(follower->Commit(bronze->progress().batch, PositionOf(next))));
    }
    std::multiset<std::string> view;
    for (const auto& [id, row] : source) {
      if (ShopRules::Hides(row.qty)) continue;
      view.insert(fmt::format("{}|{}|{}|", id, ShopRules::Clean(row.name), row.qty));
    }
    ASSERT_EQ(Values(live.silver->table()), view) << "round " << round;
    ASSERT_EQ(Values(live.gold->current()), view) << "round " << round;
    ASSERT_EQ(Folded(Rows(live.gold->history())), view) << "round " << round;
  }
  EXPECT_EQ(QuarantinedValues("live").size(), refused);
  EXPECT_EQ(live.silver->rule_counts().value().at("Qty % 3 <> 0").rows, refused);

  Tables replayed = OpenTables("replayed", *schema, rules_.rules());
  const CatchUpOptions options{.commit_rows = 50, .stop = {}, .rules = &rules_};
  ASSERT_TRUE(IsOk(CatchUp(*bronze, {}, *replayed.silver, options)));
  ASSERT_TRUE(IsOk(CatchUp(*bronze, {}, *replayed.gold, options)));
  EXPECT_EQ(Rows(replayed.silver->table()), Rows(live.silver->table()));
  EXPECT_EQ(Rows(replayed.gold->current()), Rows(live.gold->current()));
  EXPECT_EQ(Rows(replayed.gold->history()), Rows(live.gold->history()));
  EXPECT_EQ(QuarantinedValues("replayed"), QuarantinedValues("live"));
  EXPECT_EQ(replayed.silver->rule_counts().value(), live.silver->rule_counts().value());
}

TEST_F(RowRulesTest, RowsOfOlderRulesGoWhenTheyChange) {
  const auto schema = std::make_shared<const TableSchema>(ShopSchema());
  auto silver = SilverTable::Create(Folder("s"), Options(), *schema).value();
  ShopChanges first(schema, 1);
  first.Insert({1, "ax", 3});
  first.Insert({2, "bx", 3});
  first.Insert({3, "cx", 1});
  ASSERT_TRUE(IsOk(silver->Stage(*first.Build())));
  ASSERT_TRUE(IsOk(silver->Commit(BatchNumber(1), PositionOf(4))));
  ASSERT_TRUE(IsOk(silver->UseRules(ShopRules::Set(), Folder("q"))));
  ShopChanges second(schema, 4);
  second.Delete({1, "ax", 3});  // both images are hidden by the new rules
  second.Update({2, "bx", 3}, {2, "by", 6});
  ASSERT_TRUE(IsOk(silver->Stage(rules_.Apply(*second.Build()).value())));
  ASSERT_TRUE(IsOk(silver->Commit(BatchNumber(2), PositionOf(6))));
  EXPECT_EQ(Values(silver->table()), (std::multiset<std::string>{"3|cx|1|"}));
  const auto record = RuleRecordOf(*silver->table().snapshot()).value();
  EXPECT_EQ(record, (RuleRecord{ShopRules::Set(), true}));
}

TEST_F(RowRulesTest, TablesWithoutRulesRecordNone) {
  const TableSchema schema = ShopSchema();
  const Tables tables = OpenTables("plain", schema, {});
  EXPECT_EQ(tables.silver->table().snapshot()->version().value(), 0);
  EXPECT_EQ(tables.gold->current().snapshot()->version().value(), 0);
  EXPECT_EQ(RuleRecordOf(*tables.silver->table().snapshot()).value(), std::nullopt);
}

TEST_F(RowRulesTest, RulesOnAnEmptyTableAreNoOlderThanItsRows) {
  const Tables tables = OpenTables("new", ShopSchema(), ShopRules::Set());
  EXPECT_FALSE(RuleRecordOf(*tables.silver->table().snapshot()).value()->older_rows);
  const Tables again = OpenTables("new", ShopSchema(), ShopRules::Set());
  EXPECT_EQ(again.silver->table().snapshot()->version().value(), 1);
}

TEST_F(RowRulesTest, WithoutAKeyOtherRulesNeedAReset) {
  const auto schema = std::make_shared<const TableSchema>(ShopSchema(KeyKind::kWholeRow));
  auto silver = SilverTable::Create(Folder("s"), Options(), *schema).value();
  ShopChanges rows(schema, 1);
  rows.Insert({1, "ax", 1});
  ASSERT_TRUE(IsOk(silver->Stage(*rows.Build())));
  ASSERT_TRUE(IsOk(silver->Commit(BatchNumber(1), PositionOf(2))));
  const Status used = silver->UseRules(ShopRules::Set(), Folder("q"));
  ASSERT_FALSE(used);
  EXPECT_EQ(used.error().code, rule_error::kRulesNeedReset);
}

// The store dies at every write in turn, and the next process goes on from bronze.
TEST_F(RowRulesTest, ACrashAtAnyWriteLosesAndRepeatsNothing) {
  const auto schema = std::make_shared<const TableSchema>(ShopSchema());
  auto bronze = BronzeTable::Create(Folder("bronze"), Options(), *schema, PositionOf(0)).value();
  std::uint64_t next = 1;
  for (int round = 0; round < 4; ++round) {
    ShopChanges changes(schema, next);
    for (int i = 0; i < 6; ++i) changes.Insert({(round * 6) + i, "nx", (round * 6) + i});
    next = changes.next();
    ASSERT_TRUE(IsOk(bronze->Stage(*changes.Build())));
    ASSERT_TRUE(IsOk(bronze->Commit(PositionOf(next))));
  }
  const CatchUpOptions options{.commit_rows = 1, .stop = {}, .rules = &rules_};
  Tables whole = OpenTables("whole", *schema, ShopRules::Set());
  ASSERT_TRUE(IsOk(CatchUp(*bronze, {}, *whole.silver, options)));
  ASSERT_EQ(QuarantinedValues("whole").size(), 8U);
  bool crashed = true;
  for (int writes = 1; crashed; ++writes) {
    const std::string place = "torn" + std::to_string(writes);
    {
      const Tables made = OpenTables(place, *schema, ShopRules::Set());
    }
    store_->FailStep(writes, writes % 2 == 0 ? Fault::kCrashBefore : Fault::kCrashAfter);
    {
      Tables torn = OpenTables(place, *schema, ShopRules::Set());
      crashed = !CatchUp(*bronze, {}, *torn.silver, options);
    }
    store_->Recover();
    Tables next_run = OpenTables(place, *schema, ShopRules::Set());
    ASSERT_TRUE(IsOk(CatchUp(*bronze, {}, *next_run.silver, options)));
    EXPECT_EQ(Rows(next_run.silver->table()), Rows(whole.silver->table())) << writes;
    EXPECT_EQ(QuarantinedValues(place), QuarantinedValues("whole")) << writes;
    EXPECT_EQ(next_run.silver->rule_counts().value(), whole.silver->rule_counts().value());
  }
}

TEST_F(RowRulesTest, RulesAreReadAsTheyWereWritten) {
  const RuleSet rules = ShopRules::Set();
  EXPECT_EQ(RuleSetFromJson(ToJson(rules)).value(), rules);
  EXPECT_EQ(RuleSetFromJson(ToJson(RuleSet{})).value(), RuleSet{});
  EXPECT_NE(rules.Fingerprint(), RuleSet{}.Fingerprint());
  EXPECT_EQ(RuleSetFromJson("{}").error().code, ErrorCode::kProgressDamaged);
  EXPECT_EQ(RuleSetFromJson(R"({"clean":{},"expect":{"a":"stop"}})").error().code,
            ErrorCode::kProgressDamaged);
}

}  // namespace
}  // namespace foreset::lake
