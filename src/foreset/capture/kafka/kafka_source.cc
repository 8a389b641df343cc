// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/kafka_source.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/kafka/consumer.h"
#include "foreset/capture/kafka/topic_probe.h"
#include "foreset/capture/kafka/topic_stream.h"

namespace foreset::kafka {
namespace {

using mysql::CheckOutcome;
using mysql::ServerCheck;

constexpr std::int64_t kDayMs = 86'400'000;

ServerCheck Failed(std::string name, const Error& error) {
  return {.name = std::move(name),
          .outcome = CheckOutcome::kFailed,
          .found = error.message,
          .fix = error.NextStep(),
          .code = error.code};
}

ServerCheck CheckTopics(const std::map<std::string, std::int32_t>& matching) {
  ServerCheck check{.name = "kafka.topics", .found = fmt::format("{} match", matching.size())};
  if (!matching.empty()) return check;
  check.outcome = CheckOutcome::kWarning;
  check.wanted = "at least one topic that matches source.kafka.topics";
  check.fix = "Correct the globs, or start the connector: topics may come later.";
  return check;
}

ServerCheck CheckSchemas(const KafkaOptions& options,
                         const std::map<std::string, std::int32_t>& schema_topics) {
  ServerCheck check{.name = "kafka.schemas", .found = "in the messages only"};
  for (const auto& [topic, partitions] : schema_topics) check.found = "topic " + topic;
  if (!schema_topics.empty()) return check;
  if (options.server || !options.declared.empty()) {
    check.found = options.server ? "from source.mysql" : "declared";
    return check;
  }
  check.outcome = CheckOutcome::kWarning;
  check.wanted = "a schema-change topic, or messages with their schema";
  check.fix =
      "Set include.schema.changes=true or value.converter.schemas.enable=true at the connector, "
      "name source.mysql beside source.kafka, or declare source.kafka.schemas.";
  return check;
}

// Records that retention removes before they are read are lost; a compacted topic loses history.
void CheckKept(Consumer& consumer, const std::map<std::string, std::int32_t>& matching,
               std::vector<ServerCheck>& checks) {
  for (const auto& [topic, partitions] : matching) {
    auto settings = consumer.TopicSettings(topic);
    if (!settings) {
      checks.push_back(Failed("kafka.topic." + topic, settings.error()));
      continue;
    }
    const std::string policy = (*settings)["cleanup.policy"];
    const std::string retention = (*settings)["retention.ms"];
    std::int64_t ms = -1;
    std::from_chars(retention.data(), retention.data() + retention.size(), ms);
    ServerCheck check{
        .name = "kafka.topic." + topic,
        .found = fmt::format("cleanup.policy={}, retention.ms={}", policy, retention)};
    if (policy.find("compact") != std::string::npos) {
      check.outcome = CheckOutcome::kWarning;
      check.wanted = "cleanup.policy=delete: compaction removes changes that were not read yet";
      check.fix =
          fmt::format("kafka-configs --alter --topic {} --add-config cleanup.policy=delete", topic);
    } else if (ms >= 0 && ms < kDayMs) {
      check.outcome = CheckOutcome::kWarning;
      check.wanted = "records kept for longer than Foreset may be stopped";
      check.fix = fmt::format(
          "kafka-configs --alter --topic {} --add-config retention.ms=604800000", topic);
    }
    checks.push_back(std::move(check));
  }
}

}  // namespace

KafkaSource::KafkaSource(KafkaOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), names_(options_.topics, options_.schema_topic) {}

Result<SourceDescription> KafkaSource::Describe() {
  const auto consumer = TRY(Consumer::Open(options_));
  const auto topics = TRY(consumer->ListTopics());
  SourceDescription description{.server = "topics", .version = "Kafka"};
  description.now.from_topics = true;
  auto read = names_.Matching(topics);
  read.merge(names_.SchemaTopics(topics));
  for (const auto& [key, marks] : TRY(consumer->QueryWatermarks(read))) {
    PartitionIn(description.now.partitions, key.first, key.second).next_offset = marks.high;
  }
  return description;
}

Result<std::vector<TableId>> KafkaSource::ListTables() { return std::vector<TableId>(); }

Result<Backfill> KafkaSource::BeginBackfill(std::size_t /*readers*/, SourceEpoch /*epoch*/) {
  return Err(ErrorKind::kUnsupported, ErrorCode::kInternal, "topics have no backfill");
}

Result<std::unique_ptr<ChangeStream>> KafkaSource::Follow(const SourcePosition& from,
                                                          std::vector<FollowedTable> tables) {
  TopicReaders readers{.rows = TRY(Consumer::Open(options_)),
                       .statements = TRY(Consumer::Open(options_))};
  return TopicStream::Open(options_, std::move(readers), clock_, from, tables);
}

std::vector<ServerCheck> KafkaSource::Check() {
  auto consumer = Consumer::Open(options_);
  if (!consumer) return {Failed("kafka", consumer.error())};
  const auto topics = (*consumer)->ListTopics();
  if (!topics) return {Failed("kafka.brokers", topics.error())};
  const auto matching = names_.Matching(*topics);
  std::vector<ServerCheck> checks;
  checks.push_back({.name = "kafka.brokers", .found = options_.bootstrap_servers});
  checks.push_back(CheckTopics(matching));
  checks.push_back(CheckSchemas(options_, names_.SchemaTopics(*topics)));
  CheckKept(**consumer, matching, checks);
  for (auto& check : ProbeTopics(**consumer, matching, options_.modes)) {
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace foreset::kafka
