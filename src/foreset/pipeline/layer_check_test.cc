// SPDX-License-Identifier: MIT
// Layers that do not belong together: lost, older or other bronze tables under silver and gold.
#include "foreset/pipeline/layer_check.h"

#include <atomic>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "foreset/base/byte_reader.h"
#include "foreset/base/errors/lake.h"
#include "foreset/pipeline/testing/scripted_lake_testing.h"

namespace foreset::pipeline {
namespace {

using Lake = testing::ScriptedLake;
using testing::ScriptedChange;
using testing::ScriptedSource;
using testing::ScriptedTransaction;
using Copy = std::map<std::string, std::string>;  // of a folder: objects by path

class LayerCheck : public ::testing::Test {
 protected:
  static ScriptedChange Insert(const std::string& table, int id) {
    ScriptedChange change;
    change.table = table;
    change.id = id;
    change.value = "v" + std::to_string(id);
    return change;
  }
  // A round with a row of each table.
  void Go(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      source_.Add({Insert("A", next_), Insert("B", next_)});
      ++next_;
      const Status ran = lake_.Run(source_);
      ASSERT_TRUE(ran) << ran.error().ToString();
    }
  }

  static Copy Take(const std::shared_ptr<ObjectStore>& store, const std::string& folder) {
    Copy copy;
    const auto objects = store->List(folder, "").value();
    for (const ObjectInfo& object : objects) copy[object.path] = store->Read(object.path).value();
    return copy;
  }
  static void Remove(const std::shared_ptr<ObjectStore>& store, const std::string& folder) {
    const auto objects = store->List(folder, "").value();
    for (const ObjectInfo& object : objects) ASSERT_TRUE(store->Delete(object.path));
  }
  static void Put(const std::shared_ptr<ObjectStore>& store, const std::string& folder,
                  const Copy& copy) {
    Remove(store, folder);
    for (const auto& [path, bytes] : copy) ASSERT_TRUE(store->Put(path, AsBytes(bytes)));
  }

  std::shared_ptr<ObjectStore> Bronze() const { return lake_.Opened().stores.bronze; }
  std::optional<ErrorCode> StoppedWith(const std::string& table) const {
    const auto& tables = lake_.status()->tables;
    const auto found = tables.find({"shop", table});
    if (found == tables.end() || !found->second.stopped) return std::nullopt;
    return found->second.stopped->code;
  }

  ScriptedSource source_{{"A", "B"}, {{Insert("A", 1), Insert("B", 1)}}, 1};
  Lake lake_{lake::TableFormat::kDelta};
  int next_ = 2;
};

TEST_F(LayerCheck, WhatBelongsTogetherGoesOn) {
  Go(4);
  lake_.ExpectEquals(source_);
  EXPECT_FALSE(StoppedWith("A") || StoppedWith("B"));
}

TEST_F(LayerCheck, WithoutBronzeNothingIsBegunAnewUnderSilver) {
  Go(3);
  const auto silver = lake_.Rows("silver/A", {"id", "value"});
  Remove(Bronze(), "");
  source_.Add({Insert("A", 90)});
  (void)lake_.Run(source_);
  EXPECT_EQ(StoppedWith("A"), lake_error::kBronzeMissing);
  EXPECT_EQ(StoppedWith("B"), lake_error::kBronzeMissing);
  EXPECT_EQ(lake_.Rows("silver/A", {"id", "value"}), silver);
  EXPECT_FALSE(lake::LakeTable::Exists(*SubStore(Bronze(), "A")).value());
}

TEST_F(LayerCheck, OneBronzeTableThatIsGoneStopsAlone) {
  Go(3);
  Remove(Bronze(), "A/");
  source_.Add({Insert("A", 90), Insert("B", 90)});
  (void)lake_.Run(source_);
  EXPECT_EQ(StoppedWith("A"), lake_error::kBronzeMissing);
  EXPECT_FALSE(StoppedWith("B"));
  lake_.ExpectRows(source_, "B");
  // The way out.
  ASSERT_TRUE(lake_.Reset("A"));
  ASSERT_TRUE(lake_.Run(source_));
  EXPECT_FALSE(StoppedWith("A"));
  lake_.ExpectRows(source_, "A");
}

TEST_F(LayerCheck, AnOlderCopyOfOneBronzeTableStopsAlone) {
  Go(2);
  const Copy older = Take(Bronze(), "A/");
  Go(2);
  Put(Bronze(), "A/", older);
  source_.Add({Insert("A", 90), Insert("B", 90)});
  (void)lake_.Run(source_);
  EXPECT_EQ(StoppedWith("A"), lake_error::kBronzeSetBack);
  lake_.ExpectRows(source_, "B");
  ASSERT_TRUE(lake_.Reset("A"));
  ASSERT_TRUE(lake_.Run(source_));
  lake_.ExpectRows(source_, "A");
}

// Bronze reads on from its own last cut, and soon has as many batches as before: other ones.
TEST_F(LayerCheck, AnOlderCopyOfAllOfBronzeIsNotWhatFedSilver) {
  Go(2);
  const Copy older = Take(Bronze(), "");
  Go(3);
  Put(Bronze(), "", older);
  lake_.clock().Advance(std::chrono::hours(1));
  (void)lake_.Run(source_);
  for (const char* table : {"A", "B"}) {
    const auto stopped = StoppedWith(table);
    EXPECT_TRUE(stopped == lake_error::kBronzeBehind || stopped == lake_error::kBronzeReplaced)
        << table;
  }
}

TEST_F(LayerCheck, AnotherLakesBronzeIsAnother) {
  Go(3);
  Lake other(lake::TableFormat::kDelta);
  std::atomic<int> ids = 0;
  other.lake_options().make_id = [&ids] {
    return fmt::format("11111111-0000-4000-8000-{:012}", ++ids);
  };
  for (int i = 0; i < 5; ++i) {
    source_.Add({Insert("A", 50 + i), Insert("B", 50 + i)});
    const Status ran = other.Run(source_);
    ASSERT_TRUE(ran) << ran.error().ToString();
  }
  Put(Bronze(), "", Take(other.Opened().stores.bronze, ""));
  (void)lake_.Run(source_);
  EXPECT_EQ(StoppedWith("A"), lake_error::kBronzeReplaced);
  EXPECT_EQ(StoppedWith("B"), lake_error::kBronzeReplaced);
}

}  // namespace
}  // namespace foreset::pipeline
