// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/topic_probe.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/clock.h"
#include "foreset/base/errors/topics.h"
#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/kafka/tombstone_watch.h"

namespace foreset::kafka {
namespace {

constexpr std::int64_t kRecords = 20;  // of a partition
constexpr std::size_t kProbedRecords = 500;
constexpr std::chrono::milliseconds kProbePoll{100};
constexpr std::chrono::seconds kLongest{10};

// What the last records of one topic say.
class Probe {
 public:
  void Take(debezium::MessageReader& reader, const Record& record) {
    const auto message = reader.Read(record.value());
    if (!message) {
      const bool whole_topic = message.error().kind == ErrorKind::kUnsupported;
      if (!error_ || whole_topic) error_ = message.error();
      return;
    }
    ++readable_;
    TombstoneWatch& watch = watches_[record.partition()];
    if (message->kind == debezium::MessageKind::kTombstone) {
      // What the first one repeats is not seen.
      if (first_.insert(record.partition()).second) return;
      watch.Tombstone(record.key());
      return;
    }
    first_.insert(record.partition());
    watch.Row(*message, record.key());
    unwrapped_ = unwrapped_ || message->kind == debezium::MessageKind::kUnwrapped;
  }

  std::optional<Error> Verdict() const {
    if (error_ && (error_->kind == ErrorKind::kUnsupported || readable_ == 0)) return error_;
    const bool unplaced =
        std::ranges::any_of(watches_, [](const auto& watch) { return watch.second.unplaced(); });
    if (!unwrapped_ || !unplaced) return std::nullopt;
    return Error{ErrorKind::kInvalidInput,
                 topics_error::kTombstoneUnplaced,
                 "rows are unwrapped, and deletes are records without a value",
                 {}};
  }

 private:
  std::optional<Error> error_;
  std::size_t readable_ = 0;
  std::map<std::int32_t, TombstoneWatch> watches_;
  std::set<std::int32_t> first_;
  bool unwrapped_ = false;
};

Status ReadLast(Consumer& consumer, const std::map<std::string, std::int32_t>& topics,
                debezium::MessageReader& reader, std::map<std::string, Probe>& probes) {
  std::vector<PartitionPosition> wanted;
  for (const auto& [key, marks] : TRY(consumer.QueryWatermarks(topics))) {
    if (marks.high <= marks.low) continue;
    auto& position = PartitionIn(wanted, key.first, key.second);
    position.next_offset = std::max(marks.low, LogOffset(marks.high.value() - kRecords));
  }
  RETURN_IF_ERROR(consumer.Add(wanted));
  const auto began = SystemClock().Steady();
  std::size_t ended = 0;
  while (ended < wanted.size() && SystemClock().Steady() - began < kLongest) {
    for (const Record& record : TRY(consumer.Poll(kProbedRecords, kProbePoll))) {
      if (record.is_end()) {
        ++ended;
      } else {
        probes[std::string(record.topic())].Take(reader, record);
      }
    }
  }
  return {};
}

mysql::ServerCheck FailedProbe(std::string name, const Error& error) {
  return {.name = std::move(name),
          .outcome = mysql::CheckOutcome::kFailed,
          .found = error.message,
          .fix = error.NextStep(),
          .code = error.code};
}

}  // namespace

std::vector<mysql::ServerCheck> ProbeTopics(Consumer& consumer,
                                            const std::map<std::string, std::int32_t>& topics,
                                            const debezium::DebeziumModes& modes) {
  std::map<std::string, Probe> probes;
  debezium::MessageReader reader(modes);
  std::vector<mysql::ServerCheck> checks;
  if (const auto read = ReadLast(consumer, topics, reader, probes); !read) {
    checks.push_back(FailedProbe("kafka.records", read.error()));
    return checks;
  }
  for (const auto& [topic, probe] : probes) {
    if (const auto error = probe.Verdict()) {
      checks.push_back(FailedProbe("kafka.records." + topic, *error));
    }
  }
  if (checks.empty() && !probes.empty()) {
    checks.push_back(
        {.name = "kafka.records", .found = fmt::format("of {} topics readable", probes.size())});
  }
  return checks;
}

}  // namespace foreset::kafka
