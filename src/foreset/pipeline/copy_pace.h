// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

namespace foreset::pipeline {

// While tables are copied anew nothing is followed. So that names which change hands all the time
// cannot hold the others up, at most a fifth of the time goes to such copies: the next one waits
// four times as long as the last one took. Not thread-safe.
class CopyPace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  bool IsDue(Time now) const { return !next_ || now >= *next_; }
  void Copied(Time began, Time ended) { next_ = ended + kShare * (ended - began); }

 private:
  static constexpr int kShare = 4;

  std::optional<Time> next_;
};

}  // namespace foreset::pipeline
