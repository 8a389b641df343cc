// SPDX-License-Identifier: MIT
#include "foreset/cli/work_progress.h"

#include <utility>

#include <fmt/format.h>

#include "foreset/cli/config/quantity.h"

namespace foreset::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawProgress{250};
constexpr std::chrono::seconds kNotWorthIt{2};

std::string Summary(const WorkBoard& board, std::chrono::duration<double> elapsed) {
  const std::uint64_t done = board.done();
  if (done == 0) return fmt::format("{:.0f} s", elapsed.count());
  return fmt::format("{} {} in {:.0f} s, {:.0f} {}/s", FormatCount(done), board.unit(),
                     elapsed.count(), static_cast<double>(done) / elapsed.count(), board.unit());
}

}  // namespace

WorkProgress::WorkProgress(Context& context, std::string unit)
    : context_(context), board_(std::move(unit)) {
  if (DrawsProgress(context)) thread_ = std::thread([this] { Loop(); });
}

WorkProgress::~WorkProgress() { Finish(); }

void WorkProgress::Finish() {
  {
    const MutexLock lock(mutex_);
    finished_ = true;
  }
  wake_.WakeAll();
  if (thread_.joinable()) thread_.join();
}

void WorkProgress::Loop() {
  WorkView view(context_);
  const auto begun = context_.clock.Steady();
  const MutexLock lock(mutex_);
  while (!finished_) {
    wake_.WaitFor(mutex_, kRedrawProgress);
    const auto elapsed = context_.clock.Steady() - begun;
    if (!finished_ && elapsed >= kNotWorthIt)
      view.Draw(board_.Read(), board_.unit(), Summary(board_, elapsed));
  }
}

}  // namespace foreset::cli
