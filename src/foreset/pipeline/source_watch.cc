// SPDX-License-Identifier: MIT
#include "foreset/pipeline/source_watch.h"

#include <algorithm>
#include <utility>

#include "foreset/base/time_units.h"

namespace foreset::pipeline {
namespace {

constexpr std::size_t kMostSightings = 256;

double SecondsBetween(Timestamp then, Timestamp now) {
  return std::max(0.0, static_cast<double>(now.value() - then.value()) / kMicrosPerSecond);
}

// Nobody writes: the reader is exactly where the source was.
bool IsExactly(const SourcePosition& covered, const SourcePosition& now) {
  if (now.from_topics) return now.Covers(covered);
  if (!now.gtid_set.empty() && now.gtid_set == covered.gtid_set) return true;
  return now.file == covered.file && now.offset == covered.offset;
}

}  // namespace

bool Reaches(const SourcePosition& covered, SourcePosition now) {
  now.epoch = covered.epoch;
  // Where the server has GTIDs they decide; positions of two servers do not compare.
  if (!now.gtid_set.empty() && now.gtid_set == covered.gtid_set) return true;
  if (!now.from_topics && covered.file.empty()) return false;
  return covered.Covers(now);
}

void SourceStanding::Add(Timestamp at, Result<SourceSighting> sighting) {
  if (!sighting) {
    error_ = std::move(sighting).error();
    return;
  }
  error_.reset();
  seen_.push_back({at, sighting->now});
  last_ = *std::move(sighting);
  if (seen_.size() <= kMostSightings) return;
  // Every second one of the older half: what is long ago need not be known to the second.
  std::deque<Seen> kept;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (i >= kMostSightings / 2 || i % 2 == 0) kept.push_back(std::move(seen_[i]));
  }
  seen_ = std::move(kept);
}

std::optional<double> SourceStanding::LagSeconds(const SourcePosition& covered,
                                                 Timestamp newest_commit, Timestamp now) const {
  std::optional<Timestamp> complete;  // the reader had everything then
  if (newest_commit.value() != 0) {
    const double ahead = last_ ? last_->clock_ahead_seconds.value_or(0) : 0;
    complete =
        Timestamp(newest_commit.value() - static_cast<std::int64_t>(ahead * kMicrosPerSecond));
  }
  const auto reached = [&](const Seen& seen) { return Reaches(covered, seen.now); };
  const auto it = std::find_if(seen_.rbegin(), seen_.rend(), reached);
  if (it != seen_.rend()) {
    const bool is_last = it == seen_.rbegin();
    if (is_last && !error_ && IsExactly(covered, it->now)) return 0;
    complete = complete ? std::max(*complete, it->at) : it->at;
  }
  if (!complete) return std::nullopt;
  return SecondsBetween(*complete, now);
}

SourceWatch::SourceWatch(Look look, const Clock& clock, std::chrono::milliseconds interval)
    : look_(std::move(look)), clock_(clock), interval_(interval), thread_([this] { Loop(); }) {}

SourceWatch::~SourceWatch() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
    changed_.WakeAll();
  }
  thread_.join();
}

SourceStanding SourceWatch::Read() const {
  const MutexLock lock(mutex_);
  return standing_;
}

void SourceWatch::Loop() {
  for (;;) {
    // What is seen was there when the question was asked, or later.
    const Timestamp at = clock_.Now();
    auto sighting = look_();
    const MutexLock lock(mutex_);
    standing_.Add(at, std::move(sighting));
    const auto next = SystemClock().Steady() + interval_;
    while (!ending_ && SystemClock().Steady() < next) {
      changed_.WaitFor(mutex_, next - SystemClock().Steady());
    }
    if (ending_) return;
  }
}

}  // namespace foreset::pipeline
