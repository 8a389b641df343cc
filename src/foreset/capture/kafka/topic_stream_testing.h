// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/capture/kafka/scripted_messages_testing.h"
#include "foreset/capture/kafka/scripted_records_testing.h"
#include "foreset/capture/kafka/topic_stream.h"

namespace foreset::kafka {

using Told = std::vector<std::string>;
using scripted::Columns;
inline const Columns kIdV = {{"id", "INT"}, {"v", "VARCHAR"}};
inline const Columns kIdVW = {{"id", "INT"}, {"v", "VARCHAR"}, {"w", "VARCHAR"}};

// A stream over topics that the test writes: the statements in `p`, the tables of database `d` in
// `p.d.<table>`. What it hands on is told in a line each:
//   "create t(id,v)", "alter t(id,v,w)", "drop t", "stop t E5105", "t(id,v) c1 u1 d1" (operation
//   and id of each row), "bad t E2321 <bytes> at p.d.t[0]:2"
class TopicStreamTest : public ::testing::Test {
 protected:
  static constexpr std::chrono::milliseconds kInterval{100};
  static constexpr std::chrono::milliseconds kIdle{200};
  static constexpr int kMostRounds = 200;

  TopicStreamTest() {
    options_.topics = {"p.d.*"};
    topics_.Create("p");
    end_.from_topics = true;
  }

  // From where the last complete round ended, with the tables that the rounds have told so far.
  void Open() {
    std::vector<FollowedTable> tables;
    for (const auto& [id, table] : lake_) tables.push_back(table);
    auto opened = TopicStream::Open(
        options_, {.rows = topics_.Open(clock_), .statements = topics_.Open(clock_)}, clock_, end_,
        tables);
    ASSERT_TRUE(opened) << opened.error().ToString();
    stream_ = *std::move(opened);
  }

  void Tell(std::string statement) { topics_.Put("p", 0, {}, std::move(statement)); }
  void Create(const std::string& table = "t", std::uint64_t place = 100) {
    Tell(scripted::Statement(
        "CREATE", fmt::format("CREATE TABLE {} (id INT PRIMARY KEY, v VARCHAR(20))", table), place,
        kIdV, R"("id")", table));
  }
  void AddColumn(std::uint64_t place) {
    Tell(scripted::Statement("ALTER", "ALTER TABLE t ADD COLUMN w VARCHAR(20)", place, kIdVW));
  }
  void Put(std::string value, std::int32_t partition = 0, const std::string& topic = "p.d.t") {
    topics_.Put(topic, partition, scripted::KeyOf(1), std::move(value));
  }
  // The table has its CREATE and row 1, at place 200, behind it.
  void OpenWithARow() {
    Create();
    Put(scripted::Insert(200, 1));
    Open();
    ReadAll();
  }
  static std::string Wide(std::uint64_t place, int id) {
    return scripted::Change('c', place, "null", fmt::format(R"({{"id":{},"v":"x","w":"y"}})", id));
  }

  Result<CaptureRound> TryNext() {
    auto round = stream_->Next(limits_, stop_.get_token());
    if (!round) return round;
    end_ = round->end;
    for (const CaptureItem& item : round->items) Keep(item);
    CheckOrder(*round);
    for (const auto& [reason, count] : round->filtered) filtered_[reason] += count;
    return round;
  }
  // One round.
  Told Next() {
    const auto round = TryNext();
    EXPECT_TRUE(round) << round.error().ToString();
    return round ? TextsOf(*round) : Told{"failed"};
  }
  // Rounds until they bring nothing more.
  Told ReadAll() {
    Told told;
    for (int rounds = 0, quiet = 0; quiet < 2; ++rounds) {
      const SourcePosition before = end_;
      const Told round = rounds < kMostRounds ? Next() : Told{"no end"};
      if (round == Told{"failed"} || round == Told{"no end"}) return round;
      quiet = round.empty() && end_ == before ? quiet + 1 : 0;
      told.insert(told.end(), round.begin(), round.end());
    }
    return told;
  }
  // Rounds until it is so; false when it does not come to that.
  bool NextUntil(const std::function<bool()>& done) {
    for (int rounds = 0; rounds < kMostRounds && !done(); ++rounds) {
      if (Next() == Told{"failed"}) return false;
    }
    return done();
  }
  std::int64_t CoveredIn(const std::string& topic, std::int32_t partition = 0) const {
    const PartitionPosition* position = FindPartition(end_.partitions, topic, partition);
    return position == nullptr ? -1 : position->next_offset.value();
  }

