// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/mysql_options.h"
#include "foreset/capture/source.h"

namespace foreset::mysql {

// Whether a server that holds all that was captured (position_check.h) holds the very same: a
// server that was set back to an older state and written to anew gives the same names and numbers
// to other changes. The newest transaction before a position tells it.
//
// Not thread-safe. Each question is a binlog connection of its own, that ends as soon as the first
// events have come.
class SourceProver {
 public:
  // `clock` outlives it. `replica_id`: how it presents itself to the server.
  SourceProver(const MysqlOptions& options, const Clock& clock, std::uint32_t replica_id)
      : options_(options), clock_(clock), replica_id_(replica_id) {}

  // Compares what stands before `from` on the server of `connection` with `from.newest`:
  //   the same server: that very place in its binlog;
  //   another one:     the transaction of that GTID, by the time of its original commit (MySQL).
  // kInvalidInput with kSourceReplaced when something else stands there. Where nothing can be
  // compared (its binlog is purged, no GTIDs, nothing known of it) the proof says so.
  Result<SourceProof> Prove(Connection& connection, const SourcePosition& from);

  // What is known of `position` of the server before any transaction was read: its file.
  Result<TransactionMark> MarkOf(const SourcePosition& position);
  // The second in which a binlog file was begun. kTransient when the server does not send it.
  Result<std::uint32_t> FileBegun(const std::string& file);

 private:
  Result<SourceProof> ByPlace(Connection& connection, const SourcePosition& from);
  Result<SourceProof> ByGtid(Connection& connection, const SourcePosition& from);

  const MysqlOptions& options_;
  const Clock& clock_;
  const std::uint32_t replica_id_;
};

}  // namespace foreset::mysql
