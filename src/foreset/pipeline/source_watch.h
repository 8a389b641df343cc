// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <thread>

#include "foreset/base/clock.h"
#include "foreset/base/mutex.h"
#include "foreset/base/result.h"
#include "foreset/model/source_position.h"

namespace foreset::pipeline {

// The source, and what stands beside it, at one moment.
struct SourceSighting {
  SourcePosition now;  // its epoch is whoever compares's business
  // How far the source's clock is ahead of ours; nothing where it has none.
  std::optional<double> clock_ahead_seconds;
  // Until it throws away what is still needed; infinity: never; nothing: unknown.
  std::optional<double> purge_seconds;
};

// Whether everything up to `now` (whose epoch counts for nothing) is before `covered`: where both
// have GTIDs, equal sets will do.
bool Reaches(const SourcePosition& covered, SourcePosition now);

// What looking again and again has shown. A value.
class SourceStanding {
 public:
  void Add(Timestamp at, Result<SourceSighting> sighting);

  // The newest that succeeded.
  const std::optional<SourceSighting>& last() const { return last_; }
  // Why the newest did not.
  const std::optional<Error>& error() const { return error_; }
  bool was_asked() const { return last_ || error_; }

  // How old what a reader has is, who has everything before `covered`, of which the newest was
  // committed at `newest_commit` (zero: unknown). Zero when the source had no more when it was last
  // seen. Nothing when neither it nor the sightings tell.
  std::optional<double> LagSeconds(const SourcePosition& covered, Timestamp newest_commit,
                                   Timestamp now) const;

 private:
  struct Seen {
    Timestamp at;
    SourcePosition now;
  };
  std::optional<SourceSighting> last_;
  std::optional<Error> error_;
  std::deque<Seen> seen_;  // oldest first, thinned out when there are too many
};

// Looks at the source on a thread of its own, so that whoever wants to know never waits for it.
class SourceWatch {
 public:
  // Called on that thread alone.
  using Look = std::function<Result<SourceSighting>()>;

  // `clock` outlives it.
  SourceWatch(Look look, const Clock& clock, std::chrono::milliseconds interval);
  // Waits for the look under way.
  ~SourceWatch();
  SourceWatch(const SourceWatch&) = delete;
  SourceWatch& operator=(const SourceWatch&) = delete;

  // Thread-safe.
  SourceStanding Read() const;

 private:
  void Loop();

  const Look look_;
  const Clock& clock_;
  const std::chrono::milliseconds interval_;
  mutable Mutex mutex_;
  Condition changed_;
  bool ending_ GUARDED_BY(mutex_) = false;
  SourceStanding standing_ GUARDED_BY(mutex_);
  std::thread thread_;  // last: it uses the others
};

}  // namespace foreset::pipeline
