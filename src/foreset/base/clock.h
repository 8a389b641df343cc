// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

#include "foreset/base/strong_type.h"

namespace foreset {

// Microseconds since 1970-01-01T00:00:00Z. Time is for people and for waiting, never for order.
using Timestamp = StrongType<std::int64_t, struct TimestampTag>;

// Where time comes in. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock; may jump.
  virtual Timestamp Now() const = 0;
  // Monotonic; the origin is arbitrary.
  virtual std::chrono::steady_clock::time_point Steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp Now() const override;
  std::chrono::steady_clock::time_point Steady() const override;
};

// Stands still until told otherwise. For tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp now) : now_(now) {}
  Timestamp Now() const override { return now_; }
  std::chrono::steady_clock::time_point Steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::microseconds(now_.value()));
  }
  void Advance(std::chrono::microseconds by) { now_ = Timestamp(now_.value() + by.count()); }

 private:
  Timestamp now_;
};

}  // namespace foreset
