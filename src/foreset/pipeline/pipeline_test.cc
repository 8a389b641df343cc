// SPDX-License-Identifier: MIT
#include "foreset/pipeline/pipeline.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/base/clock.h"
#include "foreset/delta/snapshot.h"
#include "foreset/delta/table_scan.h"
#include "foreset/lake/parquet_layout.h"
#include "foreset/pipeline/testing/scripted_source.h"
#include "foreset/storage/memory/faulty_store.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::pipeline {
namespace {

using testing::ScriptedSource;
using testing::ScriptedTransaction;

std::string TextAt(const arrow::RecordBatch& batch, const std::string& column, std::int64_t row) {
  const auto array = batch.GetColumnByName(column);
  return array == nullptr ? "?" : array->GetScalar(row).ValueOrDie()->ToString();
}

// A small shop with inserts, updates, deletes, re-inserts and two changes of one key in one
// transaction.
ScriptedSource Shop() {
  const auto insert = [](std::string t, int id, std::string v) {
    return testing::ScriptedChange{std::move(t), Operation::kInsert, id, std::move(v)};
  };
  const auto update = [](std::string t, int id, std::string v) {
    return testing::ScriptedChange{std::move(t), Operation::kUpdate, id, std::move(v)};
  };
  const auto erase = [](std::string t, int id) {
    return testing::ScriptedChange{std::move(t), Operation::kDelete, id, {}};
  };
  std::vector<ScriptedTransaction> script = {
      {insert("A", 1, "one"), insert("A", 2, "two"), insert("A", 3, "three")},
      {insert("B", 1, "b")},
      // the first copy is made here
      {update("A", 1, "uno"), update("A", 1, "eins"), insert("B", 2, "bb")},
      {erase("A", 2), insert("A", 2, "zwei"), erase("B", 1)},
      {insert("A", 4, "four"), erase("A", 3)},
      {erase("A", 4), insert("B", 3, "bbb"), update("B", 3, "BBB")},
  };
  return {{"A", "B"}, std::move(script), 2};
}

class Lake {
 public:
  explicit Lake(lake::TableFormat format)
      : format_(format),
        clock_(Timestamp(1'700'000'000'000'000)),
        memory_(std::make_shared<MemoryStore>(clock_)),
        store_(std::make_shared<FaultyStore>(memory_)) {
    options_.lake.name = "shop";
    options_.lake.clock = &clock_;
    options_.lake.make_id = [this] {
      return fmt::format("00000000-0000-4000-8000-{:012}", ++ids_);
    };
    options_.lake.checkpoint_every = 3;
    options_.formats = {.bronze = format, .silver = format, .gold = format};
    options_.retry_first = options_.retry_longest = std::chrono::milliseconds(0);
    options_.backfill_readers = 1;
    options_.backfill_chunk_rows = 2;
    options_.lake_workers = 1;
  }

  FaultyStore& faults() { return *store_; }

  Status Run(Source& source) {
    const auto all = View(store_);
    const LakeStores stores{SubStore(all, "bronze"), SubStore(all, "silver"),
                            SubStore(all, "gold")};
    std::stop_source stop;
    // A crash of the store stands for one of the process: whatever still runs is told to end.
    store_->OnCrash([stop]() mutable { stop.request_stop(); });
    return RunPipeline(source, stores, options_, RunUntil::kCurrent, board_, stop.get_token());
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

  void ExpectEquals(const ScriptedSource& source) {
    for (const std::string table : {"A", "B"}) {
      std::multiset<std::string> wanted;
      for (const auto& [id, value] : source.RowsNow(table)) {
        wanted.insert(std::to_string(id) + "|" + value);
      }
      EXPECT_EQ(Rows("silver/" + table, {"id", "value"}), wanted);
      EXPECT_EQ(Rows("gold/" + table + "_current", {"id", "value"}), wanted);
      const std::size_t events = source.ChangesOf(table) + source.BackfilledRowsOf(table);
      const auto sequences = Rows("bronze/" + table, {"_seq"});
      EXPECT_EQ(sequences.size(), events) << "every change once in bronze";
      EXPECT_EQ(std::set<std::string>(sequences.begin(), sequences.end()).size(), events);
      EXPECT_EQ(Rows("gold/" + table + "_history", {"_seq"}), sequences);
    }
  }

  // In Parquet mode a glob of a folder finds nothing but what the manifest names; of bronze and
  // history at every moment, of all tables once the pipeline has ended, and then all of it.
  void ExpectPlainReadersSee(bool at_rest) {
    if (format_ == lake::TableFormat::kDelta) return;
    for (const std::string table : {"bronze/A", "bronze/B", "silver/A", "silver/B",
                                    "gold/A_current", "gold/A_history", "gold/B_history"}) {
      SCOPED_TRACE(table);
      const bool appended = table.starts_with("bronze") || table.ends_with("history");
      if (!at_rest && !appended) continue;
      std::set<std::string> found;
      const auto objects = memory_->List(table + "/", "").value();
      for (const ObjectInfo& object : objects) {
        const std::string name = object.path.substr(object.path.rfind('/') + 1);
        if (name.starts_with("part-")) found.insert(object.path.substr(table.size() + 1));
        EXPECT_FALSE(at_rest && name.ends_with(".staged")) << name;
      }
      std::set<std::string> named;
      if (const auto snapshot = delta::Snapshot::Load(SubStore(View(memory_), table))) {
        for (const delta::AddFile& file : (*snapshot)->files()) named.insert(file.path);
      }
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
  PipelineOptions options_;
  StatusBoard board_;
  std::atomic<int> ids_ = 0;
};

class Pipeline : public ::testing::TestWithParam<lake::TableFormat> {};

INSTANTIATE_TEST_SUITE_P(Formats, Pipeline,
                         ::testing::Values(lake::TableFormat::kDelta, lake::TableFormat::kParquet),
                         [](const auto& tested) {
                           return tested.param == lake::TableFormat::kDelta ? "Delta" : "Parquet";
                         });

TEST_P(Pipeline, CopiesAndFollows) {
  ScriptedSource source = Shop();
  Lake lake(GetParam());
  const Status ran = lake.Run(source);
  ASSERT_TRUE(ran) << ran.error().ToString();
  lake.ExpectEquals(source);
  EXPECT_EQ(
      lake.Rows("gold/A_history", {"id", "_op", "value"}),
      (std::multiset<std::string>{"1|SNAPSHOT|one", "2|SNAPSHOT|two", "3|SNAPSHOT|three",
                                  "1|UPDATE|uno", "1|UPDATE|eins", "2|DELETE|two", "2|INSERT|zwei",
                                  "4|INSERT|four", "3|DELETE|three", "4|DELETE|four"}));
}

// Passes on to another reader; its second chunk breaks off after the first rows of it.
class BreakingReader final : public BackfillReader {
 public:
  BreakingReader(std::unique_ptr<BackfillReader> reader, int& chunks)
      : reader_(std::move(reader)), chunks_(chunks) {}

  Result<BackfillCursor> ReadChunk(std::shared_ptr<const TableSchema> schema,
                                   const BackfillCursor& from, std::size_t max_rows,
                                   const Sink& sink, const std::stop_token& stop) override {
    auto read = reader_->ReadChunk(std::move(schema), from, max_rows, sink, stop);
    if (++chunks_ != 2) return read;
    return Err(ErrorKind::kTransient, ErrorCode::kSourceUnreachable, "the connection broke");
  }

 private:
  std::unique_ptr<BackfillReader> reader_;
  int& chunks_;
};

class BreakingSource final : public Source {
 public:
  explicit BreakingSource(ScriptedSource& source) : source_(source) {}

  Result<SourceDescription> Describe() override { return source_.Describe(); }
  Result<std::vector<TableId>> ListTables() override { return source_.ListTables(); }
  Result<Backfill> BeginBackfill(std::size_t readers, SourceEpoch epoch) override {
    Backfill backfill = TRY(source_.BeginBackfill(readers, epoch));
    for (auto& reader : backfill.readers) {
      reader = std::make_unique<BreakingReader>(std::move(reader), chunks_);
    }
    return backfill;
  }
  Result<std::unique_ptr<ChangeStream>> Follow(const SourcePosition& from,
                                               std::vector<FollowedTable> tables) override {
    return source_.Follow(from, std::move(tables));
  }

 private:
  ScriptedSource& source_;
  int chunks_ = 0;
};

TEST_P(Pipeline, AConnectionThatBreaksInTheBackfillIsMadeAnew) {
  ScriptedSource source = Shop();
  BreakingSource breaking(source);
  Lake lake(GetParam());
  const Status ran = lake.Run(breaking);
  ASSERT_TRUE(ran) << ran.error().ToString();
  lake.ExpectEquals(source);
}

TEST_P(Pipeline, RunningAgainChangesNothing) {
  ScriptedSource source = Shop();
  Lake lake(GetParam());
  ASSERT_TRUE(lake.Run(source));
  const auto again = lake.Run(source);
  ASSERT_TRUE(again) << again.error().ToString();
  lake.ExpectEquals(source);
}

// A crash before or after each durable step. What is before one step is after the one before it.
TEST_P(Pipeline, CrashAtEveryDurableStepLosesAndRepeatsNothing) {
  ScriptedSource source = Shop();
  int steps = 0;
  {
    Lake lake(GetParam());
    ASSERT_TRUE(lake.Run(source));
    steps = lake.faults().steps();
  }
  ASSERT_GT(steps, 40);
  for (int step = 1; step <= steps; ++step) {
    const Fault fault = step % 2 == 0 ? Fault::kCrashBefore : Fault::kCrashAfter;
    SCOPED_TRACE(std::to_string(step) + (fault == Fault::kCrashBefore ? " before" : " after"));
    Lake lake(GetParam());
    lake.faults().FailStep(step, fault);
    (void)lake.Run(source);
    lake.faults().Recover();
    lake.ExpectPlainReadersSee(false);
    const Status ran = lake.Run(source);
    ASSERT_TRUE(ran) << ran.error().ToString();
    lake.ExpectEquals(source);
    lake.ExpectPlainReadersSee(true);
    if (HasFailure()) return;
  }
}

// A reply that is lost after its effect is settled by reading back; the run goes on by itself.
TEST_P(Pipeline, LostRepliesAreSettledByReadingBack) {
  ScriptedSource source = Shop();
  int steps = 0;
  {
    Lake lake(GetParam());
    ASSERT_TRUE(lake.Run(source));
    steps = lake.faults().steps();
  }
  for (int step = 1; step <= steps; step += 2) {
    SCOPED_TRACE(step);
    Lake lake(GetParam());
    lake.faults().FailStep(step, Fault::kLostAfter);
    (void)lake.Run(source);
    lake.faults().Recover();
    lake.ExpectPlainReadersSee(false);
    const Status ran = lake.Run(source);
    ASSERT_TRUE(ran) << ran.error().ToString();
    lake.ExpectEquals(source);
    lake.ExpectPlainReadersSee(true);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace foreset::pipeline
