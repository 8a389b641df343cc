// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"

namespace foreset {

// How long is waited after a failure.
struct RetryPolicy {
  std::chrono::milliseconds first{200};  // then doubled
  std::chrono::milliseconds longest{15'000};
};

// Waiting times between attempts: doubled from `first` up to `longest`; back to `first` after a
// success. Not thread-safe.
class BackOff {
 public:
  explicit BackOff(const RetryPolicy& policy)
      : first_(policy.first), longest_(policy.longest), next_(policy.first) {}

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

// What whoever tries again has to say to it.
struct RetryHooks {
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
auto Retry(const RetryPolicy& policy, const RetryHooks& hooks, const Attempt& attempt)
    -> decltype(attempt()) {
  BackOff back_off(policy);
  for (;;) {
    auto outcome = attempt();
    if (outcome || outcome.error().kind != ErrorKind::kTransient || hooks.stop()) return outcome;
    if (hooks.enough && hooks.enough()) return outcome;
    if (hooks.advanced && hooks.advanced()) back_off.Succeeded();
    hooks.failed(outcome.error(), back_off.next());
    back_off.Wait(hooks.stop);
    if (hooks.stop()) return outcome;
  }
}

}  // namespace foreset
