// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/mutex.h"
#include "foreset/lake/upkeep.h"

namespace foreset::pipeline {

struct UpkeepLimits {
  std::chrono::seconds kept{std::chrono::hours(24)};  // see lake::LakeOptions
  std::size_t objects_per_second = 1000;              // deleted by all threads together
  std::size_t threads = 4;                            // as many requests are on their way at once
};

// Deletes behind the commits what a lake's tables do not need any more. A deletion that fails, and
// what does not fit the queue, is left: it costs space until a later look. Thread-safe.
class UpkeepLoop final : public lake::UpkeepQueue {
 public:
  // After `stop` nothing is deleted any more.
  UpkeepLoop(const Clock& clock, UpkeepLimits limits, std::stop_token stop);
  // Ends the threads after what they are doing now.
  ~UpkeepLoop() override;

  void Submit(lake::UpkeepTask task) override;
  // Waits until everything that was submitted is done.
  void Drain();

 private:
  void Run();
  void Work(const lake::UpkeepTask& task);
  void Delete(const lake::UpkeepTask& task);
  bool MayGoOn();

  const Clock& clock_;
  const UpkeepLimits limits_;
  const std::stop_token stop_;
  Mutex mutex_;
  Condition changed_;
  std::deque<lake::UpkeepTask> tasks_ GUARDED_BY(mutex_);
  std::size_t waiting_ GUARDED_BY(mutex_) = 0;  // objects of the tasks
  std::size_t busy_ GUARDED_BY(mutex_) = 0;     // threads
  bool ended_ GUARDED_BY(mutex_) = false;
  std::chrono::steady_clock::time_point next_ GUARDED_BY(mutex_);  // when one more may go
  std::vector<std::jthread> threads_;
};

}  // namespace foreset::pipeline
