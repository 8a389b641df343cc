// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace foreset {

// A first-in first-out hand-over between threads, bounded by a caller-given weight (bytes): a full
// queue makes the producer wait, it never drops. Thread-safe.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  // Waits until the item fits; an item heavier than the capacity fits an empty queue.
  // False when the queue was closed.
  bool Push(T item, std::size_t bytes) {
    std::unique_lock lock(mutex_);
    can_push_.wait(lock,
                   [&] { return closed_ || bytes_ == 0 || bytes_ + bytes <= capacity_bytes_; });
    if (closed_) return false;
    bytes_ += bytes;
    items_.emplace_back(std::move(item), bytes);
    can_pop_.notify_one();
    return true;
  }

  // Waits for an item; nothing when the queue was closed and is empty.
  std::optional<T> Pop() {
    std::unique_lock lock(mutex_);
    can_pop_.wait(lock, [&] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    auto [item, bytes] = std::move(items_.front());
    items_.pop_front();
    bytes_ -= bytes;
    can_push_.notify_all();
    return std::move(item);
  }

  // No more pushes; what is queued can still be popped.
  void Close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    can_push_.notify_all();
    can_pop_.notify_all();
  }

  std::size_t bytes() const {
    const std::scoped_lock lock(mutex_);
    return bytes_;
  }

 private:
  const std::size_t capacity_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable can_push_;
  std::condition_variable can_pop_;
  std::deque<std::pair<T, std::size_t>> items_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace foreset
