// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "foreset/base/mutex.h"
#include "foreset/base/result.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/publishing.h"
#include "foreset/pipeline/status.h"
#include "foreset/storage/object_store.h"

namespace foreset::pipeline {

// Publishes what bronze has made durable to Kafka, on a thread of its own. Never makes capture
// wait: rounds that do not fit its queue are forgotten and read back from bronze. The one place
// that retries publishing: after a transient error it opens a new session, whose cursor says where
// to go on. It stops for good, with its reason in the status, when another run has taken over or
// Kafka refuses a record; bronze and the layers above go on.
class KafkaSink {
 public:
  // `server_id`: the source's own.
  KafkaSink(const lake::Lake& lake, const RetryPolicy& retry, PublishOptions publish,
            std::uint32_t server_id, StatusBoard& board, std::stop_token stop);
  ~KafkaSink();

  // From one thread at a time; returns at once.
  void Submit(DurableRound round);
  // Publishes everything that is durable, then ends (or when `stop` says so, or for good).
  void Drain();
  // Ends after the transaction under way; the next run goes on.
  void Abandon();

 private:
  enum class Wake { kRound, kBehind, kHeartbeat, kEnd };
  struct Work {
    Wake wake = Wake::kEnd;
    DurableRound round;
  };

  void Run();
  Status Session();
  Status CatchUp(ChangePublisher& publisher);
  Work Next(std::chrono::steady_clock::time_point heartbeat);
  bool Stopping() const;
  // What an error means after which publishing cannot simply go on; nothing: open a new session.
  std::optional<Error> Final(const Error& error) const;
  void Report(const ChangePublisher& publisher);

  const lake::Lake lake_;
  const RetryPolicy retry_;
  const PublishOptions publish_;
  const std::uint32_t server_id_;
  StatusBoard& board_;
  const std::stop_token stop_;
  mutable Mutex mutex_;
  Condition changed_;
  std::deque<DurableRound> rounds_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  bool behind_ GUARDED_BY(mutex_) = false;    // rounds were forgotten
  bool draining_ GUARDED_BY(mutex_) = false;  // no more rounds come
  bool abandoned_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace foreset::pipeline
