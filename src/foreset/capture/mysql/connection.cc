// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <utility>

#include <errmsg.h>
#include <fmt/format.h>
#include <mysql.h>
#include <mysqld_error.h>

namespace foreset::mysql {
namespace {

// Numbers that the library's headers lack.
constexpr unsigned kHostNotPrivileged = 1130;
constexpr unsigned kAccessDeniedNoPassword = 1698;
constexpr unsigned kTableDefinitionChanged = 1412;
constexpr unsigned kConnectionKilled = 1927;
constexpr unsigned kQueryTimeout = 3024;
constexpr unsigned kAuthPluginCannotLoad = 2059;
constexpr unsigned kAuthPluginError = 2061;

constexpr std::size_t kMaxShownSql = 300;

bool IsUnreachable(unsigned number) {
  switch (number) {
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_UNKNOWN_HOST:
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case CR_SERVER_LOST_EXTENDED:
    case CR_IPSOCK_ERROR:
    case ER_CON_COUNT_ERROR:
    case ER_SERVER_SHUTDOWN:
    case ER_NET_READ_ERROR:
    case ER_NET_READ_INTERRUPTED:
    case ER_NET_ERROR_ON_WRITE:
    case ER_NET_WRITE_INTERRUPTED:
    case kConnectionKilled:
    case CR_SSL_CONNECTION_ERROR:  // once a session stands: its peer has gone
      return true;
    default:
      return false;
  }
}

bool IsAccessDenied(unsigned number) {
  return number == ER_ACCESS_DENIED_ERROR || number == kHostNotPrivileged ||
         number == kAccessDeniedNoPassword || number == kAuthPluginCannotLoad ||
         number == kAuthPluginError;
}

bool IsPrivilegeMissing(unsigned number) {
  return number == ER_DBACCESS_DENIED_ERROR || number == ER_TABLEACCESS_DENIED_ERROR ||
         number == ER_COLUMNACCESS_DENIED_ERROR || number == ER_SPECIFIC_ACCESS_DENIED_ERROR;
}

bool IsWorthRepeating(unsigned number) {
  return number == ER_LOCK_WAIT_TIMEOUT || number == ER_LOCK_DEADLOCK ||
         number == ER_QUERY_INTERRUPTED || number == kQueryTimeout ||
         number == kTableDefinitionChanged;
}

void SetTls(MYSQL* handle, const TlsOptions& tls) {
  const auto path = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
  // Without an authority of its own the library checks a certificate only together with its name.
  const my_bool verify =
      tls.mode == TlsMode::kVerifyIdentity || (tls.mode == TlsMode::kVerifyCa && tls.ca.empty());
  mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  if (tls.mode == TlsMode::kDisabled) return;
  if (tls.mode >= TlsMode::kVerifyCa) mysql_options(handle, MYSQL_OPT_SSL_CA, path(tls.ca));
  mysql_options(handle, MYSQL_OPT_SSL_CERT, path(tls.cert));
  mysql_options(handle, MYSQL_OPT_SSL_KEY, path(tls.key));
  const my_bool use = 1;
  mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &use);
}

// Ends the connection's socket when a stop is requested, so that a blocked read returns.
class InterruptOnStop {
 public:
  InterruptOnStop(const std::stop_token& stop, const Connection& connection)
      : callback_(stop, [&connection] { connection.Interrupt(); }) {}

 private:
  std::stop_callback<std::function<void()>> callback_;
};

// Enough of a statement to recognise it in a message.
std::string Shorten(std::string_view sql) {
  const bool whole = sql.size() <= kMaxShownSql;
  return fmt::format("'{}{}'", sql.substr(0, kMaxShownSql), whole ? "" : "…");
}

Error Cancelled() {
  return Error{
      ErrorKind::kCancelled, ErrorCode::kCancelled, "reading the source was cancelled", {}};
}

}  // namespace

std::string QuoteName(std::string_view name) {
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`') quoted += '`';
    quoted += c;
  }
  return quoted + "`";
}

