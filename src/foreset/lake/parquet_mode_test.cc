// SPDX-License-Identifier: MIT
// Tables in Parquet mode: what the manifest says, and what a plain listing of the folder shows.
#include "foreset/base/errors/parquet_mode.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "foreset/lake/lake_testing.h"
#include "foreset/lake/parquet_layout.h"

namespace foreset::lake {
namespace {

using Lines = std::vector<std::string>;

class ParquetMode : public LakeFixture {
 protected:
  std::shared_ptr<ObjectStore> View(const std::string& folder) {
    return SubStore(ParquetLayout(store_), folder);
  }

  // Names in the folder that the predicate takes.
  template <typename Predicate>
  Lines Names(const std::string& folder, Predicate wanted) const {
    Lines names;
    const auto objects = memory_->List(folder + "/", "").value();
    for (const ObjectInfo& object : objects) {
      const std::string name = object.path.substr(folder.size() + 1);
      if (wanted(name)) names.push_back(name);
    }
    return names;
  }
  // What a plain reader finds: nothing hidden, and *.parquet only.
  Lines Shown(const std::string& folder) const {
    return Names(folder, [](const std::string& name) {
      return name.ends_with(".parquet") && !name.starts_with('_') && !name.contains("/_");
    });
  }
  Lines Ending(const std::string& folder, const std::string& ending) const {
    return Names(folder, [&](const std::string& name) { return name.ends_with(ending); });
  }
  static Lines Live(const LakeTable& table) {
    Lines paths;
    for (const delta::AddFile& file : table.snapshot()->files()) paths.push_back(file.path);
    return paths;
  }

  std::unique_ptr<SilverTable> MakeSilver() {
    return SilverTable::Create(View("silver"), options_, *schema_).value();
  }
  Status Feed(SilverTable& silver, const std::function<void(ShopChanges&)>& change) {
    ShopChanges changes(schema_, next_);
    change(changes);
    next_ = changes.next();
    RETURN_IF_ERROR(silver.Stage(*changes.Build()));
    return silver.Commit(BatchNumber(++batch_), PositionOf(next_));
  }

