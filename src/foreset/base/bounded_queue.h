// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "foreset/base/mutex.h"

namespace foreset {

// A first-in first-out hand-over between threads, bounded by a caller-given weight (bytes): a full
// queue makes the producer wait, it never drops. Thread-safe; one thread pops.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  // Waits until the item fits; an item heavier than the capacity fits when there is no other,
  // queued or popped last (it is worked on until the next Pop). False when the queue was closed.
  bool Push(T item, std::size_t bytes) {
    const MutexLock lock(mutex_);
    while (!closed_ && !HasRoomFor(bytes)) changed_.Wait(mutex_);
    if (closed_) return false;
    bytes_ += bytes;
    items_.emplace_back(std::move(item), bytes);
    changed_.WakeAll();
    return true;
  }

  // Waits for an item; nothing when the queue was closed and is empty.
  std::optional<T> Pop() {
    const MutexLock lock(mutex_);
    in_hand_ = 0;
    changed_.WakeAll();
    while (!closed_ && items_.empty()) changed_.Wait(mutex_);
    if (items_.empty()) return std::nullopt;
    auto [item, bytes] = std::move(items_.front());
    items_.pop_front();
    bytes_ -= bytes;
    in_hand_ = bytes;
    return std::move(item);
  }

  // No more pushes; what is queued can still be popped.
  void Close() {
    const MutexLock lock(mutex_);
    closed_ = true;
    changed_.WakeAll();
  }

  // Of what is queued.
  std::size_t bytes() const {
    const MutexLock lock(mutex_);
    return bytes_;
  }

 private:
  bool HasRoomFor(std::size_t bytes) const REQUIRES(mutex_) {
    if (bytes > capacity_bytes_) return bytes_ + in_hand_ == 0;
    return bytes_ == 0 || bytes_ + bytes <= capacity_bytes_;
  }

  const std::size_t capacity_bytes_;
  mutable Mutex mutex_;
  Condition changed_;
  std::deque<std::pair<T, std::size_t>> items_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::size_t in_hand_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace foreset
