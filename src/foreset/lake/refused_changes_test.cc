// SPDX-License-Identifier: MIT
// Whatever was refused, in whichever order it is put through again, under other rules and through
// crashes at every durable step: silver and gold are what the rules of now make of the source.
#include "foreset/lake/refused_changes.h"

#include <map>
#include <random>
#include <set>

#include "foreset/base/errors/rules.h"
#include "foreset/lake/lake_testing.h"

namespace foreset::lake {
namespace {

// Rows with a Qty of `limit` or more are quarantined.
class QtyRule final : public RowRules {
 public:
  explicit QtyRule(int limit)
      : limit_(limit), rules_{{{RuleKind::kQuarantine, "", "Qty < " + std::to_string(limit)}}} {}

  bool Hides(int qty) const { return qty >= limit_; }
  const RuleSet& rules() const override { return rules_; }
  Result<RuledBatch> Apply(const ChangeBatch& batch) override {
    RuledBatch ruled(batch);
    ruled.counts.resize(1);
    for (std::size_t row = 0; row < batch.size(); ++row) {
      ruled.hidden_before.push_back(HidesRow(*batch.before, row));
      ruled.hidden_after.push_back(HidesRow(*batch.after, row));
      if (!ruled.hidden_after.back()) continue;
      ++ruled.counts[0].rows;
      ruled.refused.push_back({row, 0, rule_error::kRowBreaksRule, "r", ""});
    }
    return ruled;
  }

 private:
  bool HidesRow(const arrow::RecordBatch& image, std::size_t row) const {
    const auto& values = static_cast<const arrow::Int32Array&>(*image.column(2));
    const auto at = static_cast<std::int64_t>(row);
    return !values.IsNull(at) && Hides(values.Value(at));
  }

  int limit_;
  RuleSet rules_;
};

class RefusedChangesTest : public LakeFixture {
 protected:
  struct Tables {
    std::unique_ptr<SilverTable> silver;
    std::unique_ptr<GoldDimension> gold;
    std::unique_ptr<RuleQuarantine> quarantine;
  };

  void SetUp() override { Begin(); }

  // An empty lake and source.
  void Begin() {
    memory_ = std::make_shared<MemoryStore>(clock_);
    store_ = std::make_shared<FaultyStore>(memory_);
    source_.clear();
    next_ = 1;
    schema_ = std::make_shared<const TableSchema>(ShopSchema());
    bronze_ = BronzeTable::Create(Folder("bronze"), Options(), *schema_, PositionOf(0)).value();
  }

  Result<Tables> Open(const RuleSet& rules) {
    const DimensionSpec spec{.current = "T_current", .history = "T_history"};
    Tables tables;
    const auto store = Folder("silver");
    tables.silver = TRY(LakeTable::Exists(*store))
                        ? TRY(SilverTable::Open(store, "T", Options()))
                        : TRY(SilverTable::Create(store, Options(), *schema_));
    RETURN_IF_ERROR(tables.silver->UseRules(rules, Folder("q")));
    tables.gold = TRY(GoldDimension::OpenOrCreate(Folder(spec.current), Folder(spec.history), spec,
                                                  Options(), *schema_));
    RETURN_IF_ERROR(tables.gold->UseRules(rules));
    tables.quarantine = TRY(RuleQuarantine::Open(Folder("q"), rules, Options()));
    return tables;
  }

  // Random changes of few keys, some of which are moved, into all layers.
  void Change(QtyRule& rule) {
    ShopChanges changes(schema_, next_);
    for (int i = 0; i < 10; ++i) {
      const ShopRow row{Any(6), "n" + std::to_string(Any(9)), Any(30)};
      const int old = Any(6);
      if (source_.contains(old) && Any(3) == 0) {
        changes.Delete(source_[old]);
        source_.erase(old);
      } else if (source_.contains(old) && (old == row.id || !source_.contains(row.id))) {
        changes.Update(source_[old], row);
        source_.erase(old);
        source_[row.id] = row;
      } else if (!source_.contains(row.id)) {
        changes.Insert(row);
        source_[row.id] = row;
      }
    }
    if (changes.empty()) return;
    next_ = changes.next();
    ASSERT_TRUE(IsOk(bronze_->Stage(*changes.Build())));
    ASSERT_TRUE(IsOk(bronze_->Commit(PositionOf(next_))));
    const Tables tables = Open(rule.rules()).value();
    ASSERT_TRUE(IsOk(CatchUp(*bronze_, {}, *tables.silver, {.rules = &rule})));
    ASSERT_TRUE(IsOk(CatchUp(*bronze_, {}, *tables.gold, {.rules = &rule})));
  }

  std::set<Sequence> Refused() {
    std::set<Sequence> places;
    if (!LakeTable::Exists(*Folder("q")).value()) return places;
    for (const std::string& row : Rows(LakeTable::Open(Folder("q"), "q", Options()).value())) {
      places.insert(*Sequence::Parse(row.substr(0, row.find('|'))));
    }
    return places;
  }