Error SourceError(unsigned number, std::string_view message, std::string_view doing) {
  Error error{ErrorKind::kInvalidInput,
              ErrorCode::kSourceQueryFailed,
              fmt::format("{}: {} (server error {})", doing, message, number),
              {}};
  if (IsUnreachable(number)) {
    error.kind = ErrorKind::kTransient;
    error.code = ErrorCode::kSourceUnreachable;
  } else if (IsAccessDenied(number)) {
    error.code = ErrorCode::kSourceAccessDenied;
  } else if (IsPrivilegeMissing(number)) {
    error.code = ErrorCode::kMissingPrivilege;
  } else if (IsWorthRepeating(number)) {
    error.kind = ErrorKind::kTransient;
  } else if (number == ER_NO_SUCH_TABLE || number == ER_BAD_DB_ERROR) {
    error.kind = ErrorKind::kNotFound;
  }
  return error;
}

Result<Connection> Connection::Open(const MysqlOptions& options, SessionKind kind) {
  // The library's one-time set-up is not thread-safe by itself.
  static std::once_flag once;
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
  MYSQL* handle = mysql_init(nullptr);
  if (handle == nullptr) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal, "no memory for a connection");
  }
  Connection connection(handle);
  connection.address_ = fmt::format("{}@{}:{}", options.user, options.host, options.port);
  const auto timeout = static_cast<unsigned>(options.connect_timeout.count());
  mysql_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
  const auto silence = static_cast<unsigned>(options.silence_limit.count());
  mysql_options(handle, MYSQL_OPT_WRITE_TIMEOUT, &silence);
  if (kind == SessionKind::kBinlog) mysql_options(handle, MYSQL_OPT_READ_TIMEOUT, &silence);
  mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  constexpr unsigned kTcp = MYSQL_PROTOCOL_TCP;
  mysql_options(handle, MYSQL_OPT_PROTOCOL, &kTcp);
  mysql_options4(handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "foreset");
  SetTls(handle, options.tls);
  if (mysql_real_connect(handle, options.host.c_str(), options.user.c_str(),
                         options.password.Reveal().c_str(), nullptr, options.port, nullptr,
                         0) == nullptr) {
    return std::unexpected(connection.ConnectError());
  }
  // The library falls back to plain text when the server has no TLS.
  if (options.tls.mode >= TlsMode::kRequired && mysql_get_ssl_cipher(handle) == nullptr) {
    return Err(
        ErrorKind::kInvalidInput, ErrorCode::kSourceTls,
        fmt::format("{}:{} offers no TLS, and tls.mode asks for it", options.host, options.port));
  }
  connection.interrupt_socket_ = ::dup(static_cast<int>(mysql_get_socket(handle)));
  RETURN_IF_ERROR(connection.PrepareSession(options));
  return connection;
}

Status Connection::PrepareSession(const MysqlOptions& options) {
  version_text_ = TRY(QueryValue("SELECT VERSION()")).value_or("");
  version_ = ParseServerVersion(version_text_);
  RETURN_IF_ERROR(Execute(fmt::format(
      "SET NAMES utf8mb4, time_zone='+00:00', sql_mode='', autocommit=1, lock_wait_timeout={0}, "
      "innodb_lock_wait_timeout={0}, net_write_timeout=600",
      options.lock_wait_timeout.count())));
  // A limit that the server has for its users' queries is not for a copy of a table.
  RETURN_IF_ERROR(
      Execute(version_.is_mariadb ? "SET max_statement_time = 0" : "SET max_execution_time = 0"));
  return Execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
}

Connection::~Connection() { Close(); }

void Connection::Close() {
  if (handle_ != nullptr) mysql_close(handle_);
  if (interrupt_socket_ >= 0) ::close(interrupt_socket_);
}

