// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/mysql_options.h"
#include "foreset/capture/mysql/server_version.h"

struct st_mysql;

namespace foreset::mysql {

// What a connection is for: a binlog connection gives up reading after the options'
// silence_limit, a query may take its time.
enum class SessionKind : std::uint8_t { kQueries, kBinlog };

// One row of a buffered result; an absent value is NULL.
using SqlRow = std::vector<std::optional<std::string>>;

// One row of a streamed result, valid until the next: `values[i]` is null for NULL, else
// `lengths[i]` bytes.
struct SqlRowView {
  std::span<const char* const> values;
  std::span<const unsigned long> lengths;  // NOLINT(google-runtime-int): the library's type
};

// A session with the server: TCP, TLS as the options say, any of the library's authentication
// methods (caching_sha2_password included). The session talks utf8mb4, UTC and a neutral sql_mode,
// is read only, and waits for locks no longer than the options say.
// Not thread-safe. Failures carry the server's error number, never the password.
class Connection {
 public:
  // kTransient kSourceUnreachable, kInvalidInput kSourceAccessDenied or kSourceTls.
  static Result<Connection> Open(const MysqlOptions& options,
                                 SessionKind kind = SessionKind::kQueries);
  ~Connection();
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;

  Status Execute(std::string_view sql);
  // The whole result in memory: for catalogues and settings.
  Result<std::vector<SqlRow>> Query(std::string_view sql);
  // First column of the first row; absent when it is NULL or there is no row.
  Result<std::optional<std::string>> QueryValue(std::string_view sql);
  // Row by row, never the whole result in memory. An error of `sink` ends the query and is
  // returned; a requested stop ends it with kCancelled. Both leave the session unusable.
  using RowSink = std::function<Status(const SqlRowView&)>;
  Status Stream(std::string_view sql, const RowSink& sink, const std::stop_token& stop);

  // 'text' as a literal, by the rules of this session.
  std::string Quote(std::string_view text) const;

  const ServerVersion& version() const { return version_; }
  const std::string& version_text() const { return version_text_; }
  // The library's own handle, for the binlog connection.
  st_mysql* handle() const { return handle_; }
  // What the library's last failure means; `doing` says what was attempted.
  Error LastError(std::string_view doing) const;
  // Makes any blocked read of this connection return at once with an error. Thread-safe.
  void Interrupt() const;

 private:
  explicit Connection(st_mysql* handle) : handle_(handle) {}
  void Close();
  Error ConnectError() const;
  Status PrepareSession(const MysqlOptions& options);

  st_mysql* handle_;
  // A second descriptor of the socket, for Interrupt(): it stays ours when the library closes its.
  int interrupt_socket_ = -1;
  ServerVersion version_;
  std::string version_text_;
  std::string address_;
};

// `name` as a quoted identifier.
std::string QuoteName(std::string_view name);

// What an error number of server or library means to the caller. `message` names no secret.
Error SourceError(unsigned number, std::string_view message, std::string_view doing);

}  // namespace foreset::mysql
