// SPDX-License-Identifier: MIT
#include "foreset/lake/feed_check.h"

#include <string>

#include <gtest/gtest.h>

#include "foreset/base/errors/lake.h"
#include "foreset/lake/lake_testing.h"

namespace foreset::lake {
namespace {

class FeedCheck : public LakeFixture {
 protected:
  void SetUp() override {
    MakeBronze();
    silver_ = SilverTable::Create(Folder("silver"), options_, *schema_).value();
    gold_ =
        GoldDimension::OpenOrCreate(Folder("current"), Folder("history"), spec_, options_, *schema_)
            .value();
  }

  void MakeBronze() {
    bronze_ = BronzeTable::Create(Folder("bronze"), options_, *schema_, PositionOf(0)).value();
  }
  void OpenBronze() { bronze_ = BronzeTable::Open(Folder("bronze"), "Shop", options_).value(); }

  // A batch of one row.
  void Capture(int rows = 1) {
    for (int i = 0; i < rows; ++i) {
      clock_.Advance(std::chrono::milliseconds(7));
      ShopChanges changes(schema_, next_);
      changes.Insert({static_cast<int>(next_), "a", 1});
      next_ = changes.next();
      ASSERT_TRUE(IsOk(bronze_->Stage(*changes.Build())));
      ASSERT_TRUE(IsOk(bronze_->Commit(PositionOf(next_))));
    }
  }
  Status FeedAll() {
    RETURN_IF_ERROR(CatchUp(*bronze_, {}, *silver_, {}));
    return CatchUp(*bronze_, {}, *gold_, {});
  }
  void ExpectRefused(ErrorCode code) {
    for (Follower* follower :
         {static_cast<Follower*>(silver_.get()), static_cast<Follower*>(gold_.get())}) {
      const Status fed = CatchUp(*bronze_, {}, *follower, {});
      ASSERT_FALSE(fed) << follower->name();
      EXPECT_EQ(fed.error().code, code) << fed.error().ToString();
      EXPECT_EQ(fed.error().kind, ErrorKind::kInvalidInput);
    }
  }

  void CopyFolder(const std::string& from, const std::string& to) {
    const auto source = Folder(from);
    const auto target = Folder(to);
    const auto there = target->List("", "").value();
    for (const ObjectInfo& object : there) {
      ASSERT_TRUE(IsOk(target->Delete(object.path)));
    }
    const auto objects = source->List("", "").value();
    for (const ObjectInfo& object : objects) {
      const std::string bytes = source->Read(object.path).value();
      ASSERT_TRUE(IsOk(target->Put(object.path, AsBytes(bytes))));
    }
  }

  LakeOptions options_ = Options();
  DimensionSpec spec_{.current = "Shop_current", .history = "Shop_history", .columns = {}};
  std::shared_ptr<const TableSchema> schema_ = std::make_shared<const TableSchema>(ShopSchema());
  std::uint64_t next_ = 1;
  std::unique_ptr<BronzeTable> bronze_;
  std::unique_ptr<SilverTable> silver_;
  std::unique_ptr<GoldDimension> gold_;
};

TEST_F(FeedCheck, EachTableNamesTheBronzeTableThatFedIt) {
  Capture(3);
  ASSERT_TRUE(IsOk(FeedAll()));
  for (const LakeTable* table : {&silver_->table(), &gold_->history(), &gold_->current()}) {
    EXPECT_EQ(table->progress().fed_from, bronze_->source()) << table->name();
    EXPECT_EQ(table->progress().rows, 3) << table->name();
    EXPECT_FALSE(RowCountDiffers(*table));
  }
  EXPECT_EQ(bronze_->progress().rows, 3);
  EXPECT_FALSE(RowCountDiffers(bronze_->table()));
}

TEST_F(FeedCheck, ABronzeTableThatWasMadeAnewIsAnother) {
  Capture(1);
  ASSERT_TRUE(IsOk(FeedAll()));
  CopyFolder("nothing", "bronze");
  MakeBronze();
  Capture(5);
  ExpectRefused(lake_error::kBronzeReplaced);
}

TEST_F(FeedCheck, AnOlderCopyIsBehind) {
  Capture(2);
  CopyFolder("bronze", "copy");
  Capture(2);
  ASSERT_TRUE(IsOk(FeedAll()));
  CopyFolder("copy", "bronze");
  OpenBronze();
  ExpectRefused(lake_error::kBronzeBehind);
}

TEST_F(FeedCheck, AnOlderCopyThatWentOnSinceIsAnother) {
  Capture(2);
  CopyFolder("bronze", "copy");
  Capture(2);
  ASSERT_TRUE(IsOk(FeedAll()));
  CopyFolder("copy", "bronze");
  OpenBronze();
  Capture(7);
  ExpectRefused(lake_error::kBronzeReplaced);
}

TEST_F(FeedCheck, ANewerCopyOfTheTableAloneIsAhead) {
  Capture(2);
  ASSERT_TRUE(IsOk(FeedAll()));
  Progress ahead = silver_->progress();
  ahead.batch = ahead.batch.Next();
  EXPECT_EQ(CheckFeed(bronze_->table(), "silver/Shop", ahead).error().code,
            lake_error::kBronzeBehind);
  ahead = silver_->progress();
  ahead.position = PositionOf(100);
  EXPECT_EQ(CheckFeed(bronze_->table(), "silver/Shop", ahead).error().code,
            lake_error::kBronzeBehind);
}

// As older programs left it: the first start takes what it finds.
TEST_F(FeedCheck, ATableThatNamesNobodyNamesWhoFeedsItNow) {
  Capture(2);
  ShopChanges changes(schema_, 1);
  changes.Insert({1, "a", 1});
  changes.Insert({2, "a", 1});
  ASSERT_TRUE(IsOk(silver_->Stage(*changes.Build())));
  ASSERT_TRUE(IsOk(silver_->Commit(BatchNumber(2), PositionOf(3))));
  EXPECT_FALSE(silver_->table().progress().fed_from);
  ASSERT_TRUE(IsOk(CatchUp(*bronze_, {}, *silver_, {})));
  EXPECT_EQ(silver_->table().progress().fed_from, bronze_->source());
  const auto version = silver_->table().snapshot()->version();
  ASSERT_TRUE(IsOk(CatchUp(*bronze_, {}, *silver_, {})));
  EXPECT_EQ(silver_->table().snapshot()->version(), version);
}

TEST_F(FeedCheck, CompactionKeepsTheCount) {
  Capture(9);
  ASSERT_TRUE(IsOk(FeedAll()));
  const CompactionPolicy policy{.max_small_files = 1};
  ASSERT_TRUE(CompactAppendOnly(bronze_->table(), policy).value());
  ASSERT_TRUE(silver_->Maintain(policy).value_or(false) || true);
  EXPECT_FALSE(RowCountDiffers(bronze_->table()));
  EXPECT_FALSE(RowCountDiffers(silver_->table()));
  ASSERT_TRUE(IsOk(FeedAll()));
}

}  // namespace
}  // namespace foreset::lake