  static Told TextsOf(const CaptureRound& round) {
    Told texts;
    for (const CaptureItem& item : round.items) {
      texts.push_back(std::visit([](const auto& value) { return TextOf(value); }, item));
    }
    return texts;
  }

  ScriptedTopics topics_;
  ManualClock clock_{Timestamp(1'800'000'000'000'000)};
  KafkaOptions options_;
  RoundLimits limits_{.bytes = 64UL << 20U, .interval = kInterval, .idle = kIdle, .until = {}};
  std::stop_source stop_;
  std::unique_ptr<ChangeStream> stream_;
  SourcePosition end_;  // of the last round
  std::map<TableId, FollowedTable> lake_;
  std::map<TableId, Error> stops_;
  std::map<std::string, std::uint64_t> filtered_;  // of all rounds

 private:
  // What every round keeps: changes of schemas come first, and each table has one batch at most.
  static void CheckOrder(const CaptureRound& round) {
    std::map<TableId, int> batches;
    for (const CaptureItem& item : round.items) {
      if (const auto* batch = std::get_if<std::shared_ptr<const ChangeBatch>>(&item)) {
        EXPECT_EQ(++batches[(*batch)->schema->id], 1);
        EXPECT_TRUE(std::ranges::is_sorted((*batch)->sequences));
      } else if (std::holds_alternative<SchemaChange>(item)) {
        EXPECT_TRUE(batches.empty());
      }
    }
  }

  void Keep(const CaptureItem& item) {
    const auto* change = std::get_if<SchemaChange>(&item);
    if (change == nullptr) return;
    FollowedTable& table = lake_[change->table];
    if (change->after != nullptr) table.schema = change->after;
    if (table.schema == nullptr) {
      table.schema = std::make_shared<const TableSchema>(TableSchema{.id = change->table});
    }
    table.after = change->sequence;
    table.stopped = change->cannot_follow.has_value();
    if (change->cannot_follow) stops_[change->table] = *change->cannot_follow;
    table.dropped = change->kind == SchemaChangeKind::kDrop;
  }

  static std::string NameOf(const TableSchema& schema) {
    std::string names;
    for (const ColumnSchema& column : schema.columns) {
      names += (names.empty() ? "" : ",") + column.name;
    }
    return fmt::format("{}({})", schema.id.table, names);
  }
  static std::string TextOf(const SchemaChange& change) {
    if (change.cannot_follow) {
      return fmt::format("stop {} {}", change.table.table, FormatCode(change.cannot_follow->code));
    }
    if (change.kind == SchemaChangeKind::kDrop) return "drop " + change.table.table;
    const bool created = change.kind == SchemaChangeKind::kCreate;
    return fmt::format("{} {}", created ? "create" : "alter", NameOf(*change.after));
  }
  static std::string TextOf(const std::shared_ptr<const ChangeBatch>& batch) {
    std::string text = NameOf(*batch->schema);
    for (std::size_t row = 0; row < batch->size(); ++row) {
      const Operation operation = batch->operations[row];
      const auto& image = operation == Operation::kDelete ? batch->before : batch->after;
      const auto id = image->GetColumnByName("id")->GetScalar(static_cast<std::int64_t>(row));
      text += fmt::format(" {}{}", static_cast<char>(operation),
                          (*id)->is_valid ? (*id)->ToString() : "");
    }
    return text;
  }
  static std::string TextOf(const QuarantinedRecord& record) {
    return fmt::format("bad {} {} {} at {}[{}]:{}", record.table.table, FormatCode(record.code),
                       record.bytes, record.topic, record.partition, record.offset.value());
  }
};

}  // namespace foreset::kafka
