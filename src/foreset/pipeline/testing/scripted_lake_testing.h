// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/base/byte_reader.h"
#include "foreset/base/clock.h"
#include "foreset/delta/snapshot.h"
#include "foreset/delta/table_scan.h"
#include "foreset/lake/parquet_layout.h"
#include "foreset/pipeline/patient_run.h"
#include "foreset/pipeline/pipeline.h"
#include "foreset/pipeline/reset.h"
#include "foreset/pipeline/testing/scripted_source.h"
#include "foreset/storage/memory/faulty_store.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::pipeline::testing {

inline std::string TextAt(const arrow::RecordBatch& batch, const std::string& column,
                          std::int64_t row) {
  const auto array = batch.GetColumnByName(column);
  return array == nullptr ? "?" : array->GetScalar(row).ValueOrDie()->ToString();
}

// A pipeline in memory with a lake that can be read back and whose store can fail.
class ScriptedLake {
 public:
  explicit ScriptedLake(lake::TableFormat format)
      : format_(format),
        clock_(Timestamp(1'700'000'000'000'000)),
        memory_(std::make_shared<MemoryStore>(clock_)),
        store_(std::make_shared<FaultyStore>(memory_)) {
    lake_options_.name = "shop";
    lake_options_.clock = &clock_;
    lake_options_.make_id = [this] {
      return fmt::format("00000000-0000-4000-8000-{:012}", ++ids_);
    };
    lake_options_.checkpoint_every = 3;
    layout_.formats = {.bronze = format, .silver = format, .gold = format};
    options_.retry.first = options_.retry.longest = std::chrono::milliseconds(0);
    options_.backfill.readers = 2;
    options_.backfill.chunk_rows = 2;
    options_.workers.threads = 2;
  }

  FaultyStore& faults() { return *store_; }

  // As a process opens it.
  lake::Lake Opened() const {
    const auto all = View(store_);
    return {.stores = {SubStore(all, "bronze"), SubStore(all, "silver"), SubStore(all, "gold")},
            .layout = layout_,
            .options = lake_options_};
  }
  lake::LakeOptions& lake_options() { return lake_options_; }
  PipelineOptions& options() { return options_; }
  ManualClock& clock() { return clock_; }
  // Of the newest run.
  std::shared_ptr<const PipelineStatus> status() const { return board_->Read(); }

  Status Run(Source& source) {
    std::stop_source stop;
    // A crash of the store stands for one of the process: whatever still runs is told to end.
    store_->OnCrash([stop]() mutable { stop.request_stop(); });
    board_ = std::make_unique<StatusBoard>();
    return RunPipeline(source, Opened(), options_, RunUntil::kCurrent, *board_, stop.get_token());
  }

  // As the process does, which does not end for what may pass.
  Status RunPatiently(Source& source) {
    board_ = std::make_unique<StatusBoard>();
    return pipeline::RunPatiently(options_, clock_, RunUntil::kCurrent, *board_, {}, [&] {
      return RunPipeline(source, Opened(), options_, RunUntil::kCurrent, *board_, {});
    });
  }

  // As `foreset reset --layer bronze TABLE`.
  Status Reset(const std::string& table) {
    return ApplyReset(TRY(PlanReset(Opened(), lake::Layer::kBronze, {table})));
  }

  // Another program adds an empty commit that claims to change data.
  Status CommitForeignly(const std::string& table) {
    const auto store = SubStore(View(memory_), table);
    const auto snapshot = TRY(delta::Snapshot::Load(store));
    const std::string path =
        fmt::format("_delta_log/{:020}.json", snapshot->version().Next().value());
    const std::string commit =
        R"({"remove":{"path":"foreign.parquet","deletionTimestamp":1,"dataChange":true}})"
        "\n";
    RETURN_IF_ERROR(store->PutIfAbsent(path, AsBytes(commit)));
    return {};
  }

  // The rows of a table of the lake as text, by the named columns.
  std::multiset<std::string> Rows(const std::string& table,
                                  const std::vector<std::string>& columns) {
    std::multiset<std::string> rows;
    auto store = SubStore(View(memory_), table);
    const auto snapshot = delta::Snapshot::Load(store);
    if (!snapshot) return {snapshot.error().ToString()};
    const Status scanned = delta::ScanTable(*store, **snapshot, {}, [&](delta::ScannedBatch b) {
      for (std::int64_t i = 0; i < b.batch->num_rows(); ++i) {
        std::string text;
        for (const std::string& column : columns) {
          text += (text.empty() ? "" : "|") + TextAt(*b.batch, column, i);
        }
        rows.insert(text);
      }
      return Status{};
    });
    if (!scanned) return {scanned.error().ToString()};
    return rows;
  }

  // Silver and gold have the source's rows.
  void ExpectRows(const ScriptedSource& source, const std::string& table) {
    std::multiset<std::string> wanted;
    for (const auto& [id, value] : source.RowsNow(table)) {
      wanted.insert(std::to_string(id) + "|" + value);
    }
    EXPECT_EQ(Rows("silver/" + table, {"id", "value"}), wanted);
    EXPECT_EQ(Rows("gold/" + table + "_current", {"id", "value"}), wanted);
    const auto sequences = Rows("bronze/" + table, {"_seq"});
    EXPECT_EQ(std::set<std::string>(sequences.begin(), sequences.end()).size(), sequences.size());
    EXPECT_EQ(Rows("gold/" + table + "_history", {"_seq"}), sequences);
  }

  void ExpectEquals(const ScriptedSource& source) {
    for (const std::string table : {"A", "B"}) {
      ExpectRows(source, table);
      const std::size_t events = source.ChangesOf(table) + source.BackfilledRowsOf(table);
      const auto sequences = Rows("bronze/" + table, {"_seq"});
      EXPECT_EQ(sequences.size(), events) << "every change once in bronze";
    }
  }

  // In Parquet mode a glob of a folder finds nothing but what the manifest names; of bronze and
  // history at every moment, of all tables once the pipeline has ended, and then all of it.
  void ExpectPlainReadersSee(bool at_rest) {
    if (format_ == lake::TableFormat::kDelta) return;
    for (const std::string table : {"bronze/A", "bronze/B", "silver/A", "silver/B",
                                    "gold/A_current", "gold/A_history", "gold/B_history"}) {
      SCOPED_TRACE(table);
      // What a crash left begun goes with the table's next commit.
      const auto snapshot = delta::Snapshot::Load(SubStore(View(memory_), table));
      const std::int64_t version = snapshot ? (*snapshot)->version().value() : -1;
      const bool committed = version > std::exchange(seen_[table], version);
      std::set<std::string> found;
      const auto objects = memory_->List(table + "/", "").value();
      for (const ObjectInfo& object : objects) {
        const std::string name = object.path.substr(object.path.rfind('/') + 1);
        if (name.starts_with("part-")) found.insert(object.path.substr(table.size() + 1));
        EXPECT_FALSE(at_rest && committed && name.ends_with(".staged")) << name;
      }
      std::set<std::string> named;
      if (snapshot) {
        for (const delta::AddFile& file : (*snapshot)->files()) named.insert(file.path);
      }
      const bool appended = table.starts_with("bronze") || table.ends_with("history");
      if (!at_rest && !appended) continue;
      if (at_rest) {
        EXPECT_EQ(found, named);
        EXPECT_FALSE(found.empty());
      }
      EXPECT_TRUE(std::ranges::includes(named, found)) << "a file that no manifest names";
    }
  }

 private:
  std::shared_ptr<ObjectStore> View(std::shared_ptr<ObjectStore> store) const {
    return format_ == lake::TableFormat::kParquet ? lake::ParquetLayout(std::move(store)) : store;
  }

  lake::TableFormat format_;
  ManualClock clock_;
  std::shared_ptr<MemoryStore> memory_;
  std::shared_ptr<FaultyStore> store_;
  lake::LakeLayout layout_;
  lake::LakeOptions lake_options_;
  PipelineOptions options_;
  std::unique_ptr<StatusBoard> board_ = std::make_unique<StatusBoard>();
  std::atomic<int> ids_ = 0;
  std::map<std::string, std::int64_t> seen_;  // versions when plain readers last looked
};

}  // namespace foreset::pipeline::testing
