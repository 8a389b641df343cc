// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/server_watch.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/time_units.h"
#include "foreset/capture/mysql/backfill_session.h"
#include "foreset/capture/mysql/position_check.h"
#include "foreset/capture/mysql/source_proof.h"

namespace foreset::mysql {
namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();

double SecondsIn(const std::optional<std::string>& text) {
  double number = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

// How long a closed binlog file is kept.
Result<double> KeptSeconds(Connection& connection) {
  double seconds = 0;
  double days = 0;
  for (const SqlRow& row : TRY(connection.Query(
           "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('binlog_expire_logs_seconds', "
           "'expire_logs_days', 'binlog_expire_logs_auto_purge')",
           2))) {
    const std::string name = row[0].value_or("");
    if (name == "binlog_expire_logs_seconds") seconds = SecondsIn(row[1]);
    if (name == "expire_logs_days") days = SecondsIn(row[1]) * kSecondsPerDay;
    if (name == "binlog_expire_logs_auto_purge" && row[1] == "OFF") return kForever;
  }
  if (seconds > 0) return seconds;
  return days > 0 ? days : kForever;
}

}  // namespace

ServerWatch::ServerWatch(MysqlOptions options, const Clock& clock, std::uint32_t replica_id)
    : options_(std::move(options)), clock_(clock), replica_id_(replica_id) {}

Result<ServerSighting> ServerWatch::Look(const SourcePosition& needed) {
  Connection connection = TRY(Connection::Open(options_));
  ServerSighting sighting;
  const Timestamp asked = clock_.Now();
  const double theirs =
      SecondsIn(TRY(connection.QueryValue("SELECT CAST(UNIX_TIMESTAMP(NOW(6)) AS CHAR)")));
  const double ours = static_cast<double>(asked.value() + clock_.Now().value()) / 2;
  sighting.clock_ahead_seconds = theirs - ours / kMicrosPerSecond;
  sighting.now = TRY(CurrentPosition(connection));
  sighting.retention_left_seconds = TRY(RetentionLeft(connection, sighting.now, needed));
  return sighting;
}

// A file's age counts from its last write (MySQL: purge_logs_before_date compares the time of
// modification), which is when the next file was begun.
Result<std::optional<double>> ServerWatch::RetentionLeft(Connection& connection,
                                                         const SourcePosition& now,
                                                         const SourcePosition& needed) {
  if (needed.file.empty() || (!needed.server.empty() && needed.server != now.server)) {
    return std::optional<double>();
  }
  std::vector<std::string> files;
  for (const SqlRow& row : TRY(connection.Query("SHOW BINARY LOGS", 2))) {
    files.push_back(row[0].value_or(""));
  }
  const auto file = std::ranges::find(files, needed.file);
  if (file == files.end()) {
    const bool older =
        !files.empty() && BinlogFileNumber(needed.file) < BinlogFileNumber(files.front());
    return older ? std::optional(0.0) : std::nullopt;
  }
  const double kept = TRY(KeptSeconds(connection));
  const auto next = std::next(file);
  if (next == files.end() || kept == kForever) return std::optional(kept);
  const double closed_at = TRY(BegunAt(*next));
  const double server_now = SecondsIn(TRY(connection.QueryValue("SELECT UNIX_TIMESTAMP()")));
  return std::optional(std::max(0.0, closed_at + kept - server_now));
}

// A file that is known needs no second look.
Result<double> ServerWatch::BegunAt(const std::string& file) {
  if (const auto known = begun_at_.find(file); known != begun_at_.end()) return known->second;
  const double begun = TRY(SourceProver(options_, clock_, replica_id_).FileBegun(file));
  begun_at_.clear();
  return begun_at_[file] = begun;
}

Result<SourceProof> ServerWatch::Prove(const SourcePosition& position) {
  Connection connection = TRY(Connection::Open(options_));
  RETURN_IF_ERROR(CheckPosition(connection, position));
  return SourceProver(options_, clock_, replica_id_).Prove(connection, position);
}

}  // namespace foreset::mysql
