// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/capture/kafka/record_source.h"

namespace foreset::kafka {

// Topics as a test writes them, in memory. Outlives its readers. Not thread-safe.
class ScriptedTopics {
 public:
  struct Stored {
    std::optional<std::string> key;
    std::optional<std::string> value;
  };

  void Create(const std::string& topic, std::int32_t partitions = 1) {
    auto& log = topics_[topic];
    while (static_cast<std::int32_t>(log.size()) < partitions) log.emplace_back();
  }
  void Delete(const std::string& topic) { topics_.erase(topic); }
  // At the partition's end.
  void Put(const std::string& topic, std::int32_t partition, std::optional<std::string> key,
           std::optional<std::string> value) {
    Create(topic, partition + 1);
    At(topic, partition).records.push_back({std::move(key), std::move(value)});
  }
  // Retention takes the first records.
  void Forget(const std::string& topic, std::int32_t partition, std::int64_t below) {
    At(topic, partition).low = below;
  }
  // Readers do not get the records from `offset` on, as of a broker that lags, until Bring.
  void Withhold(const std::string& topic, std::int32_t partition, std::int64_t offset) {
    At(topic, partition).withheld = offset;
  }
  void Bring(const std::string& topic, std::int32_t partition) {
    At(topic, partition).withheld.reset();
  }
  // The next Poll of a reader that reads `topic` fails.
  void FailOnce(const std::string& topic, Error error) { failures_[topic] = std::move(error); }

  // A reader for whom time goes by while it waits for records in vain.
  std::unique_ptr<RecordSource> Open(ManualClock& clock);

  // What readers were last told to publish, and which partitions are paused.
  const std::vector<PartitionPosition>& published() const { return published_; }
  const std::set<PartitionKey>& paused() const { return paused_; }
  int looks() const { return looks_; }  // calls of ListTopics

 private:
  friend class ScriptedReader;
  struct Log {
    std::deque<Stored> records;
    std::int64_t low = 0;
    std::optional<std::int64_t> withheld;
  };
  Log& At(const std::string& topic, std::int32_t partition) {
    return topics_.at(topic).at(static_cast<std::size_t>(partition));
  }

  std::map<std::string, std::vector<Log>> topics_;
  std::map<std::string, Error> failures_;
  std::vector<PartitionPosition> published_;
  std::set<PartitionKey> paused_;
  int looks_ = 0;
};

class ScriptedReader final : public RecordSource {
 public:
  ScriptedReader(ScriptedTopics& topics, ManualClock& clock) : topics_(topics), clock_(clock) {}

  Result<std::map<std::string, std::int32_t>> ListTopics() override {
    ++topics_.looks_;
    std::map<std::string, std::int32_t> found;
    for (const auto& [topic, logs] : topics_.topics_) {
      found[topic] = static_cast<std::int32_t>(logs.size());
    }
    return found;
  }

  Result<PartitionMarks> QueryWatermarks(
      const std::map<std::string, std::int32_t>& topics) override {
    PartitionMarks marks;
    for (const auto& [topic, partitions] : topics) {
      for (std::int32_t partition = 0; partition < partitions; ++partition) {
        const ScriptedTopics::Log& log = topics_.At(topic, partition);
        marks[{topic, partition}] = {LogOffset(log.low), EndOf(log)};
      }
    }
    return marks;
  }

  Status Add(const std::vector<PartitionPosition>& partitions) override {
    for (const PartitionPosition& from : partitions) {
      reads_[{from.topic, from.partition}] = {.next = from.next_offset};
    }
    return {};
  }
  Status Pause(const std::string& topic, std::int32_t partition) override {
    topics_.paused_.emplace(topic, partition);
    return {};
  }
  // As the library may do: the last records come again.
  Status Resume(const std::string& topic, std::int32_t partition) override {
    topics_.paused_.erase({topic, partition});
    Reading& read = reads_.at({topic, partition});
    read.next = LogOffset(std::max<std::int64_t>(0, read.next.value() - kSentAgain));
    return {};
  }

  Result<std::vector<Record>> Poll(std::size_t most, std::chrono::milliseconds wait) override {
    std::vector<Record> records;
    for (auto& [key, read] : reads_) {
      if (const auto failure = topics_.failures_.extract(key.first)) {
        return std::unexpected(failure.mapped());
      }
      if (topics_.paused_.contains(key)) continue;
      const ScriptedTopics::Log& log = topics_.At(key.first, key.second);
      const LogOffset end = log.withheld ? LogOffset(*log.withheld) : EndOf(log);
      while (records.size() < most && read.next < end) {
        records.push_back(
            RecordOf(key, read.next, log.records[static_cast<std::size_t>(read.next.value())]));
        read.next = read.next.Next();
        read.told_end = false;
      }
      if (read.next == EndOf(log) && records.size() < most && !std::exchange(read.told_end, true)) {
        records.push_back(EndAt(key, read.next));
      }
    }
    if (records.empty()) clock_.Advance(wait);
    return records;
  }

  void Publish(const std::vector<PartitionPosition>& partitions) override {
    topics_.published_ = partitions;
  }

 private:
  static constexpr std::int64_t kSentAgain = 3;
  struct Reading {
    LogOffset next{0};
    bool told_end = false;
  };

  static LogOffset EndOf(const ScriptedTopics::Log& log) {
    return LogOffset(static_cast<std::int64_t>(log.records.size()));
  }
  // In memory of its own, that goes with the record.
  static Record RecordOf(const PartitionKey& place, LogOffset offset,
                         ScriptedTopics::Stored stored) {
    using Owned = std::pair<std::string, ScriptedTopics::Stored>;
    auto owned = std::make_unique<Owned>(place.first, std::move(stored));
    const RecordContent content{.topic = owned->first,
                                .partition = place.second,
                                .offset = offset,
                                .is_end = false,
                                .key = owned->second.key,
                                .value = owned->second.value};
    return {content, Record::Memory(owned.release(), [](void* memory) {
              const std::unique_ptr<Owned> ended(static_cast<Owned*>(memory));
            })};
  }
  static Record EndAt(const PartitionKey& place, LogOffset offset) {
    return {{.topic = place.first,
             .partition = place.second,
             .offset = offset,
             .is_end = true,
             .key = {},
             .value = {}},
            Record::Memory(nullptr, [](void*) {})};
  }

  ScriptedTopics& topics_;
  ManualClock& clock_;
  std::map<PartitionKey, Reading> reads_;
};

inline std::unique_ptr<RecordSource> ScriptedTopics::Open(ManualClock& clock) {
  return std::make_unique<ScriptedReader>(*this, clock);
}

}  // namespace foreset::kafka
