// SPDX-License-Identifier: MIT
// Other programs that change the columns and properties of tables that Foreset keeps.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "foreset/base/errors/lake.h"
#include "foreset/delta/schema_json.h"
#include "foreset/lake/epochs_table.h"
#include "foreset/lake/lake_testing.h"
#include "foreset/lake/quarantine_table.h"
#include "foreset/lake/schema_changes_table.h"

namespace foreset::lake {
namespace {

using Edit = std::function<void(arrow::FieldVector&)>;

constexpr const char* kTables[] = {"bronze", "silver", "current", "history"};

class ForeignColumns : public LakeFixture {
 protected:
  void SetUp() override {
    ASSERT_TRUE(IsOk(Open()));
    Feed({{1, "a", 10}, {2, "b", 20}});
  }

  Status Open() {
    bronze_ = TRY(LakeTable::Exists(*Folder("bronze")))
                  ? TRY(BronzeTable::Open(Folder("bronze"), "Shop", options_))
                  : TRY(BronzeTable::Create(Folder("bronze"), options_, *schema_, PositionOf(0)));
    silver_ = TRY(LakeTable::Exists(*Folder("silver")))
                  ? TRY(SilverTable::Open(Folder("silver"), "Shop", options_))
                  : TRY(SilverTable::Create(Folder("silver"), options_, *schema_));
    gold_ = TRY(GoldDimension::OpenOrCreate(Folder("current"), Folder("history"), spec_, options_,
                                            *schema_));
    return {};
  }

  Status TryFeed(const ChangeBatch& batch) {
    (void)TRY(bronze_->Stage(batch));
    RETURN_IF_ERROR(bronze_->Commit(PositionOf(next_)));
    for (Follower* follower :
         {static_cast<Follower*>(silver_.get()), static_cast<Follower*>(gold_.get())}) {
      RETURN_IF_ERROR(follower->Stage(batch));
      RETURN_IF_ERROR(follower->Commit(bronze_->progress().batch, PositionOf(next_)));
    }
    return {};
  }
  void Feed(const std::vector<ShopRow>& rows) {
    ShopChanges changes(schema_, next_);
    for (const ShopRow& row : rows) changes.Insert(row);
    next_ = changes.next();
    ASSERT_TRUE(IsOk(TryFeed(*changes.Build())));
  }

  // As ALTER TABLE of another program: a commit of metadata alone.
  void Alter(const std::string& folder, const Edit& edit, bool vectors = true) {
    const auto snapshot = delta::Snapshot::Load(Folder(folder)).value();
    arrow::FieldVector fields = snapshot->schema()->fields();
    edit(fields);
    delta::Transaction stranger(snapshot, delta::Isolation::kOwner);
    delta::Metadata metadata = snapshot->metadata();
    metadata.schema_json = delta::SchemaToJson(*arrow::schema(fields)).value();
    if (!vectors) metadata.configuration["delta.enableDeletionVectors"] = "false";
    stranger.SetMetadata(metadata);
    delta::Committer committer(Folder(folder), clock_, options_.make_id);
    ASSERT_TRUE(IsOk(committer.Commit(stranger)));
  }

  // Values by name, whatever the order of the columns is.
  static std::vector<std::string> Values(const LakeTable& table) {
    std::vector<std::string> rows;
    const auto snapshot = delta::Snapshot::Load(table.shared_store()).value();
    delta::ScanOptions options;
    options.columns = {"ID", "Name", "Qty"};
    const Status read =
        delta::ScanTable(table.store(), *snapshot, options, [&](const auto& scanned) -> Status {
          for (std::int64_t i = 0; i < scanned.batch->num_rows(); ++i) {
            std::string line;
            for (const auto& column : scanned.batch->columns()) {
              line += (line.empty() ? "" : "|") + column->GetScalar(i).ValueOrDie()->ToString();
            }
            rows.push_back(line);
          }
          return {};
        });
    EXPECT_TRUE(read);
    std::ranges::sort(rows);
    return rows;
  }

