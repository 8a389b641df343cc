// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string_view>

#include "foreset/capture/kafka/record_queue.h"
#include "foreset/capture/kafka/topic_table.h"

namespace foreset::kafka {

// The tables of a stream. Not thread-safe.
class TopicTables {
 public:
  explicit TopicTables(const KafkaOptions& options) : options_(options) {}

  // As the lake has it.
  void Follow(const FollowedTable& table);
  // Null when it is not known.
  TopicTable* Find(const TableId& id);
  // Made when it is not known.
  TopicTable& At(const TableId& id);

  // A statement of the schema-change topic. One of a table that no row has been met of is kept,
  // where its own topic is not asked for: its rows may come in a topic of another name.
  void Await(SchemaStep step);
  // A row of the table has come: the statements that were kept for it are the table's.
  void Claim(TopicTable& table);
  // `table` has a statement that is new: what it waits for is noted with the next NoteEnds.
  void Notice(const TopicTable& table) { noticed_.insert(table.id()); }
  // Where the partitions of tables with new statements end now.
  Status NoteEnds(RecordQueue& queue);
  bool AnyStatement() const;
  // Where the statements stand that wait, in `positions` of their topics: they are not covered.
  void Uncover(std::vector<PartitionPosition>& positions) const;

  // Whatever the topic feeds has stopped, and it feeds something.
  bool HasStopped(std::string_view topic) const;
  // Stops what the topic feeds, the table of its name when that is nothing yet.
  void StopTopic(std::string_view topic, const Error& error, Sequence at, Timestamp when);

  // What the tables begin the round with.
  Status BeginRound(const ReadPartitions& partitions, CaptureRound& round);
  // Each table's rows, as one batch.
  Status FinishRound(CaptureRound& round);

 private:
  const KafkaOptions& options_;
  std::map<TableId, TopicTable> tables_;
  std::map<TableId, std::deque<SchemaStep>> unclaimed_;
  std::set<TableId> noticed_;  // tables with statements whose ends are not noted
};

}  // namespace foreset::kafka
