// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/topic_stream.h"

#include <utility>

namespace foreset::kafka {
namespace {

// Of a table that stopped before it began, nothing may be known but its name.
mysql::SchemaRegistry KnownSchemas(const std::vector<FollowedTable>& tables) {
  mysql::SchemaRegistry known;
  for (const FollowedTable& table : tables) {
    if (table.schema->columns.empty()) continue;
    known.Put(table.schema, table.after);
    if (table.dropped) known.Erase(table.schema->id);
  }
  return known;
}

TopicNames NamesOf(const KafkaOptions& options) { return {options.topics, options.schema_topic}; }

}  // namespace

TopicStream::TopicStream(const KafkaOptions& options, TopicReaders readers, const Clock& clock,
                         const SourcePosition& from, const std::vector<FollowedTable>& tables)
    : options_(options),
      from_(from),
      queue_(options_, NamesOf(options), std::move(readers.rows), clock, from),
      schemas_(NamesOf(options), std::move(readers.statements), KnownSchemas(tables),
               options.modes),
      epochs_(from.servers),
      tables_(options_),
      decoder_(options_, from,
               {.tables = tables_,
                .schemas = schemas_,
                .epochs = epochs_,
                .partitions = std::as_const(queue_).partitions(),
                .clock = clock}) {
  for (const FollowedTable& table : tables) tables_.Follow(table);
}

Result<std::unique_ptr<ChangeStream>> TopicStream::Open(const KafkaOptions& options,
                                                        TopicReaders readers, const Clock& clock,
                                                        const SourcePosition& from,
                                                        const std::vector<FollowedTable>& tables) {
  std::unique_ptr<TopicStream> stream(
      new TopicStream(options, std::move(readers), clock, from, tables));
  RETURN_IF_ERROR(stream->queue_.LookForTopics());
  return stream;
}

Result<CaptureRound> TopicStream::Next(const RoundLimits& limits, const std::stop_token& stop) {
  CaptureRound round;
  RETURN_IF_ERROR(BeginRound(round));
  // What waits for a statement, or to stop, should not wait for the clock, too.
  const bool hasty = tables_.AnyStatement() || !round.items.empty();
  RETURN_IF_ERROR(queue_.Fetch(limits, hasty, stop));
  if (queue_.IsTimeToLook()) RETURN_IF_ERROR(queue_.LookForTopics());
  RETURN_IF_ERROR(ReadSchemas());
  RETURN_IF_ERROR(Decode(round));
  RETURN_IF_ERROR(tables_.NoteEnds(queue_));
  RETURN_IF_ERROR(queue_.Settle());
  round.newest_commit = decoder_.newest().committed_at();
  round.end = End();
  return round;
}

Status TopicStream::BeginRound(CaptureRound& round) {
  RETURN_IF_ERROR(tables_.BeginRound(queue_.partitions(), round));
  for (auto& [key, partition] : queue_.partitions()) partition.held_at.reset();
  return {};
}

Status TopicStream::ReadSchemas() {
  for (SchemaStep& step : TRY(schemas_.ReadToEnd(queue_.all_topics(), epochs_))) {
    tables_.Await(std::move(step));
  }
  return {};
}

Status TopicStream::Decode(CaptureRound& round) {
  for (auto& [key, partition] : queue_.partitions()) {
    RETURN_IF_ERROR(decoder_.Decode(partition, round));
  }
  return tables_.FinishRound(round);
}

SourcePosition TopicStream::End() const {
  SourcePosition end = decoder_.newest().position();
  end.servers = epochs_.Describe();
  end.partitions = schemas_.positions();
  tables_.Uncover(end.partitions);
  for (const auto& [key, partition] : queue_.partitions()) {
    PartitionIn(end.partitions, key.first, key.second) = partition.position;
  }
  // Never back: topics that nobody asks for any more keep what was read of them.
  for (const PartitionPosition& before : from_.partitions) {
    if (FindPartition(end.partitions, before.topic, before.partition) == nullptr) {
      PartitionIn(end.partitions, before.topic, before.partition) = before;
    }
  }
  return end;
}

void TopicStream::MadeDurable(const SourcePosition& position) {
  queue_.source().Publish(position.partitions);
}

}  // namespace foreset::kafka
