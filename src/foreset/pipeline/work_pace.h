// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

namespace foreset::pipeline {

// When work for which others have to wait is due again, so that it takes a share of the time at
// most: after `rest` times as long as it took. Not thread-safe.
class WorkPace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit WorkPace(int rest) : rest_(rest) {}

  bool IsDue(Time now) const { return !next_ || now >= *next_; }
  void Worked(Time began, Time ended) { next_ = ended + rest_ * (ended - began); }

 private:
  int rest_;
  std::optional<Time> next_;
};

}  // namespace foreset::pipeline
