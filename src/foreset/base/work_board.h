// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/mutex.h"

namespace foreset {

// A piece of work that is under way, as it stands.
struct WorkPart {
  std::string name;
  std::uint64_t done = 0;
  std::uint64_t all = 0;  // 0: unknown
  bool operator==(const WorkPart&) const = default;
};

// What is under way: told by the threads that do it, read by who shows it. Thread-safe. Outlives
// its pieces' use.
class WorkBoard {
 public:
  // `unit`: what is counted, "rows".
  explicit WorkBoard(std::string unit) : unit_(std::move(unit)) {}

  // A piece is under way as long as this lives.
  class Piece {
   public:
    Piece(WorkBoard& board, std::string name, std::uint64_t all)
        : board_(&board), name_(std::move(name)), all_(all) {}
    void Add(std::uint64_t done) {
      done_ += done;
      board_->done_ += done;
    }

   private:
    friend class WorkBoard;
    WorkBoard* board_;
    std::string name_;
    std::uint64_t all_;
    std::atomic<std::uint64_t> done_ = 0;
  };

  std::shared_ptr<Piece> Begin(std::string name, std::uint64_t all = 0) {
    auto piece = std::make_shared<Piece>(*this, std::move(name), all);
    const MutexLock lock(mutex_);
    std::erase_if(pieces_, [](const auto& other) { return other.expired(); });
    pieces_.push_back(piece);
    return piece;
  }

  // In the order of their beginning.
  std::vector<WorkPart> Read() const {
    std::vector<WorkPart> parts;
    const MutexLock lock(mutex_);
    for (const auto& known : pieces_) {
      if (const auto piece = known.lock())
        parts.push_back({piece->name_, piece->done_, piece->all_});
    }
    return parts;
  }

  const std::string& unit() const { return unit_; }
  // Of all pieces, also those that have ended.
  std::uint64_t done() const { return done_; }

 private:
  const std::string unit_;
  std::atomic<std::uint64_t> done_ = 0;
  mutable Mutex mutex_;
  std::vector<std::weak_ptr<Piece>> pieces_ GUARDED_BY(mutex_);
};

}  // namespace foreset
