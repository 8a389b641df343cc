// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/capture/mysql/mysql_options.h"
#include "foreset/capture/mysql/server_checks.h"
#include "foreset/capture/mysql/table_filter.h"
#include "foreset/capture/source.h"

namespace foreset::mysql {

// Captures from one MySQL or MariaDB server. Connects anew for every call; only what BeginBackfill
// and Follow return keeps connections. Not thread-safe; the readers and the stream that it made may
// be used on other threads than the source.
class MysqlSource final : public Source {
 public:
  // `clock` must outlive the source and its streams. `random_server_id` is what the source calls
  // itself as a replica where the options leave it open; it must not be 0.
  MysqlSource(MysqlOptions options, const Clock& clock, std::uint32_t random_server_id);

  void StopOn(const std::stop_token& stop) override { options_.stop = stop; }
  Result<SourceDescription> Describe() override;
  Result<std::vector<TableId>> ListTables() override;
  // The same, each with the server's guess of its rows.
  Result<std::vector<std::pair<TableId, std::uint64_t>>> EstimateRows();
  Result<std::vector<TableId>> LeftOut(const std::vector<TableId>& tables) override;
  void WillFollow(const SourcePosition& /*from*/) override { follows_ = true; }
  Result<Backfill> BeginBackfill(std::size_t readers, SourceEpoch epoch) override;
  Result<std::unique_ptr<ChangeStream>> Follow(const SourcePosition& from,
                                               std::vector<FollowedTable> tables) override;

  // Every check, for `doctor`; an error only when the server cannot be asked.
  Result<std::vector<ServerCheck>> Check();

 private:
  Error AfterWaiting(Error error);

  MysqlOptions options_;
  const Clock& clock_;
  const std::uint32_t server_id_;
  const std::uint32_t
      probe_id_;  // of short looks into the binlog: the server ends the other of two
  // A stream has everything that was prepared since it began, so that only a first copy has to ask.
  bool follows_ = false;
  std::optional<std::chrono::steady_clock::time_point> waiting_since_;  // for XA transactions
};

}  // namespace foreset::mysql
