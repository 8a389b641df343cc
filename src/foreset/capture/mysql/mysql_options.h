// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "foreset/base/secret.h"

namespace foreset::mysql {

// As MySQL's own --ssl-mode. From kVerifyCa on, the certificate is checked against `ca` (or the
// system's authorities); from kVerifyIdentity on, the host name too.
enum class TlsMode : std::uint8_t {
  kDisabled,
  kPreferred,
  kRequired,
  kVerifyCa,
  kVerifyIdentity,
};

struct TlsOptions {
  TlsMode mode = TlsMode::kPreferred;
  std::string ca;  // PEM files; empty: none
  std::string cert;
  std::string key;
};

// Where the source is and what is captured of it: the `source.mysql` section of the configuration.
struct MysqlOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 3306;
  std::string user;
  Secret password;
  // Asked at each log-in where it is set: a password that was changed meanwhile. Else `password`.
  std::function<Secret()> current_password;
  // Globs (`*`, `?`) over "database.table". The servers' own schemas never match.
  std::vector<std::string> tables = {"*.*"};
  std::vector<std::string> exclude;
  // How Foreset presents itself to the server as a replica; 0: a random one.
  std::uint32_t server_id = 0;
  TlsOptions tls;
  std::chrono::seconds connect_timeout{10};
  // How long a session waits for a lock, the brief global read lock of a backfill included.
  std::chrono::seconds lock_wait_timeout{5};
  // Asked from the server: so often it speaks when there is nothing to say. Bounds how late an
  // idle round ends.
  std::chrono::milliseconds heartbeat_period{200};
  // A connection that is silent for so long is taken for dead, unless the server says that it works
  // on the statement.
  std::chrono::seconds silence_limit{30};
  // Bytes that a row may have; a table with a larger one stops (kRowTooLarge).
  std::size_t largest_row = 1UL << 30U;
  // Ends every wait for the server.
  std::stop_token stop;
};

}  // namespace foreset::mysql