  LakeOptions options_ = Options();
  DimensionSpec spec_{.current = "Shop_current", .history = "Shop_history", .columns = {}};
  std::shared_ptr<const TableSchema> schema_ = std::make_shared<const TableSchema>(ShopSchema());
  std::uint64_t next_ = 1;
  std::unique_ptr<BronzeTable> bronze_;
  std::unique_ptr<SilverTable> silver_;
  std::unique_ptr<GoldDimension> gold_;
};

using Lines = std::vector<std::string>;

TEST_F(ForeignColumns, AnotherOrderIsFollowedByName) {
  const auto turn = [](arrow::FieldVector& fields) { std::ranges::reverse(fields); };
  for (const char* folder : kTables) Alter(folder, turn);
  for (const bool reopened : {false, true}) {
    if (reopened) {
      ASSERT_TRUE(IsOk(Open()));
    }
    ShopChanges changes(schema_, next_);
    changes.Update({1, "a", reopened ? 11 : 10}, {1, "a", reopened ? 12 : 11});
    changes.Insert({reopened ? 4 : 3, "c", 30});
    next_ = changes.next();
    const auto batch = changes.Build();
    Status fed = TryFeed(*batch);
    for (int attempt = 0; !fed && attempt < 5; ++attempt) {
      ASSERT_EQ(fed.error().kind, ErrorKind::kTransient) << fed.error().ToString();
      ASSERT_TRUE(IsOk(silver_->Refresh()));
      ASSERT_TRUE(IsOk(gold_->Refresh()));
      fed = CatchUp(*bronze_, {}, *silver_, {});
      if (fed) fed = CatchUp(*bronze_, {}, *gold_, {});
    }
    ASSERT_TRUE(IsOk(fed));
  }
  const Lines rows = {"1|a|12", "2|b|20", "3|c|30", "4|c|30"};
  EXPECT_EQ(Values(silver_->table()), rows);
  EXPECT_EQ(Values(gold_->current()), rows);
  EXPECT_EQ(Values(gold_->history()),
            (Lines{"1|a|10", "1|a|11", "1|a|12", "2|b|20", "3|c|30", "4|c|30"}));
  // Everything again from bronze.
  auto silver = SilverTable::Create(Folder("silver2"), options_, *schema_).value();
  ASSERT_TRUE(IsOk(CatchUp(*bronze_, {}, *silver, {})));
  EXPECT_EQ(Values(silver->table()), rows);
}

TEST_F(ForeignColumns, AddedDroppedAndRetypedColumnsStopTheTableByName) {
  const std::vector<std::pair<std::string, Edit>> edits = {
      {"'extra' was added",
       [](auto& fields) { fields.push_back(arrow::field("extra", arrow::utf8())); }},
      {"'extra' was added",
       [](auto& fields) { fields.insert(fields.begin(), arrow::field("extra", arrow::int64())); }},
      {"'_seq' is gone",
       [](auto& fields) {
         std::erase_if(fields, [](const auto& field) { return field->name() == "_seq"; });
       }},
      {"'_seq' is int64",
       [](auto& fields) {
         for (auto& field : fields) {
           if (field->name() == "_seq") field = field->WithType(arrow::int64());
         }
       }},
  };
  for (const auto& [says, edit] : edits) {
    for (const std::string folder : kTables) {
      SCOPED_TRACE(folder + ": " + says);
      memory_ = std::make_shared<MemoryStore>(clock_);
      store_ = std::make_shared<FaultyStore>(memory_);
      next_ = 1;
      SetUp();
      Alter(folder, edit);
      // Seen by the commit that comes next, and at every start.
      ShopChanges changes(schema_, next_);
      changes.Insert({3, "c", 30});
      ++next_;
      const Status fed = TryFeed(*changes.Build());
      ASSERT_FALSE(fed);
      EXPECT_EQ(fed.error().code, lake_error::kForeignColumns) << fed.error().ToString();
      const Status opened = Open();
      ASSERT_FALSE(opened);
      EXPECT_EQ(opened.error().code, lake_error::kForeignColumns);
      EXPECT_EQ(opened.error().kind, ErrorKind::kInvalidInput);
      EXPECT_NE(opened.error().message.find(says), std::string::npos) << opened.error().message;
    }
  }
}

TEST_F(ForeignColumns, ColumnsWithinAnImageAreComparedToo) {
  Alter("bronze", [](auto& fields) {
    for (auto& field : fields) {
      if (field->name() != "after") continue;
      arrow::FieldVector inner = field->type()->fields();
      inner.pop_back();
      field = field->WithType(arrow::struct_(inner));
    }
  });
  const auto opened = BronzeTable::Open(Folder("bronze"), "Shop", options_);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("'after.Qty' is gone"), std::string::npos);
}

TEST_F(ForeignColumns, TheLakesOwnTablesAreComparedToo) {
  auto epochs = EpochsTable::OpenOrCreate(Folder("_epochs"), options_).value();
  ASSERT_TRUE(IsOk(epochs->Append({PositionOf(3), {{"Shop", delta::Version(4)}}, {}, {}})));
  Alter("_epochs", [](auto& fields) { std::ranges::reverse(fields); });
  epochs = EpochsTable::OpenOrCreate(Folder("_epochs"), options_).value();
  ASSERT_TRUE(
      IsOk(epochs->Append({PositionOf(4), {{"Shop", delta::Version(5)}}, {{"Shop", "x"}}, {}})));
  const auto last = epochs->Last().value();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->position, PositionOf(4));
  EXPECT_EQ(last->versions.at("Shop"), delta::Version(5));
  EXPECT_EQ(last->ids.at("Shop"), "x");
  Alter("_epochs", [](auto& fields) { fields.push_back(arrow::field("x", arrow::utf8())); });
  EXPECT_EQ(EpochsTable::OpenOrCreate(Folder("_epochs"), options_).error().code,
            lake_error::kForeignColumns);
}