Connection::Connection(Connection&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      interrupt_socket_(std::exchange(other.interrupt_socket_, -1)),
      version_(other.version_),
      version_text_(std::move(other.version_text_)),
      address_(std::move(other.address_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(interrupt_socket_, other.interrupt_socket_);
  std::swap(version_, other.version_);
  std::swap(version_text_, other.version_text_);
  std::swap(address_, other.address_);
  return *this;
}

Error Connection::LastError(std::string_view doing) const {
  return SourceError(mysql_errno(handle_), mysql_error(handle_), doing);
}

// A server that goes away during the handshake is gone; all else that TLS refuses is a mistake in
// the set-up, which no repetition mends.
Error Connection::ConnectError() const {
  Error error = LastError(fmt::format("connecting as {}", address_));
  const std::string_view message = mysql_error(handle_);
  const auto says = [&](std::string_view part) {
    return message.find(part) != std::string_view::npos;
  };
  const bool gone = says("unexpected eof") || says("reset by peer") || says("Broken pipe");
  if (mysql_errno(handle_) == CR_SSL_CONNECTION_ERROR && !gone) {
    error.kind = ErrorKind::kInvalidInput;
    error.code = ErrorCode::kSourceTls;
  }
  return error;
}

void Connection::Interrupt() const {
  if (interrupt_socket_ >= 0) ::shutdown(interrupt_socket_, SHUT_RDWR);
}

Status Connection::Execute(std::string_view sql) {
  RETURN_IF_ERROR(Query(sql));
  return {};
}

Result<std::vector<SqlRow>> Connection::Query(std::string_view sql) {
  if (mysql_real_query(handle_, sql.data(), sql.size()) != 0) {
    return std::unexpected(LastError(Shorten(sql)));
  }
  std::vector<SqlRow> rows;
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(handle_),
                                                                        mysql_free_result);
  if (result == nullptr) {
    if (mysql_errno(handle_) != 0) return std::unexpected(LastError(Shorten(sql)));
    return rows;
  }
  const unsigned width = mysql_num_fields(result.get());
  while (MYSQL_ROW row = mysql_fetch_row(result.get())) {
    const auto* lengths = mysql_fetch_lengths(result.get());
    SqlRow& out = rows.emplace_back(width);
    for (unsigned i = 0; i < width; ++i) {
      if (row[i] != nullptr) out[i].emplace(row[i], lengths[i]);
    }
  }
  return rows;
}

Result<std::optional<std::string>> Connection::QueryValue(std::string_view sql) {
  std::vector<SqlRow> rows = TRY(Query(sql));
  if (rows.empty() || rows[0].empty()) return std::optional<std::string>();
  return std::move(rows[0][0]);
}

Status Connection::Stream(std::string_view sql, const RowSink& sink, const std::stop_token& stop) {
  if (stop.stop_requested()) return std::unexpected(Cancelled());
  const InterruptOnStop interrupt(stop, *this);
  const auto failure = [&] {
    return std::unexpected(stop.stop_requested() ? Cancelled() : LastError(Shorten(sql)));
  };
  if (mysql_real_query(handle_, sql.data(), sql.size()) != 0) return failure();
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_use_result(handle_),
                                                                        mysql_free_result);
  if (result == nullptr) return failure();
  const std::size_t width = mysql_num_fields(result.get());
  while (MYSQL_ROW row = mysql_fetch_row(result.get())) {
    const auto* lengths = mysql_fetch_lengths(result.get());
    Status status = sink(SqlRowView{{row, width}, {lengths, width}});
    if (!status) {
      // Freeing the result would read all rows that are left; a dead socket ends that at once.
      Interrupt();
      return status;
    }
  }
  if (mysql_errno(handle_) != 0) return failure();
  return {};
}

std::string Connection::Quote(std::string_view text) const {
  std::string quoted(2 * text.size() + 2, '\'');
  const auto length =
      mysql_real_escape_string(handle_, quoted.data() + 1, text.data(), text.size());
  quoted.resize(length + 2);
  quoted.back() = '\'';
  return quoted;
}

}  // namespace foreset::mysql
