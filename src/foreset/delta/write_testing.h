// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>

#include <arrow/api.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/delta/committer.h"
#include "foreset/delta/table_creation.h"
#include "foreset/storage/memory/faulty_store.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::delta {

// For tests: a table `id long` in a store that can fail, and somebody else who writes to it.
class WriteFixture : public testing::Test {
 protected:
  static AddFile File(const std::string& path, bool data_change = true) {
    AddFile file;
    file.path = path;
    file.size_bytes = 100;
    file.data_change = data_change;
    file.stats_json = R"({"numRecords":10})";
    return file;
  }

  std::function<std::string()> Ids() {
    return [this] { return fmt::format("00000000-0000-0000-0000-{:012x}", ++ids_); };
  }

  TableDefinition Definition(const TableWish& wish = {.deletion_vectors = true}) {
    return DefineTable(*schema_, wish, Ids(), clock_.Now()).value();
  }

  // Version 0.
  std::shared_ptr<const Snapshot> Create(const TableWish& wish = {.deletion_vectors = true}) {
    const TableDefinition table = Definition(wish);
    return StateAfter(committer_.Create(table.protocol, table.metadata, {}));
  }

  static std::shared_ptr<const Snapshot> StateAfter(const Result<CommitOutcome>& outcome) {
    EXPECT_TRUE(outcome) << outcome.error().ToString();
    if (!outcome) return nullptr;
    const auto* committed = std::get_if<Committed>(&*outcome);
    if (committed == nullptr) {
      ADD_FAILURE() << std::get<Conflict>(*outcome).reason;
      return nullptr;
    }
    return committed->snapshot;
  }

  // Ordered as the snapshot's files are.
  static std::map<FileKey, RemoveFile> Tombstones(const Snapshot& snapshot) {
    std::map<FileKey, RemoveFile> tombstones;
    EXPECT_TRUE(snapshot.ForEachTombstone([&](const RemoveFile& file) -> Status {
      EXPECT_TRUE(tombstones.emplace(KeyOf(file), file).second) << file.path << " comes twice";
      return {};
    }));
    return tombstones;
  }

  std::shared_ptr<const Snapshot> Load() { return Snapshot::Load(memory_).value(); }

  ManualClock clock_{Timestamp(1'700'000'000'000'000)};
  std::shared_ptr<MemoryStore> memory_ = std::make_shared<MemoryStore>(clock_);
  std::shared_ptr<FaultyStore> store_ = std::make_shared<FaultyStore>(memory_);
  std::uint64_t ids_ = 0;
  Committer committer_{store_, clock_, Ids()};
  Committer other_{memory_, clock_, Ids()};
  std::shared_ptr<arrow::Schema> schema_ = arrow::schema({arrow::field("id", arrow::int64())});
};

}  // namespace foreset::delta
