// SPDX-License-Identifier: MIT
#include "foreset/server/http_workers.h"

#include <utility>

namespace foreset::server {

HttpWorkers::HttpWorkers(std::size_t threads, std::size_t waiting) : room_(waiting) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

HttpWorkers::~HttpWorkers() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
    changed_.WakeAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool HttpWorkers::TryAdd(std::function<void()> job) {
  const MutexLock lock(mutex_);
  if (waiting_.size() >= room_) return false;
  waiting_.push_back(std::move(job));
  changed_.WakeAll();
  return true;
}

void HttpWorkers::Loop() {
  for (;;) {
    std::function<void()> job;
    {
      const MutexLock lock(mutex_);
      while (waiting_.empty() && !ending_) changed_.Wait(mutex_);
      if (waiting_.empty()) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    job();
  }
}

}  // namespace foreset::server
