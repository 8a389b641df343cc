// SPDX-License-Identifier: MIT
#include "foreset/pipeline/patient_run.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "foreset/base/messages.h"
#include "foreset/base/retry.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {
namespace {

constexpr std::optional<std::chrono::milliseconds> kNoTime{std::chrono::milliseconds{}};

bool IsOutOfPatience(const PipelineStatus& status) { return status.out_of_patience; }

// Nothing: for ever. Whoever finds another at work does not try to be the next.
std::optional<std::chrono::milliseconds> LimitFor(
    const Error& error, const std::optional<std::chrono::milliseconds>& patience, RunUntil until) {
  if (error.code == ErrorCode::kLakeLocked) return kNoTime;
  if (IsOfSource(error) || until == RunUntil::kCurrent)
    return patience.value_or(std::chrono::milliseconds{});
  return std::nullopt;
}

}  // namespace

Status RunPatiently(const PipelineOptions& options, const Clock& clock, RunUntil until,
                    StatusBoard& board, const std::stop_token& stop,
                    const std::function<Status()>& once) {
  Patience patience(clock);
  std::int64_t before = 0;
  bool came_further = false;
  const auto stopping = [&] { return stop.stop_requested(); };
  const RetryHooks hooks{
      .stop = [&] { return stopping() || patience.IsOver(); },
      .advanced = [&] { return came_further; },
      .failed =
          [&](const Error& error, std::chrono::milliseconds wait) {
            Warn("{}; trying again in {} ms", error.ToString(), wait.count());
            board.Change([&](PipelineStatus& status) { status.source_error = error; });
          }};
  Status ended = Retry(options.retry, hooks, [&]() -> Status {
    Status outcome = once();
    const std::int64_t now = board.Ask(BatchesIn);
    came_further = std::exchange(before, now) != now;
    if (came_further) patience.Advanced();
    if (!outcome) {
      patience.Failed(board.Ask(IsOutOfPatience)
                          ? kNoTime
                          : LimitFor(outcome.error(), options.patience, until));
    }
    return outcome;
  });
  const bool stopped =
      !ended && stopping() &&
      (ended.error().kind == ErrorKind::kCancelled || ended.error().kind == ErrorKind::kTransient);
  return stopped ? Status() : ended;
}

}  // namespace foreset::pipeline
