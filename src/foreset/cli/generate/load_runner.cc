// SPDX-License-Identifier: MIT
#include "foreset/cli/generate/load_runner.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/mutex.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/cli/generate/shop_loader.h"

namespace foreset::cli {
namespace {

constexpr int kTriesPerTransaction = 50;

// A session that may write, in the shop's database.
Result<mysql::Connection> OpenForWriting(const LoadOptions& options) {
  auto connection = TRY(mysql::Connection::Open(options.server));
  RETURN_IF_ERROR(connection.Execute("SET SESSION TRANSACTION READ WRITE"));
  // Without gap locks the streams hardly ever wait for each other.
  RETURN_IF_ERROR(connection.Execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"));
  RETURN_IF_ERROR(connection.Execute(fmt::format("USE {}", mysql::QuoteName(options.database))));
  return connection;
}

Status TryOnce(mysql::Connection& connection, const ShopTransaction& transaction) {
  RETURN_IF_ERROR(connection.Execute("BEGIN"));
  for (const std::string& statement : transaction.statements) {
    RETURN_IF_ERROR(connection.Execute(statement));
  }
  return connection.Execute("COMMIT");
}

// What the threads of one run share.
class Team {
 public:
  using Work = std::function<Status(std::size_t worker, const std::stop_token& stop)>;

  // Runs `work` on that many threads; the first failure stops the others and is returned.
  Status Run(std::size_t workers, const std::stop_token& outer, const Work& work) {
    const std::stop_callback forward(outer, [this] { stop_.request_stop(); });
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < workers; ++i) {
        threads.emplace_back([&, i] {
          if (Status status = work(i, stop_.get_token()); !status) Fail(status.error());
        });
      }
    }
    const MutexLock lock(mutex_);
    if (failure_) return std::unexpected(*failure_);
    return {};
  }

  // Commits one transaction, again when it met a deadlock, and counts it.
  Status Commit(mysql::Connection& connection, const ShopTransaction& transaction) {
    for (int attempt = 1;; ++attempt) {
      Status status = TryOnce(connection, transaction);
      if (status) break;
      const bool again = status.error().kind == ErrorKind::kTransient &&
                         status.error().code != ErrorCode::kSourceUnreachable;
      if (!again || attempt == kTriesPerTransaction) return status;
      RETURN_IF_ERROR(connection.Execute("ROLLBACK"));
      const MutexLock lock(mutex_);
      ++report_.repeated;
    }
    const MutexLock lock(mutex_);
    report_.counts.Add(transaction.counts);
    ++report_.transactions;
    return {};
  }

  LoadReport Report(std::chrono::steady_clock::duration elapsed) {
    const MutexLock lock(mutex_);
    report_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed);
    return report_;
  }

 private:
  void Fail(const Error& error) {
    const MutexLock lock(mutex_);
    if (!failure_) failure_ = error;
    stop_.request_stop();
  }

  std::stop_source stop_;
  Mutex mutex_;
  LoadReport report_ GUARDED_BY(mutex_);
  std::optional<Error> failure_ GUARDED_BY(mutex_);
};

void WaitUntil(std::chrono::steady_clock::time_point due, const std::stop_token& stop) {
  Mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, due, [] { return false; });
}

// One stream: transactions until its share is made, its time is over, or it is stopped.
Status RunStream(const LoadOptions& options, mysql::Connection& connection, Shop& shop, Team& team,
                 std::uint64_t share, const Clock& clock, const std::stop_token& stop) {
  const auto begin = clock.Steady();
  const double rate = options.changes_per_second / static_cast<double>(options.connections);
  std::uint64_t made = 0;
  while (!stop.stop_requested() && made < share) {
    if (options.duration && clock.Steady() - begin >= *options.duration) break;
    const ShopTransaction transaction = shop.Next();
    RETURN_IF_ERROR(team.Commit(connection, transaction));
    made += transaction.counts.total();
    if (rate > 0) {
      const std::chrono::duration<double> due(static_cast<double>(made) / rate);
      WaitUntil(begin + std::chrono::duration_cast<std::chrono::steady_clock::duration>(due), stop);
    }
  }
  return {};
}

}  // namespace

Result<LoadReport> RunFill(const LoadOptions& options, const BulkRows& rows, const Clock& clock,
                           const std::stop_token& stop) {
  const auto begin = clock.Steady();
  auto first = TRY(OpenForWriting(options));
  const BulkPlan plan = TRY(PlanFill(first, options.seed, rows));
  const std::vector<BulkSlice> slices = SlicesOf(plan);
  std::atomic<std::size_t> next = 0;
  Team team;
  const auto fill = [&](std::size_t, const std::stop_token& stopped) -> Status {
    auto connection = TRY(OpenForWriting(options));
    // The rows fit each other by construction, and slices come in any order.
    RETURN_IF_ERROR(connection.Execute("SET foreign_key_checks = 0, unique_checks = 0"));
    for (std::size_t i = next++; i < slices.size() && !stopped.stop_requested(); i = next++) {
      RETURN_IF_ERROR(team.Commit(connection, MakeSlice(plan, slices[i])));
    }
    return {};
  };
  RETURN_IF_ERROR(team.Run(options.connections, stop, fill));
  return team.Report(clock.Steady() - begin);
}

Result<LoadReport> RunLoad(const LoadOptions& options, const Clock& clock,
                           const std::stop_token& stop) {
  auto first = TRY(OpenForWriting(options));
  const auto free_keys = TRY(FreeKeys(first));
  const std::size_t streams = options.connections;
  std::vector<mysql::Connection> connections;
  std::vector<Shop> shops;
  for (std::size_t i = 0; i < streams; ++i) {
    connections.push_back(TRY(OpenForWriting(options)));
    ShopState state = TRY(LoadShop(connections.back(), free_keys, i, streams));
    shops.emplace_back(std::move(state), options.mix, Random(options.seed, 0, i));
  }
  const auto begin = clock.Steady();
  Team team;
  const auto live = [&](std::size_t i, const std::stop_token& stopped) {
    // Shares add up to what was asked for.
    const std::uint64_t share =
        options.changes ? (*options.changes + streams - 1 - i) / streams : UINT64_MAX;
    return RunStream(options, connections[i], shops[i], team, share, clock, stopped);
  };
  RETURN_IF_ERROR(team.Run(streams, stop, live));
  return team.Report(clock.Steady() - begin);
}

}  // namespace foreset::cli
