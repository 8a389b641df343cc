// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/source_checks.h"

#include <chrono>
#include <cmath>
#include <random>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/mysql/server_watch.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/lake_overview.h"
#include "foreset/cli/operation/source_look.h"
#include "foreset/cli/wiring.h"

namespace foreset::cli {
namespace {

constexpr double kMostSkewSeconds = 5;
constexpr double kLeastRetentionSeconds = 86'400;

mysql::ServerCheck CheckClock(double ahead_seconds) {
  mysql::ServerCheck check{.name = "clock"};
  check.found = fmt::format("{:.1f} s {} this machine's", std::abs(ahead_seconds),
                            ahead_seconds < 0 ? "behind" : "ahead of");
  if (std::abs(ahead_seconds) <= kMostSkewSeconds) return check;
  check.outcome = mysql::CheckOutcome::kWarning;
  check.wanted = "clocks within 5 s: lags are told by both of them (the order of changes is not)";
  check.fix = "Let both machines keep time by NTP: timedatectl set-ntp true";
  return check;
}

mysql::ServerCheck CheckRetentionLeft(double seconds, const SourcePosition& needed) {
  mysql::ServerCheck check{.name = "binlog for this lake"};
  if (std::isinf(seconds)) {
    check.found = fmt::format("{} is kept", needed.file);
    return check;
  }
  if (seconds <= 0) {
    check.outcome = mysql::CheckOutcome::kFailed;
    check.code = ErrorCode::kBinlogPurged;
    check.found = fmt::format("{} is gone, or may go at any moment", needed.file);
    check.wanted = "the binlog from where the lake stands";
    check.fix = Error{ErrorKind::kInvalidInput, ErrorCode::kBinlogPurged, {}, {}}.NextStep();
    return check;
  }
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
  check.found = fmt::format("{} is kept for {}", needed.file, FormatDuration(left));
  if (seconds >= kLeastRetentionSeconds) return check;
  check.outcome = mysql::CheckOutcome::kWarning;
  check.wanted = "a day or more, for when the pipeline stands still";
  check.fix = "Run the pipeline now, or SET GLOBAL binlog_expire_logs_seconds = 604800;";
  return check;
}

// Whether what the lake has is what the server holds; nothing to say before the first epoch.
mysql::ServerCheck CheckProof(const Result<SourceProof>& proof, const SourcePosition& covered) {
  mysql::ServerCheck check{.name = "what was captured"};
  if (!proof) {
    check.outcome = mysql::CheckOutcome::kFailed;
    check.code = proof.error().code;
    check.found = proof.error().message;
    check.wanted = "the server that was captured, with all that it had";
    check.fix = proof.error().NextStep();
    return check;
  }
  check.found = "is on the server, up to " + covered.ToString();
  if (proof->unproved.empty()) return check;
  check.outcome = mysql::CheckOutcome::kWarning;
  check.found = "unproved: " + proof->unproved;
  check.wanted = "the newest transaction that was captured, in the server's binlog";
  check.fix =
      "Run the pipeline: the next transaction proves it. When the server was restored from a "
      "backup since, run foreset verify";
  return check;
}

// Nothing where there is no lake yet, or it cannot be read: the lake's own checks say why.
SourcePosition PositionOfLake(const Configuration& configuration, const Context& context) {
  const auto tables = ReadLake(configuration, context, lake::Layer::kBronze);
  const LakeTableView* epochs = tables ? FindEpochs(*tables) : nullptr;
  if (epochs == nullptr || !epochs->facts.progress) return {};
  return epochs->facts.progress->position;
}

}  // namespace

std::vector<mysql::ServerCheck> CheckServerBesideLake(const Configuration& configuration,
                                                      const Context& context) {
  auto options = SourceOptionsOf(configuration);
  if (!options) return {};
  std::random_device device;
  const SourcePosition needed =
      configuration.kafka ? SourcePosition{} : PositionOfLake(configuration, context);
  const auto seen =
      mysql::ServerWatch(*std::move(options), context.clock, device() | 1U).Look(needed);
  if (!seen) return {};
  std::vector<mysql::ServerCheck> checks{CheckClock(seen->clock_ahead_seconds)};
  if (seen->retention_left_seconds) {
    checks.push_back(CheckRetentionLeft(*seen->retention_left_seconds, needed));
  }
  if (!needed.empty() && !configuration.delta) {
    checks.push_back(CheckProof(ProveSource(configuration, context, needed), needed));
  }
  return checks;
}

}  // namespace foreset::cli
