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
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/mysql_options.h"
#include "foreset/capture/mysql/server_version.h"

struct st_mysql;  // NOLINT(readability-identifier-naming): the library's name

namespace foreset::mysql {

// What a connection is for. A query may take its time: when it is silent for the options'
// silence_limit, the server is asked, by a session of kind kProbe, whether it works on it.
enum class SessionKind : std::uint8_t { kQueries, kBinlog, kProbe };

// One row of a buffered result; an absent value is NULL.
using SqlRow = std::vector<std::optional<std::string>>;

// One row of a streamed result, valid until the next: `values[i]` is null for NULL, else
// `lengths[i]` bytes.
struct SqlRowView {
  std::span<const char* const> values;
  std::span<const unsigned long> lengths;  // NOLINT(google-runtime-int): the library's type
};

// A session with the server: TCP, TLS as the options say, any of the library's authentication
// methods (caching_sha2_password included) but those that show the password without TLS. The
// session talks utf8mb4 and UTC, owes nothing to the server's own defaults (session_settings.h), is
// read only, and waits for locks no longer than the options say. A requested stop of the options
// ends whatever it waits for, with kCancelled.
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
  // The whole result in memory: for catalogues and settings. Each row has `columns` values, or more
  // where the statement has more in other versions of the server: a narrower one is kCorruption
  // with kAnswerMalformed.
  Result<std::vector<SqlRow>> Query(std::string_view sql, std::size_t columns);
  // First column of the first row; absent when it is NULL or there is no row.
  Result<std::optional<std::string>> QueryValue(std::string_view sql);
  // Row by row of exactly `columns` values, never the whole result in memory. An error of `sink`
  // ends the query and is returned; a requested stop ends it with kCancelled. Both leave the
  // session unusable.
  using RowSink = std::function<Status(const SqlRowView&)>;
  Status Stream(std::string_view sql, std::size_t columns, const RowSink& sink,
                const std::stop_token& stop);

  // Gives back what the library has kept since a large packet. What it read last is no longer
  // valid.
  void GiveBackBuffer();

  // 'text' as a literal, by the rules of this session.
  std::string Quote(std::string_view text) const;

  const ServerVersion& version() const { return version_; }
  const std::string& version_text() const { return version_text_; }
  // Empty without TLS.
  std::string cipher() const;
  // The server is on this machine: nobody stands between.
  bool is_local() const;
  // The library's own handle, for the binlog connection.
  st_mysql* handle() const { return handle_; }
  // What the library's last failure means; `doing` says what was attempted.
  Error LastError(std::string_view doing) const;
  // Makes any blocked read of this connection return at once with an error. Thread-safe.
  void Interrupt() const;

 private:
  // Ends a descriptor of the socket when a stop is requested.
  using StopCallback = std::stop_callback<std::function<void()>>;

  Connection(st_mysql* handle, std::shared_ptr<const MysqlOptions> options, SessionKind kind)
      : handle_(handle), options_(std::move(options)), kind_(kind) {}
  void Close();
  Status LogIn();
  void Configure();
  Error ConnectError() const;
  Status PrepareSession();
  Status SetForVersion();
  Status Ask(std::string_view sql);
  Status AwaitReply();
  bool ServerIsAtWork() const;
  bool stopping() const { return options_->stop.stop_requested(); }

  st_mysql* handle_;
  std::shared_ptr<const MysqlOptions> options_;
  SessionKind kind_;
  // A second descriptor of the socket, for Interrupt(): it stays ours when the library closes its.
  int interrupt_socket_ = -1;
  std::unique_ptr<StopCallback> on_stop_;
  ServerVersion version_;
  std::string version_text_;
};

// `name` as a quoted identifier.
std::string QuoteName(std::string_view name);

// Whether the library's words for a failure of TLS tell that the peer or the network went away, and
// not that one side refuses the other's TLS.
bool TellsOfNetwork(std::string_view message);

// What an error number of server or library means to the caller. `message` names no secret.
Error SourceError(unsigned number, std::string_view message, std::string_view doing);

}  // namespace foreset::mysql