  LakeOptions options_ = Options().As(TableFormat::kParquet);
  std::shared_ptr<const TableSchema> schema_ = std::make_shared<const TableSchema>(ShopSchema());
  std::uint64_t next_ = 1;
  std::int64_t batch_ = 0;
};

TEST_F(ParquetMode, TheLayoutHidesTheManifestAndFindsAFileByAnyOfItsNames) {
  const auto view = ParquetLayout(memory_);
  ASSERT_TRUE(view->Put("t/_delta_log/0.json", AsBytes("m")));
  EXPECT_EQ(memory_->Read("t/_manifest/0.json").value(), "m");
  EXPECT_EQ(view->Read("t/_delta_log/0.json").value(), "m");
  EXPECT_EQ(view->ListFolders("t/").value(), Lines{"_delta_log"});
  EXPECT_EQ(view->List("t/_delta_log/", "").value().front().path, "t/_delta_log/0.json");
  const std::string path = "t/date=2026-01-31/part-1.parquet";
  EXPECT_EQ(StagedName(path), "t/date=2026-01-31/_part-1.staged");
  EXPECT_EQ(NameOfStaged(StagedName(path)), path);
  EXPECT_EQ(NameOfReplaced(ReplacedName(path)), path);
  EXPECT_EQ(NameOfStaged(path), std::nullopt);
  for (const std::string& name : {StagedName(path), path, ReplacedName(path)}) {
    ASSERT_TRUE(memory_->Put(name, AsBytes("rows")));
    EXPECT_EQ(view->ReadRange(path, 1, 2).value(), "ow") << name;
    EXPECT_EQ(view->Stat(path)->path, path);
    ASSERT_TRUE(memory_->Delete(name));
  }
  EXPECT_EQ(view->Read(path).error().kind, ErrorKind::kNotFound);
}

TEST_F(ParquetMode, ForReadingTheLayoutIsFoundOutTableByTable) {
  ASSERT_TRUE(memory_->Put("p/_manifest/0.json", AsBytes("m")));
  ASSERT_TRUE(memory_->Put("d/_delta_log/0.json", AsBytes("l")));
  const auto view = DetectedLayout(memory_);
  EXPECT_EQ(view->Read("p/_delta_log/0.json").value(), "m");
  EXPECT_EQ(view->Read("d/_delta_log/0.json").value(), "l");
  EXPECT_EQ(view->ListFolders("p/").value(), Lines{"_delta_log"});
  EXPECT_EQ(view->ListFolders("d/").value(), Lines{"_delta_log"});
  EXPECT_EQ(view->List("d/_delta_log/", "").value().size(), 1U);
}

TEST_F(ParquetMode, AFolderShowsTheLatestRowsAndKeepsReplacedFilesForAWhile) {
  auto silver = MakeSilver();
  EXPECT_EQ(Shown("silver"), Lines{"empty.parquet"}) << "an empty table has columns, too";
  ASSERT_TRUE(IsOk(Feed(*silver, [](auto& changes) {
    changes.Insert({1, "a", 1});
    changes.Insert({2, "b", 1});
  })));
  EXPECT_EQ(Shown("silver"), Live(silver->table()));
  const auto before = delta::Snapshot::Load(View("silver")).value();
  ASSERT_TRUE(IsOk(Feed(*silver, [](auto& changes) { changes.Update({1, "a", 1}, {1, "z", 1}); })));
  EXPECT_EQ(Shown("silver"), Live(silver->table()));
  EXPECT_EQ(Ending("silver", ".replaced").size(), 1U);
  std::int64_t rows = 0;
  ASSERT_TRUE(IsOk(delta::ScanTable(*View("silver"), *before, {}, [&](const auto& scanned) {
    rows += scanned.batch->num_rows();
    return Status();
  })));
  EXPECT_EQ(rows, 2) << "who reads by an earlier manifest still finds its files";
  clock_.Advance(options_.replaced_kept);
  ASSERT_TRUE(IsOk(Feed(*silver, [](auto& changes) {
    changes.Delete({1, "z", 1});
    changes.Delete({2, "b", 1});
  })));
  EXPECT_EQ(Shown("silver"), Lines{"empty.parquet"});
  EXPECT_FALSE(View("silver")->Stat(before->files().begin()->path));
  EXPECT_TRUE(Ending("silver", ".staged").empty());
  EXPECT_EQ(memory_->Read("silver/_manifest/current.json").value(), R"({"version":3,"files":[]})");
}

TEST_F(ParquetMode, WhatADeadWriterStagedGoesWhenItCanNoLongerBeCommitted) {
  auto silver = MakeSilver();
  ASSERT_TRUE(IsOk(Feed(*silver, [](auto& changes) { changes.Insert({1, "a", 1}); })));
  const std::string orphan = "silver/_part-dead.staged";
  ASSERT_TRUE(memory_->Put(orphan, AsBytes("rows")));
  ASSERT_TRUE(memory_->Put("silver/_mine.staged", AsBytes("another program's")));
  // Replaced in the manifest, but the process died before the folder followed.
  ASSERT_TRUE(memory_->Put("silver/part-old.parquet", AsBytes("rows")));
  silver = SilverTable::Open(View("silver"), "Shop", options_).value();
  EXPECT_EQ(Shown("silver"), Live(silver->table()));
  EXPECT_TRUE(memory_->Stat(orphan)) << "its commit may still be on the way";
  ASSERT_TRUE(IsOk(Feed(*silver, [](auto& changes) { changes.Insert({2, "b", 1}); })));
  EXPECT_FALSE(memory_->Stat(orphan));
  EXPECT_TRUE(memory_->Stat("silver/_mine.staged"));
  EXPECT_EQ(Shown("silver"), Live(silver->table()));
}

TEST_F(ParquetMode, ACommitThatNobodyShowedIsShownWhenTheTableIsOpened) {
  auto silver = MakeSilver();
  ASSERT_TRUE(IsOk(Feed(*silver, [](auto& changes) { changes.Insert({1, "a", 1}); })));
  ASSERT_TRUE(IsOk(silver->Stage(*[&] {
    ShopChanges changes(schema_, next_);
    changes.Insert({2, "b", 1});
    return changes.Build();
  }())));
  // The steps of a commit: the file, the manifest's version, and then the file's name.
  store_->FailStep(3, Fault::kCrashBefore);
  EXPECT_FALSE(silver->Commit(BatchNumber(++batch_), PositionOf(++next_)));
  store_->Recover();
  EXPECT_EQ(Shown("silver").size(), 1U);
  silver = SilverTable::Open(View("silver"), "Shop", options_).value();
  EXPECT_EQ(silver->progress().batch, BatchNumber(2));
  EXPECT_EQ(Shown("silver"), Live(silver->table()));
  EXPECT_EQ(Shown("silver").size(), 2U);
}

TEST_F(ParquetMode, RowsThatAreEqualKeepTheirCountWhenFilesAreCopied) {
  schema_ = std::make_shared<const TableSchema>(ShopSchema(KeyKind::kWholeRow));
  auto silver = MakeSilver();
  ASSERT_TRUE(IsOk(Feed(*silver, [](auto& changes) {
    for (int i = 0; i < 3; ++i) changes.Insert({1, "a", 1});
    changes.Insert({2, "b", 1});
  })));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(IsOk(Feed(*silver, [](auto& changes) { changes.Delete({1, "a", 1}); })));
  }
  ASSERT_TRUE(IsOk(Feed(*silver, [](auto& changes) { changes.Delete({2, "b", 1}); })));
  const Lines rows = Rows(silver->table());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows.front().starts_with("1|a|1|"));
  EXPECT_EQ(Shown("silver"), Live(silver->table()));
}

