// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "foreset/base/mutex.h"

namespace foreset::server {

// A fixed number of threads for what may wait, and a bounded queue before them. Thread-safe.
class HttpWorkers {
 public:
  HttpWorkers(std::size_t threads, std::size_t waiting);
  // Does what is queued, then ends.
  ~HttpWorkers();
  HttpWorkers(const HttpWorkers&) = delete;
  HttpWorkers& operator=(const HttpWorkers&) = delete;

  // False when the queue is full. `job` must not throw.
  bool TryAdd(std::function<void()> job);

 private:
  void Loop();

  const std::size_t room_;
  Mutex mutex_;
  Condition changed_;
  std::deque<std::function<void()>> waiting_ GUARDED_BY(mutex_);
  bool ending_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace foreset::server