TEST_F(ForeignColumns, ATableThatForbidsDeletionVectorsGetsNoNewOnes) {
  const auto vectors = [&] {
    std::size_t count = 0;
    const auto latest = delta::Snapshot::Load(Folder("silver")).value();
    for (const delta::AddFile& file : latest->files()) count += file.deletion_vector ? 1 : 0;
    return count;
  };
  ShopChanges first(schema_, next_);
  first.Update({1, "a", 10}, {1, "a", 11});
  next_ = first.next();
  ASSERT_TRUE(IsOk(TryFeed(*first.Build())));
  EXPECT_EQ(vectors(), 1U);
  Alter("silver", [](auto&) {}, false);
  ASSERT_TRUE(IsOk(Open()));
  ShopChanges second(schema_, next_);
  second.Update({2, "b", 20}, {2, "b", 21});
  second.Insert({3, "c", 30});
  next_ = second.next();
  ASSERT_TRUE(IsOk(TryFeed(*second.Build())));
  EXPECT_EQ(vectors(), 0U);
  EXPECT_EQ(Values(silver_->table()), (Lines{"1|a|11", "2|b|21", "3|c|30"}));
}

class SwitchedMode : public ForeignColumns {
 protected:
  void SetUp() override {
    TableSchema dated = ShopSchema();
    dated.columns.push_back({.name = "D", .type = SourceType::kDateTime});
    schema_ = std::make_shared<const TableSchema>(dated);
    options_ = Options(UpsertMode::kRewrite);
    ForeignColumns::SetUp();
  }
};

// Plain readers of a table without the feature show what a vector hides.
TEST_F(SwitchedMode, VectorsComeWithTheirFeature) {
  EXPECT_EQ(silver_->table().snapshot()->protocol().min_reader_version, 1);
  options_ = Options(UpsertMode::kDeletionVectors);
  ASSERT_TRUE(IsOk(Open()));
  ShopChanges changes(schema_, next_);
  changes.Update({1, "a", 10}, {1, "a", 11});
  changes.Insert({3, "c", 30});
  next_ = changes.next();
  ASSERT_TRUE(IsOk(TryFeed(*changes.Build())));
  for (const LakeTable* table : {&silver_->table(), &gold_->current()}) {
    const delta::Snapshot& snapshot = *table->snapshot();
    EXPECT_EQ(snapshot.protocol().min_reader_version, 3);
    EXPECT_TRUE(snapshot.HasFeature("deletionVectors"));
    EXPECT_EQ(snapshot.Property("delta.enableDeletionVectors", ""), "true");
    EXPECT_EQ(Values(*table), (Lines{"1|a|11", "2|b|20", "3|c|30"}));
    EXPECT_EQ(table->datetime(), DateTimeAs::kUtc);
  }
  // And back: the vectors that are there stay, no new ones come.
  options_ = Options(UpsertMode::kRewrite);
  ASSERT_TRUE(IsOk(Open()));
  Feed({{4, "d", 40}});
  EXPECT_EQ(Values(silver_->table()), (Lines{"1|a|11", "2|b|20", "3|c|30", "4|d|40"}));
}

}  // namespace
}  // namespace foreset::lake
