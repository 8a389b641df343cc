// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/kafka/record_queue.h"
#include "foreset/capture/kafka/schema_topics.h"
#include "foreset/capture/kafka/source_epochs.h"
#include "foreset/capture/kafka/table_origins.h"
#include "foreset/capture/kafka/table_rows.h"
#include "foreset/capture/source.h"

namespace foreset::kafka {

// Two readers of the same topics: what tells statements is read to its end before the rows.
struct TopicReaders {
  std::unique_ptr<RecordSource> rows;
  std::unique_ptr<RecordSource> statements;
};

// The changes that Debezium's topics tell, as rounds. A round is cut by size and time: records do
// not tell where transactions end. In it each table has one batch at most, in the source's order.
//
// Order of a round: records are fetched; then the schema-change topic is read to its end of that
// moment, since a statement is produced before the rows that need it; then records are decoded.
// Rows at or after a statement wait until every partition of the table has come to it, or to where
// it ended when the statement was noticed; then the statement begins a round. SchemaGate decides on
// rows that do not fit.
//
// What cannot be read with certainty stops its table, with a schema change that cannot be followed;
// the records of a table that has stopped are counted as filtered.
//
// Memory: the round's records and batches, and what the library has fetched ahead.
class TopicStream final : public ChangeStream {
 public:
  // `clock` outlives it.
  static Result<std::unique_ptr<ChangeStream>> Open(const KafkaOptions& options,
                                                    TopicReaders readers, const Clock& clock,
                                                    const SourcePosition& from,
                                                    const std::vector<FollowedTable>& tables);

  Result<CaptureRound> Next(const RoundLimits& limits, const std::stop_token& stop) override;
  void MadeDurable(const SourcePosition& position) override;

 private:
  // One record on its way into the round.
  struct Decoding {
    ReadPartition& partition;
    CaptureRound& round;
    const Record& record;
    LastPlace last;     // the partition's, once the record is taken
    bool held = false;  // the record stays where it is
  };

  TopicStream(const KafkaOptions& options, std::unique_ptr<RecordSource> source,
              std::unique_ptr<SchemaTopics> schemas, const Clock& clock,
              const SourcePosition& from);

  Status ReadSchemas();
  void Queue(const TableId& id, SchemaStep step);
  void Claim(const TableId& id);
  Status NoteEnds(const std::set<TableId>& waiting);
  Status Release(CaptureRound& round);
  bool IsReleasable(const TableRows& table) const;
  static Status Apply(TableRows& table, SchemaStep step, CaptureRound& round);
  Status FollowMessage(const debezium::Message& message, TableRows& rows, Sequence sequence,
                       Decoding& decoding);

  void StopTable(const TableId& id, TableRows& rows, Error error, Sequence at);
  void StopTopic(const Error& error, Decoding& decoding);
  bool HasStopped(std::string_view topic) const;

  Status Decode(CaptureRound& round);
  Status DecodePartition(ReadPartition& partition, CaptureRound& round);
  Status DecodeRecord(Decoding& decoding);
  static void Filter(std::string_view reason, Decoding& decoding);
  void TakeTombstone(Decoding& decoding);
  bool NoteRow(const debezium::Message& message, const Record& record, ReadPartition& partition);
  Status DecodeChange(const debezium::Message& message, Decoding& decoding);
  Status DecodeRow(const debezium::Message& message, const TableId& id, Sequence sequence,
                   Decoding& decoding);
  Status Misfit(Error error, const debezium::Message& message, const TableId& id, Sequence sequence,
                Decoding& decoding);
  bool LeaveOut(const debezium::Message& message, const TableId& id, Sequence sequence);
  Status Begin(const debezium::Message& message, const TableId& id, TableRows& rows,
               Decoding& decoding);
  void Quarantine(Error error, const debezium::Message* message, Sequence sequence,
                  Decoding& decoding);
  void Advance(const debezium::Message& message, Sequence sequence, ReadPartition& partition);
  SourcePosition End() const;

  KafkaOptions options_;
  const Clock& clock_;
  RecordQueue queue_;
  std::unique_ptr<SchemaTopics> schemas_;
  debezium::MessageReader reader_;
  SourceEpochs epochs_;
  SourcePosition from_;    // where the stream began
  SourcePosition newest_;  // without partitions: of the newest change seen
  Sequence newest_sequence_;
  Timestamp newest_commit_;
  std::map<TableId, TableRows> tables_;
  std::map<TableId, std::deque<SchemaStep>> unclaimed_;  // of tables that no row has been met of
  std::set<std::string, std::less<>> unwrapped_;         // topics
  TableOrigins origins_;
};

}  // namespace foreset::kafka
