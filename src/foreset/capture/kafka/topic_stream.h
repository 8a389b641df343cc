// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/kafka/consumer.h"
#include "foreset/capture/kafka/schema_topics.h"
#include "foreset/capture/kafka/source_epochs.h"
#include "foreset/capture/kafka/table_rows.h"
#include "foreset/capture/kafka/topic_names.h"
#include "foreset/capture/source.h"

namespace foreset::kafka {

// The changes that Debezium's topics tell, as rounds. A round is cut by size and time: records do
// not tell where transactions end. In it each table has one batch at most, in the source's order.
//
// Order of a round: records are fetched; then the schema-change topic is read to its end of that
// moment, since a statement is produced before the rows that need it; then records are decoded.
// Rows at or after a statement wait until every partition of the table has come to it, or to where
// it ended when the statement was noticed; then the statement begins a round.
//
// Memory: the round's records and batches, and what the library has fetched ahead.
class TopicStream final : public ChangeStream {
 public:
  static Result<std::unique_ptr<ChangeStream>> Open(const KafkaOptions& options,
                                                    const SourcePosition& from,
                                                    const std::vector<FollowedTable>& tables);

  Result<CaptureRound> Next(const RoundLimits& limits, const std::stop_token& stop) override;
  void MadeDurable(const SourcePosition& position) override;

 private:
  using PartitionKey = std::pair<std::string, std::int32_t>;
  struct Partition {
    PartitionPosition position;  // next_offset: after what is decoded
    LastPlace last;
    LogOffset end{0};                      // as last met: between the records fetched before and it
                                           // there are ends of transactions only
    std::deque<Record> waiting;            // fetched, not decoded
    std::optional<Sequence> held_at;       // of the first waiting one, which waits for a statement
    std::int32_t partitions_of_topic = 1;  // for ordinals of snapshot rows
    bool paused = false;
  };

  TopicStream(const KafkaOptions& options, std::unique_ptr<Consumer> consumer,
              std::unique_ptr<SchemaTopics> schemas, const SourcePosition& from);

  Status LookForTopics();
  Status AddPartitions(const std::map<std::string, std::int32_t>& topics);
  Result<LogOffset> BeginningOf(const PartitionKey& key, const Watermarks& marks) const;
  Status Fetch(const RoundLimits& limits, const std::stop_token& stop);
  std::size_t Take(std::vector<Record> records);
  Status ReadSchemas();
  Status NoteEnds(const std::set<TableId>& waiting);
  Status Release(CaptureRound& round);
  bool IsReleasable(const TableRows& table) const;
  static Status Apply(TableRows& table, SchemaStep step, CaptureRound& round);
  Status Decode(CaptureRound& round);
  Status DecodePartition(Partition& partition, CaptureRound& round);
  Status DecodeRecord(Partition& partition, CaptureRound& round, bool& held);
  Status DecodeChange(const debezium::Message& message, Partition& partition, CaptureRound& round,
                      bool& held);
  Result<Sequence> SequenceOf(const debezium::Message& message, const Partition& partition,
                              SourceEpoch epoch) const;
  Result<TableRows*> TableOf(const debezium::Message& message, const Record& record,
                             CaptureRound& round);
  Result<std::shared_ptr<const TableSchema>> FindSchema(const TableId& id,
                                                        const debezium::Message& message,
                                                        const Record& record, Sequence& since);
  void Quarantine(Error error, const debezium::Message* message, const Record& record,
                  Sequence sequence, CaptureRound& round);
  void Advance(const debezium::Message& message, Sequence sequence, Partition& partition);
  Status Unpause();
  bool HasFetched(const SourcePosition& until) const;
  bool AnyWaiting() const;
  SourcePosition End() const;

  KafkaOptions options_;
  TopicNames names_;
  std::unique_ptr<Consumer> consumer_;
  std::unique_ptr<SchemaTopics> schemas_;
  debezium::MessageReader reader_;
  SourceEpochs epochs_;
  SourcePosition from_;    // where the stream began
  SourcePosition newest_;  // without partitions: of the newest change seen
  Sequence newest_sequence_;
  Timestamp newest_commit_;
  std::map<PartitionKey, Partition> partitions_;
  std::map<TableId, TableRows> tables_;
  std::map<std::string, std::int32_t> all_topics_;
  std::map<TableId, std::shared_ptr<const TableSchema>> server_tables_;
  std::optional<SourcePosition> server_position_;
  std::chrono::steady_clock::time_point looked_;
  std::size_t fetched_bytes_ = 0;
};

}  // namespace foreset::kafka
