// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/mysql_options.h"
#include "foreset/capture/source.h"
#include "foreset/model/source_position.h"

namespace foreset::mysql {

// The server at one moment.
struct ServerSighting {
  SourcePosition now;              // its epoch is 0
  double clock_ahead_seconds = 0;  // the server's clock minus ours; half a round trip is its error
  // Seconds until the server may delete the binlog file in which the needed position lies, by its
  // own settings: infinity when it deletes none by age, 0 when the file is gone. Nothing when the
  // position lies in no file of this server. A file that is still written to counts as if it were
  // closed now.
  std::optional<double> retention_left_seconds;
};

// Looks at a server from time to time, on a connection made for each look. Not thread-safe.
class ServerWatch {
 public:
  // `clock` must outlive it. `replica_id` is how it presents itself when it must look into a binlog
  // file: another one than that of who follows the binlog.
  ServerWatch(MysqlOptions options, const Clock& clock, std::uint32_t replica_id);

  // Errors as Connection::Open.
  Result<ServerSighting> Look(const SourcePosition& needed);
  // Whether the server can be followed from `position`, by what it holds before it
  // (position_check.h, source_proof.h): kInvalidInput when it cannot.
  Result<SourceProof> Prove(const SourcePosition& position);

 private:
  Result<std::optional<double>> RetentionLeft(Connection& connection, const SourcePosition& now,
                                              const SourcePosition& needed);
  Result<double> BegunAt(const std::string& file);

  const MysqlOptions options_;
  const Clock& clock_;
  const std::uint32_t replica_id_;
  std::map<std::string, double> begun_at_;  // of the last file that was looked into
};

}  // namespace foreset::mysql
