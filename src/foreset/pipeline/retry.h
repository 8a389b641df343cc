// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

namespace foreset::pipeline {

// Waiting times between attempts: doubled from `first` up to `longest`; back to `first` after a
// success. Not thread-safe.
class BackOff {
 public:
  BackOff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest), next_(first) {}

  void Succeeded() { next_ = first_; }
  // Sleeps in steps, so that `stop` is noticed within a fifth of a second.
  void Wait(const std::function<bool()>& stop) {
    constexpr std::chrono::milliseconds kStep{200};
    for (auto left = next_; left.count() > 0 && !stop(); left -= kStep) {
      std::this_thread::sleep_for(std::min(left, kStep));
    }
    next_ = std::min(next_ * 2, longest_);
  }
  std::chrono::milliseconds next() const { return next_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds next_;
};

}  // namespace foreset::pipeline
