// SPDX-License-Identifier: MIT
#include "foreset/batch/job.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/messages.h"

namespace foreset::batch {
namespace {

constexpr std::chrono::seconds kBetweenMessages{5};

}  // namespace

Result<std::unique_ptr<sql::Engine>> OpenEngine(const JobSettings& settings,
                                                const std::string& temporary_folder, bool files) {
  auto engine = TRY(sql::Engine::Open({.memory_limit_bytes = settings.memory_limit_bytes,
                                       .threads = settings.threads,
                                       .temporary_folder = temporary_folder,
                                       .files = files}));
  engine->StopWith(settings.stop);
  return engine;
}

std::shared_ptr<WorkBoard::Piece> UnderWay(const JobSettings& settings, std::string what) {
  return settings.board == nullptr ? nullptr : settings.board->Begin(std::move(what));
}

Pace::Pace(const JobSettings& settings, std::string what)
    : settings_(&settings),
      what_(std::move(what)),
      piece_(UnderWay(settings, what_)),
      begun_(settings.clock->Steady()),
      told_(begun_) {}

Status Pace::Count(std::int64_t rows) {
  rows_ += static_cast<std::uint64_t>(rows);
  if (settings_->stop.stop_requested()) {
    return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, what_ + " was interrupted",
               "Run the command again: what is done already is skipped.");
  }
  if (piece_ != nullptr) {
    piece_->Add(static_cast<std::uint64_t>(rows));
    return {};
  }
  const auto now = settings_->clock->Steady();
  if (now - told_ < kBetweenMessages) return {};
  told_ = now;
  const std::chrono::duration<double> elapsed = now - begun_;
  Info("{}: {} rows, {:.0f} rows/s", what_, rows_, static_cast<double>(rows_) / elapsed.count());
  return {};
}

}  // namespace foreset::batch
