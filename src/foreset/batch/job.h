// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/base/work_board.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {

// What every batch tool is given.
struct JobSettings {
  const Clock* clock = nullptr;
  std::function<std::string()> make_id;           // unique ids (UUID text)
  std::string temporary_folder;                   // empty: the system's
  std::size_t memory_limit_bytes = 512UL << 20U;  // of the part that can be bounded: SQL
  int threads = 2;
  bool dry_run = false;
  std::stop_token stop;
  WorkBoard* board = nullptr;  // how far the job is, in rows; null: messages say so now and then
};

// On the job's board, where it has one, as long as the value lives.
std::shared_ptr<WorkBoard::Piece> UnderWay(const JobSettings& settings, std::string what);

// DuckDB as the job may use it, ended by its stop. `files`: as sql::EngineOptions::files.
Result<std::unique_ptr<sql::Engine>> OpenEngine(const JobSettings& settings,
                                                const std::string& temporary_folder, bool files);

// Says how far a job is, on its board, or else now and then at the level of Info. Not thread-safe.
class Pace {
 public:
  Pace(const JobSettings& settings, std::string what);
  // kCancelled once a stop is requested.
  Status Count(std::int64_t rows);
  std::uint64_t rows() const { return rows_; }

 private:
  const JobSettings* settings_;
  std::string what_;
  std::shared_ptr<WorkBoard::Piece> piece_;
  std::uint64_t rows_ = 0;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point told_;
};

}  // namespace foreset::batch
