// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "foreset/base/clock.h"
#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/kafka/newest_change.h"
#include "foreset/capture/kafka/read_partition.h"
#include "foreset/capture/kafka/schema_topics.h"
#include "foreset/capture/kafka/source_epochs.h"
#include "foreset/capture/kafka/table_origins.h"
#include "foreset/capture/kafka/topic_tables.h"
#include "foreset/capture/source.h"

namespace foreset::kafka {

// What becomes of each record: a row of its table, one for quarantine, or one that is counted as
// filtered. A record that cannot be read alone is for quarantine; what leaves doubt about the rest
// stops its table, or all that its topic feeds. Not thread-safe.
class RecordDecoder {
 public:
  // What it shares with the stream. They outlive it.
  struct Shared {
    TopicTables& tables;
    SchemaTopics& schemas;
    SourceEpochs& epochs;
    const ReadPartitions& partitions;  // all
    const Clock& clock;
  };
  // `options` outlive it. The lake has what is before `from`.
  RecordDecoder(const KafkaOptions& options, const SourcePosition& from, Shared shared);

  // Decodes what waits in the partition, one of `partitions`, up to the first record that has to
  // stay there for now. Errors are of the machinery, never of a record or a table.
  Status Decode(ReadPartition& partition, CaptureRound& round);
  // Of what was decoded.
  const NewestChange& newest() const { return newest_; }

 private:
  // One record on its way into the round.
  struct Decoding {
    ReadPartition& partition;
    CaptureRound& round;
    const Record& record;
    LastPlace last;     // the partition's, once the record is taken
    bool held = false;  // the record stays where it is
  };

  Status DecodeRecord(Decoding& decoding);
  static void Filter(std::string_view reason, Decoding& decoding);
  static void Quarantine(Error error, const debezium::Message* message, Sequence sequence,
                         Decoding& decoding);
  void TakeTombstone(Decoding& decoding);
  bool NoteRow(const debezium::Message& message, const Record& record, ReadPartition& partition);

  Status DecodeChange(const debezium::Message& message, Decoding& decoding);
  Status DecodeRow(const debezium::Message& message, TopicTable& table, Sequence sequence,
                   Decoding& decoding);
  Status Begin(const debezium::Message& message, TopicTable& table, Sequence sequence,
               Decoding& decoding);
  Status FollowMessage(const debezium::Message& message, TopicTable& table, Sequence sequence,
                       Decoding& decoding);
  Status Misfit(Error error, const debezium::Message& message, TopicTable& table, Sequence sequence,
                Decoding& decoding);
  bool LeaveOut(const debezium::Message& message, TopicTable& table, Sequence sequence);

  void StopTable(TopicTable& table, const Error& error, Sequence at, Decoding& decoding) const;
  void StopTopic(const Error& error, Decoding& decoding);

  Shared shared_;
  debezium::MessageReader reader_;
  TableOrigins origins_;
  NewestChange newest_;
  std::set<std::string, std::less<>> unwrapped_;  // topics
};

}  // namespace foreset::kafka
