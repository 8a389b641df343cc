// SPDX-License-Identifier: MIT
#include "foreset/pipeline/source_watch.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace foreset::pipeline {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

Timestamp At(std::int64_t seconds) { return Timestamp(seconds * kSecond); }

SourcePosition Place(std::uint64_t offset) {
  SourcePosition position;
  position.file = "mysql-bin.000007";
  position.offset = offset;
  return position;
}

SourceSighting Saw(std::uint64_t offset) {
  return {.now = Place(offset), .clock_ahead_seconds = {}, .purge_seconds = {}};
}

Error Unreachable() {
  return {ErrorKind::kTransient, ErrorCode::kSourceUnreachable, "the server is away", {}};
}

TEST(SourceStandingTest, WhoHasAllThatAnIdleSourceHasIsNotBehind) {
  SourceStanding standing;
  standing.Add(At(1000), Saw(500));
  EXPECT_EQ(standing.LagSeconds(Place(500), At(10), At(1004)), 0);
}

TEST(SourceStandingTest, UnderLoadTheNewestCommitTells) {
  SourceStanding standing;
  standing.Add(At(1000), Saw(500));
  EXPECT_EQ(standing.LagSeconds(Place(700), At(1003), At(1004)), 1);
}

TEST(SourceStandingTest, AChangeAfterALongRestIsAsOldAsTheLastSightingThatWasReached) {
  SourceStanding standing;
  standing.Add(At(1000), Saw(500));
  standing.Add(At(1005), Saw(600));
  EXPECT_EQ(standing.LagSeconds(Place(500), At(10), At(1006)), 6);
}

TEST(SourceStandingTest, WhileTheSourceIsAwayTheLagGrows) {
  SourceStanding standing;
  standing.Add(At(1000), Saw(500));
  standing.Add(At(1005), std::unexpected(Unreachable()));
  EXPECT_EQ(standing.LagSeconds(Place(500), At(10), At(1100)), 100);
  standing.Add(At(1101), Saw(500));
  EXPECT_EQ(standing.LagSeconds(Place(500), At(10), At(1101)), 0);
}

TEST(SourceStandingTest, NothingKnownIsNoLag) {
  SourceStanding standing;
  EXPECT_EQ(standing.LagSeconds(Place(500), {}, At(1)), std::nullopt);
  standing.Add(At(1000), Saw(500));
  EXPECT_EQ(standing.LagSeconds(Place(400), {}, At(1001)), std::nullopt);
}

TEST(SourceStandingTest, TheSourcesClockIsCorrectedFor) {
  SourceStanding standing;
  SourceSighting ahead = Saw(900);
  ahead.clock_ahead_seconds = 30;
  standing.Add(At(1000), ahead);
  EXPECT_EQ(standing.LagSeconds(Place(500), At(1020), At(1000)), 10);
}

TEST(SourceStandingTest, ManySightingsAreThinnedOutAndTheOldestIsKept) {
  SourceStanding standing;
  for (int i = 0; i < 5000; ++i) standing.Add(At(i), Saw(100 + i));
  EXPECT_EQ(standing.LagSeconds(Place(100), {}, At(5000)), 5000);
  EXPECT_EQ(standing.LagSeconds(Place(100 + 4990), {}, At(5000)), 10);
}

TEST(SourceWatchTest, ItLooksAtOnceAndEndsWithoutWaiting) {
  const ManualClock clock(At(7));
  std::atomic<int> looks = 0;
  const auto look = [&]() -> Result<SourceSighting> {
    ++looks;
    return Saw(5);
  };
  {
    const SourceWatch watch(look, clock, std::chrono::hours(1));
    while (!watch.Read().was_asked()) std::this_thread::yield();
    EXPECT_EQ(watch.Read().LagSeconds(Place(5), {}, At(9)), 0);
  }
  EXPECT_EQ(looks, 1);
}

}  // namespace
}  // namespace foreset::pipeline
