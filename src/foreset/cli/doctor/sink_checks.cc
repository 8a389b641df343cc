// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/sink_checks.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/clock.h"
#include "foreset/capture/kafka/consumer.h"
#include "foreset/capture/kafka/producer.h"
#include "foreset/cli/operation/lake_status.h"
#include "foreset/cli/wiring.h"

namespace foreset::cli {
namespace {

constexpr std::chrono::seconds kPatience{10};

mysql::ServerCheck Check(std::string name, std::string found) {
  return {.name = std::move(name), .found = std::move(found)};
}

mysql::ServerCheck Failed(std::string name, std::string found, const Error& error) {
  return {.name = std::move(name),
          .outcome = mysql::CheckOutcome::kFailed,
          .found = std::move(found),
          .wanted = error.message,
          .fix = error.NextStep(),
          .code = error.code};
}

// The brokers, and how many topics there are of the prefix.
Result<std::size_t> CountTopics(const KafkaSinkSettings& sink) {
  kafka::KafkaOptions options;
  options.bootstrap_servers = sink.bootstrap_servers;
  options.security = sink.security;
  const auto consumer = TRY(kafka::Consumer::Open(options));
  const auto topics = TRY(consumer->ListTopics());
  return static_cast<std::size_t>(std::ranges::count_if(
      topics, [&](const auto& topic) { return topic.first.starts_with(sink.topic_prefix + "."); }));
}

// With an id of its own: the pipeline's would fence off the pipeline.
Status TryTransactions(const pipeline::PublishOptions& publish, const std::string& id) {
  kafka::ProducerOptions options = publish.kafka;
  options.transactional_id = id;
  const auto end = SystemClock().Steady() + kPatience;
  auto producer = kafka::Producer::Open(options, [end] { return SystemClock().Steady() > end; });
  if (producer) return {};
  if (producer.error().kind != ErrorKind::kCancelled) {
    return std::unexpected(std::move(producer).error());
  }
  return Err(ErrorKind::kTransient, ErrorCode::kKafkaUnavailable,
             "no broker granted a transactional producer within 10 s");
}

mysql::ServerCheck CheckTransactions(const pipeline::PublishOptions& publish) {
  const std::string id = publish.TransactionalId() + ".doctor";
  const Status tried = TryTransactions(publish, id);
  if (tried) return Check("sink.transactions", publish.TransactionalId());
  mysql::ServerCheck check = Failed("sink.transactions", id, tried.error());
  if (tried.error().kind == ErrorKind::kTransient) return check;
  // A rule may grant the pipeline's own id alone, which must not be tried.
  check.outcome = mysql::CheckOutcome::kWarning;
  check.fix = fmt::format(
      "Allow Write and Describe on transactional ids that begin with {}, or ignore this where the "
      "rule names that id exactly.",
      publish.TransactionalId());
  return check;
}

}  // namespace

std::vector<mysql::ServerCheck> CheckSink(const Configuration& configuration) {
  const KafkaSinkSettings& sink = *configuration.kafka_sink;
  const auto topics = CountTopics(sink);
  if (!topics) return {Failed("sink.brokers", sink.bootstrap_servers, topics.error())};
  std::vector<mysql::ServerCheck> checks;
  checks.push_back(Check("sink.brokers", sink.bootstrap_servers));
  checks.push_back(Check("sink.topics", fmt::format("{} of {}.*", *topics, sink.topic_prefix)));
  const auto publish = PublishOptionsOf(configuration);
  checks.push_back(CheckTransactions(publish));
  const auto published = AskSink(configuration);
  if (!published) {
    checks.push_back(Failed("sink.progress", publish.ProgressTopic(), published.error()));
  } else {
    checks.push_back(Check("sink.progress", published->position.empty()
                                                ? "nothing is published yet"
                                                : "up to " + published->position.ToString()));
  }
  return checks;
}

}  // namespace foreset::cli
