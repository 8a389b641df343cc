// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "foreset/base/mutex.h"

namespace foreset {

// Keeps threads from working on much at the same time: whoever works on `large_bytes` or more waits
// for its turn, in the order of asking; what is less passes at once. Who has a turn must not ask
// for another, nor wait for somebody who may. Thread-safe; outlives its turns.
class Turns {
 public:
  class Turn {
   public:
    explicit Turn(Turns* of) : of_(of) {}
    Turn(Turn&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (of_ != nullptr) of_->End();
    }

   private:
    Turns* of_;  // null: of no weight, or moved from
  };

  explicit Turns(std::size_t large_bytes) : large_bytes_(large_bytes) {}

  [[nodiscard]] Turn Take(std::size_t bytes) {
    if (bytes < large_bytes_) return Turn(nullptr);
    const MutexLock lock(mutex_);
    const std::uint64_t own = next_++;
    while (now_ != own) changed_.Wait(mutex_);
    return Turn(this);
  }

 private:
  void End() {
    const MutexLock lock(mutex_);
    ++now_;
    changed_.WakeAll();
  }

  const std::size_t large_bytes_;
  Mutex mutex_;
  Condition changed_;
  std::uint64_t next_ GUARDED_BY(mutex_) = 0;
  std::uint64_t now_ GUARDED_BY(mutex_) = 0;
};

}  // namespace foreset
