// SPDX-License-Identifier: MIT
#include "foreset/cli/progress_view.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/cli/config/quantity.h"

namespace foreset::cli {
namespace {

using pipeline::PipelineStatus;
using pipeline::TablePhase;

constexpr std::chrono::milliseconds kRedrawView{250};
constexpr std::chrono::milliseconds kLine{5000};
constexpr std::size_t kShownTables = 8;

std::uint64_t BackfilledRows(const PipelineStatus& status) {
  std::uint64_t rows = 0;
  for (const auto& [id, table] : status.tables) rows += table.backfilled_rows;
  return rows;
}

// Copied of how many; what is whole counts in full, whatever the server had guessed.
std::pair<std::uint64_t, std::uint64_t> BackfillOf(const PipelineStatus& status) {
  std::uint64_t copied = 0;
  std::uint64_t all = 0;
  for (const auto& [id, table] : status.tables) {
    copied += table.backfilled_rows;
    all += table.phase == TablePhase::kFollowing
               ? table.backfilled_rows
               : std::max(table.estimated_rows, table.backfilled_rows);
  }
  return {copied, all};
}

std::string TimeLeft(std::uint64_t left, double per_second) {
  if (per_second < 1) return "–";
  const auto seconds = static_cast<std::uint64_t>(static_cast<double>(left) / per_second);
  return seconds < 60 ? fmt::format("{} s", seconds)
                      : fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

double SecondsIn(std::chrono::steady_clock::duration duration) {
  return std::max(0.001, std::chrono::duration<double>(duration).count());
}

std::vector<WorkPart> Busiest(const PipelineStatus& status) {
  std::vector<WorkPart> parts;
  for (const auto& [id, table] : status.tables) {
    if (table.phase != TablePhase::kBackfilling || parts.size() == kShownTables) continue;
    parts.push_back({id.table, table.backfilled_rows, table.estimated_rows});
  }
  return parts;
}

}  // namespace

ProgressView::ProgressView(Context& context, const pipeline::StatusBoard& board)
    : context_(context),
      board_(board),
      view_(context),
      last_(context.clock.Steady()),
      thread_([this] { Loop(); }) {}

ProgressView::~ProgressView() { Finish(); }

void ProgressView::Finish() {
  {
    const MutexLock lock(mutex_);
    finished_ = true;
  }
  wake_.WakeAll();
  if (thread_.joinable()) thread_.join();
  view_.Erase();
}

void ProgressView::Loop() {
  const bool bars = DrawsProgress(context_);
  const auto pause = bars ? kRedrawView : kLine;
  const MutexLock lock(mutex_);
  while (!finished_) {
    wake_.WaitFor(mutex_, pause);
    if (finished_) return;
    const auto status = board_.Read();
    if (bars && status->backfilling) {
      DrawBars(*status);
    } else if (context_.clock.Steady() - last_ >= kLine) {
      view_.Erase();
      WriteLine(*status);
    }
  }
}

void ProgressView::DrawBars(const PipelineStatus& status) {
  const auto [copied, all] = BackfillOf(status);
  const double rate = static_cast<double>(copied - std::min(copied, last_rows_)) /
                      SecondsIn(context_.clock.Steady() - last_);
  std::vector<WorkPart> parts = Busiest(status);
  parts.push_back({"all", copied, all});
  view_.Draw(parts, "rows",
             fmt::format("{} of about {} rows, {:.0f} rows/s, {} left", FormatCount(copied),
                         FormatCount(all), rate, TimeLeft(all - copied, rate)));
}

void ProgressView::WriteLine(const PipelineStatus& status) {
  const double seconds = SecondsIn(context_.clock.Steady() - last_);
  last_ = context_.clock.Steady();
  if (status.backfilling) {
    const auto [copied, all] = BackfillOf(status);
    const double rate = static_cast<double>(copied - std::min(copied, last_rows_)) / seconds;
    Info("copying: {} of about {} rows, {:.0f} rows/s, {} left", copied, all, rate,
         TimeLeft(all - copied, rate));
    last_rows_ = copied;
    return;
  }
  last_rows_ = BackfilledRows(status);
  const std::uint64_t changes = status.changes - last_changes_;
  last_changes_ = status.changes;
  if (changes == 0) return;
  const auto lag = context_.clock.Now().value() - status.newest_commit.value();
  Info("following: {} changes ({:.0f}/s), at {}, newest commit {:.1f} s ago", changes,
       static_cast<double>(changes) / seconds, status.captured.ToString(),
       static_cast<double>(lag) / 1e6);
}

}  // namespace foreset::cli
