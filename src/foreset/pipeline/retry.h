// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"

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

// Tells when failures have been borne for long enough: longer than the limit of the newest one,
// since the first one or the last advance. Not thread-safe.
class Patience {
 public:
  explicit Patience(const Clock& clock) : clock_(clock) {}

  void Advanced() { failing_since_.reset(); }
  // Nothing: for ever.
  void Failed(std::optional<std::chrono::milliseconds> limit) {
    if (!failing_since_) failing_since_ = clock_.Steady();
    limit_ = limit;
  }
  bool IsOver() const {
    return failing_since_ && limit_ && clock_.Steady() - *failing_since_ >= *limit_;
  }

 private:
  const Clock& clock_;
  std::optional<std::chrono::steady_clock::time_point> failing_since_;
  std::optional<std::chrono::milliseconds> limit_;
};

// How something is done that may fail for a while.
struct Attempts {
  std::chrono::milliseconds first{200};  // waited after the first failure, then doubled
  std::chrono::milliseconds longest{15'000};
  std::function<bool()> stop;
  // Asked after a failure: whether it is the last that is waited out; absent: never.
  std::function<bool()> enough;
  // Whether the last attempt came further, so that the waiting begins anew; absent: never.
  std::function<bool()> advanced;
  // Told each failure that is tried again, and how long is waited.
  std::function<void(const Error&, std::chrono::milliseconds)> failed;
};

// The one way to try again: calls `attempt` until it succeeds, fails for good, or `stop` says so;
// then the last outcome is handed back. All that an attempt needs to begin anew, such as dropping
// what the last one left half done, is part of it, so that a failure there is tried again too.
template <typename Attempt>
auto Persist(const Attempts& how, const Attempt& attempt) -> decltype(attempt()) {
  BackOff back_off(how.first, how.longest);
  for (;;) {
    auto outcome = attempt();
    if (outcome || outcome.error().kind != ErrorKind::kTransient || how.stop()) return outcome;
    if (how.enough && how.enough()) return outcome;
    if (how.advanced && how.advanced()) back_off.Succeeded();
    how.failed(outcome.error(), back_off.next());
    back_off.Wait(how.stop);
    if (how.stop()) return outcome;
  }
}

}  // namespace foreset::pipeline
