// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/capture/kafka/record_decoder.h"
#include "foreset/capture/kafka/record_queue.h"
#include "foreset/capture/kafka/schema_topics.h"
#include "foreset/capture/kafka/source_epochs.h"
#include "foreset/capture/kafka/topic_tables.h"
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
// Order of a round: records are fetched (RecordQueue); then the schema-change topic is read to its
// end of that moment (SchemaTopics), since a statement is produced before the rows that need it;
// then records are decoded (RecordDecoder). Rows at or after a statement wait for it, and it for
// the rows before it (StatementWait); then it begins a round. SchemaGate decides on rows that do
// not fit.
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
  TopicStream(const KafkaOptions& options, TopicReaders readers, const Clock& clock,
              const SourcePosition& from, const std::vector<FollowedTable>& tables);

  Status BeginRound(CaptureRound& round);
  Status ReadSchemas();
  Status Decode(CaptureRound& round);
  SourcePosition End() const;

  const KafkaOptions options_;
  const SourcePosition from_;  // where the stream began
  RecordQueue queue_;
  SchemaTopics schemas_;
  SourceEpochs epochs_;
  TopicTables tables_;
  RecordDecoder decoder_;
};

}  // namespace foreset::kafka