TEST_F(ParquetMode, BronzeIsPartedByTheDateOfWritingAndListsNothing) {
  auto bronze = BronzeTable::Create(View("bronze"), options_, *schema_, PositionOf(0)).value();
  for (int day = 0; day < 2; ++day) {
    ShopChanges changes(schema_, next_);
    changes.Insert({day, "a", 1});
    next_ = changes.next();
    ASSERT_TRUE(IsOk(bronze->Stage(*changes.Build())));
    ASSERT_TRUE(IsOk(bronze->Commit(PositionOf(next_))));
    clock_.Advance(std::chrono::hours(24));
  }
  const Lines shown = Shown("bronze");
  EXPECT_EQ(shown, Live(bronze->table()));
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_TRUE(shown[0].starts_with("date=2023-11-14/part-"));
  EXPECT_TRUE(shown[1].starts_with("date=2023-11-15/part-"));
  EXPECT_FALSE(memory_->Stat("bronze/_manifest/current.json"));
}

TEST_F(ParquetMode, ATableOfTheOtherFormatIsRefused) {
  ASSERT_TRUE(IsOk(SilverTable::Create(Folder("delta"), Options(), *schema_)));
  const auto parquet = SilverTable::Create(View("delta"), options_, *schema_);
  ASSERT_FALSE(parquet);
  EXPECT_EQ(parquet.error().code, parquet_mode_error::kLakeTableFormat);
  EXPECT_TRUE(LakeTable::IsOccupied(*View("delta")).value());
  MakeSilver();
  const auto delta = SilverTable::Create(Folder("silver"), Options(), *schema_);
  ASSERT_FALSE(delta);
  EXPECT_EQ(delta.error().code, parquet_mode_error::kLakeTableFormat);
}

}  // namespace
}  // namespace foreset::lake
