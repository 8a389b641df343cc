// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/schema_topics.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/debezium/schema_record.h"
#include "foreset/capture/debezium/source_block.h"

namespace foreset::kafka {
namespace {

constexpr std::size_t kSchemaRecords = 500;
constexpr std::chrono::milliseconds kSchemaPoll{20};
constexpr int kMostIdlePolls = 1500;  // half a minute without a record: the broker is gone

mysql::TableFilter EveryTable() { return {{"*"}, {}}; }

}  // namespace

SchemaTopics::SchemaTopics(TopicNames names, std::unique_ptr<RecordSource> source,
                           mysql::SchemaRegistry known, debezium::DebeziumModes modes)
    : names_(std::move(names)),
      source_(std::move(source)),
      follower_(EveryTable(), std::move(known)),
      reader_(std::move(modes)) {}

Status SchemaTopics::AddNew(const std::map<std::string, std::int32_t>& topics,
                            const PartitionMarks& marks) {
  std::vector<PartitionPosition> fresh;
  for (const auto& [topic, partitions] : topics) {
    prefixes_.insert(topic);
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
      if (FindPartition(positions_, topic, partition) != nullptr) continue;
      // What retention took away is told by other sources of schemas, or not at all.
      auto& position = PartitionIn(positions_, topic, partition);
      position.next_offset = marks.at({topic, partition}).low;
      fresh.push_back(position);
    }
  }
  return source_->Add(fresh);
}

Result<std::vector<SchemaStep>> SchemaTopics::ReadToEnd(
    const std::map<std::string, std::int32_t>& topics, SourceEpochs& epochs) {
  std::vector<SchemaStep> steps;
  const auto wanted = names_.SchemaTopics(topics);
  if (wanted.empty()) return steps;
  const PartitionMarks marks = TRY(source_->QueryWatermarks(wanted));
  RETURN_IF_ERROR(AddNew(wanted, marks));
  const auto behind = [&] {
    return std::ranges::any_of(positions_, [&](const PartitionPosition& position) {
      const auto mark = marks.find({position.topic, position.partition});
      return mark != marks.end() && position.next_offset < mark->second.high;
    });
  };
  for (int idle = 0; behind() && idle < kMostIdlePolls; ++idle) {
    for (const Record& record : TRY(source_->Poll(kSchemaRecords, kSchemaPoll))) {
      idle = 0;
      auto& position = PartitionIn(positions_, record.topic(), record.partition());
      if (record.is_end()) {
        position.next_offset = std::max(position.next_offset, record.offset());
        continue;
      }
      RETURN_IF_ERROR(Take(record, epochs, steps));
      position.next_offset = record.offset().Next();
    }
  }
  if (behind()) {
    return Err(ErrorKind::kTransient, ErrorCode::kKafkaUnreachable,
               "the schema-change topic does not come to its end");
  }
  return steps;
}

Status SchemaTopics::Take(const Record& record, SourceEpochs& epochs,
                          std::vector<SchemaStep>& steps) {
  const auto message = reader_.Read(record.value());
  // Whatever else a producer puts here is no business of the tables.
  if (!message || message->kind != debezium::MessageKind::kSchemaChange) return {};
  auto schema_record = debezium::ReadSchemaRecord(message->payload);
  if (!schema_record) {
    return std::unexpected(std::move(schema_record)
                               .error()
                               .Within(fmt::format("{} [{}] at {}", record.topic(),
                                                   record.partition(), record.offset().value())));
  }
  LastPlace& last = last_[{std::string(record.topic()), record.partition()}];
  const SourceEpoch epoch = epochs.EpochOf(message->source, last);
  const auto sequence = TRY(debezium::SequenceOfDdl(message->source, epoch));
  for (mysql::DdlEffect& effect : TRY(follower_.Apply(*schema_record, epoch))) {
    const auto* change = std::get_if<SchemaChange>(&effect);
    const TableId table = TableOf(effect);
    steps.push_back({.sequence = change != nullptr ? change->sequence : sequence,
                     .effect = std::move(effect),
                     .wanted = names_.Wants(table, prefixes_),
                     .transaction = debezium::TransactionOf(message->source, ""),
                     .topic = std::string(record.topic()),
                     .place = {0, record.partition(), record.offset()}});
  }
  return {};
}

}  // namespace foreset::kafka