  // As a command does it, in a process of its own.
  Status Retry(QtyRule& rule, const std::set<Sequence>& places) {
    const auto bronze = TRY(BronzeTable::Open(Folder("bronze"), "T", Options()));
    const Tables tables = TRY(Open(rule.rules()));
    const RefusedChanges found = TRY(FindRefused(bronze->table(), places));
    EXPECT_TRUE(found.unknown.empty() && found.of_other_schemas.empty());
    if (found.changes == nullptr) return {};
    const RuledBatch ruled = TRY(rule.Apply(*found.changes));
    RETURN_IF_ERROR(tables.silver->TakeAgain(ruled));
    RETURN_IF_ERROR(tables.gold->TakeAgain(ruled));
    std::set<Sequence> put;
    for (std::size_t row = 0; row < found.places.size(); ++row) {
      if (found.places[row] && !ruled.HidesAfter(row)) put.insert(*found.places[row]);
    }
    RETURN_IF_ERROR(tables.quarantine->Remove(put, "RETRY"));
    return {};
  }

  static std::string FirstCells(const std::string& row) {
    std::size_t end = 0;
    for (int cell = 0; cell < 3; ++cell) end = row.find('|', end) + 1;
    return row.substr(0, end);
  }

  // What current and the fold of history have; each row of history once.
  void ExpectView(const std::multiset<std::string>& view, const std::string& when) {
    const Tables tables = Open(QtyRule(1000).rules()).value();
    std::multiset<std::string> silver;
    std::multiset<std::string> current;
    for (const auto& row : Rows(tables.silver->table())) silver.insert(FirstCells(row));
    for (const auto& row : Rows(tables.gold->current())) current.insert(FirstCells(row));
    std::map<std::string, std::pair<std::string, std::string>> last;
    std::set<std::string> told;
    for (const std::string& row : Rows(tables.gold->history())) {
      std::vector<std::string> cells;
      for (std::size_t at = 0; at <= row.size(); at = row.find('|', at) + 1) {
        cells.push_back(row.substr(at, row.find('|', at) - at));
        if (row.find('|', at) == std::string::npos) break;
      }
      EXPECT_TRUE(told.insert(cells[0] + cells[4]).second) << when << ": twice: " << row;
      auto& known = last[cells[0]];
      if (cells[4] < known.first) continue;
      known = {cells[4], cells[3] == "DELETE" ? "" : FirstCells(row)};
    }
    std::multiset<std::string> folded;
    for (const auto& [id, row] : last) {
      if (!row.second.empty()) folded.insert(row.second);
    }
    EXPECT_EQ(silver, view) << when;
    EXPECT_EQ(current, view) << when;
    EXPECT_EQ(folded, view) << when;
  }

  std::multiset<std::string> ViewOf(const QtyRule& rule) const {
    std::multiset<std::string> view;
    for (const auto& [id, row] : source_) {
      if (!rule.Hides(row.qty)) view.insert(fmt::format("{}|{}|{}|", id, row.name, row.qty));
    }
    return view;
  }

  int Any(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  std::mt19937 random_{11};
  std::shared_ptr<const TableSchema> schema_;
  std::unique_ptr<BronzeTable> bronze_;
  std::map<int, ShopRow> source_;
  std::uint64_t next_ = 1;
};

TEST_F(RefusedChangesTest, PutThroughInAnyOrderTheyMakeTheViewOfTheNewRules) {
  for (int life = 0; life < 12; ++life) {
    Begin();
    QtyRule strict(10);
    QtyRule lax(20);
    for (int i = 0; i < 3; ++i) Change(strict);
    std::set<Sequence> some;
    for (const Sequence place : Refused()) {
      if (Any(2) == 0) some.insert(place);
    }
    ASSERT_TRUE(IsOk(Retry(lax, some)));
    ASSERT_TRUE(IsOk(Retry(lax, Refused())));
    ExpectView(ViewOf(lax), fmt::format("life {}", life));
    const std::set<Sequence> left = Refused();
    ASSERT_TRUE(IsOk(Retry(lax, left)));
    EXPECT_EQ(Refused(), left);
    QtyRule none(1000);
    ASSERT_TRUE(IsOk(Retry(none, left)));
    ExpectView(ViewOf(none), fmt::format("life {}, without rules", life));
    EXPECT_TRUE(Refused().empty());
  }
}

TEST_F(RefusedChangesTest, ACrashAtAnyDurableStepTakesNothingTwice) {
  QtyRule strict(10);
  QtyRule none(1000);
  for (int i = 0; i < 4; ++i) Change(strict);
  const std::set<Sequence> refused = Refused();
  ASSERT_GT(refused.size(), 5U);
  for (const Fault fault : {Fault::kCrashBefore, Fault::kCrashAfter, Fault::kLostAfter}) {
    bool finished = false;
    for (int step = 1; !finished; ++step) {
      // All goes on from one and the same lake.
      const auto kept = memory_;
      memory_ = std::make_shared<MemoryStore>(clock_);
      const std::vector<ObjectInfo> objects = kept->List("", "").value();
      for (const ObjectInfo& object : objects) {
        ASSERT_TRUE(IsOk(memory_->Put(object.path, AsBytes(kept->Read(object.path).value()))));
      }
      store_ = std::make_shared<FaultyStore>(memory_);
      store_->FailStep(step, fault);
      finished = Retry(none, refused).has_value() && !store_->crashed();
      store_->Recover();
      ASSERT_TRUE(IsOk(Retry(none, Refused())));
      ExpectView(ViewOf(none), fmt::format("step {}", step));
      EXPECT_TRUE(Refused().empty());
      memory_ = kept;
    }
  }
}

}  // namespace
}  // namespace foreset::lake
