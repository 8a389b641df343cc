// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/mysql_options.h"
#include "foreset/cli/generate/bulk_fill.h"
#include "foreset/cli/generate/shop.h"

namespace foreset::cli {

struct LoadOptions {
  mysql::MysqlOptions server;
  std::string database = "online_store";
  std::uint64_t seed = 1;
  std::size_t connections = 1;
  // Row changes a second over all connections; 0: as fast as the server takes them.
  double changes_per_second = 0;
  // The load ends at the first transaction end after either; without both, when it is stopped.
  std::optional<std::chrono::milliseconds> duration;
  std::optional<std::uint64_t> changes;
  ShopMix mix;
};

struct LoadReport {
  ChangeCounts counts;  // of committed transactions
  std::uint64_t transactions = 0;
  std::uint64_t repeated = 0;  // transactions that met a deadlock and were made again
  std::chrono::milliseconds elapsed{0};
};

// Fills tables with the rows of a plan, on several connections at once. Starts threads and waits
// for them. A failure on one connection stops all and is returned; so does `stop`, which is none.
Result<LoadReport> RunFill(const LoadOptions& options, const BulkRows& rows, const Clock& clock,
                           const std::stop_token& stop);

// Lets a shop live: each connection is a stream of its own. With the same seed, the same number of
// connections and the same starting rows, `changes` alone makes the same rows every time, but for
// what the server fills in (CreatedAt, UpdatedAt).
Result<LoadReport> RunLoad(const LoadOptions& options, const Clock& clock,
                           const std::stop_token& stop);

}  // namespace foreset::cli
