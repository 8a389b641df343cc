// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/connection.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <utility>

#include <errmsg.h>
#include <fmt/format.h>
#include <mysql.h>
#include <mysqld_error.h>

#include "foreset/base/errors/source.h"
#include "foreset/capture/mysql/login_guard.h"
#include "foreset/capture/mysql/session_settings.h"

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
constexpr unsigned kMethodNotAllowed = 5010;
constexpr unsigned kServerOffline = 3032;

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
    case ER_TOO_MANY_USER_CONNECTIONS:
    case ER_USER_LIMIT_REACHED:
    case kServerOffline:
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
  const auto verify = static_cast<my_bool>(tls.mode == TlsMode::kVerifyIdentity ||
                                           (tls.mode == TlsMode::kVerifyCa && tls.ca.empty()));
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

// A session in this state has an answer, which does not arrive.
bool IsSending(const std::optional<std::string>& state) {
  return state == "Sending to client" || state == "Writing to net";
}

std::unexpected<Error> TooNarrow(std::string_view sql, std::size_t width, std::size_t wanted) {
  return Err(ErrorKind::kCorruption, source_error::kAnswerMalformed,
             fmt::format("{}: the server answers with {} columns instead of {}", Shorten(sql),
                         width, wanted));
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

// The library shows the system's own words.
bool TellsOfNetwork(std::string_view message) {
  const auto says = [&](std::string_view part) {
    return message.find(part) != std::string_view::npos;
  };
  constexpr auto kNetworkErrors = std::to_array(
      {ETIMEDOUT, ECONNRESET, EPIPE,  ECONNABORTED, ENETUNREACH, EHOSTUNREACH, ENETDOWN,
       ENETRESET, EAGAIN,     EINTR,  EINPROGRESS,  ENOTCONN,    EIO,          ENOBUFS,
       ENOMEM,    EMFILE,     ENFILE, EBADF,        ESHUTDOWN,   ECONNREFUSED});
  const bool network = std::ranges::any_of(
      kNetworkErrors, [&](int number) { return says(std::generic_category().message(number)); });
  return network || says("unexpected eof") || says("Success") || says("Unknown SSL error");
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
  } else if (number == ER_NO_SUCH_TABLE || number == ER_BAD_DB_ERROR ||
             number == ER_BAD_FIELD_ERROR) {
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
  Connection connection(handle, std::make_shared<const MysqlOptions>(options), kind);
  if (connection.stopping()) return std::unexpected(Cancelled());
  connection.Configure();
  RETURN_IF_ERROR(connection.LogIn());
  RETURN_IF_ERROR(connection.PrepareSession());
  return connection;
}

void Connection::Configure() {
  const auto timeout = static_cast<unsigned>(options_->connect_timeout.count());
  mysql_options(handle_, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
  const auto silence = static_cast<unsigned>(options_->silence_limit.count());
  mysql_options(handle_, MYSQL_OPT_WRITE_TIMEOUT, &silence);
  mysql_options(handle_, MYSQL_OPT_READ_TIMEOUT, &silence);
  mysql_options(handle_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  constexpr unsigned kTcp = MYSQL_PROTOCOL_TCP;
  mysql_options(handle_, MYSQL_OPT_PROTOCOL, &kTcp);
  constexpr unsigned kNoFiles = 0;
  mysql_options(handle_, MYSQL_OPT_LOCAL_INFILE, &kNoFiles);
  constexpr std::size_t kLargestPacket = 1UL << 30U;
  mysql_options(handle_, MYSQL_OPT_MAX_ALLOWED_PACKET, &kLargestPacket);
  mysql_options4(handle_, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "foreset");
  mysql_options(handle_, MARIADB_OPT_RESTRICTED_AUTH, AllowedMethods(options_->tls.mode).c_str());
  SetTls(handle_, options_->tls);
}

Status Connection::LogIn() {
  const MysqlOptions& options = *options_;
  const Secret password = options.current_password ? options.current_password() : options.password;
  const LoginGuard guard(handle_, options.tls.mode);
  const bool connected =
      mysql_real_connect(handle_, options.host.c_str(), options.user.c_str(),
                         password.Reveal().c_str(), nullptr, options.port, nullptr, 0) != nullptr;
  if (guard.refused()) {
    return Err(
        ErrorKind::kInvalidInput, ErrorCode::kSourceTls,
        fmt::format("{}:{} offers no TLS, and tls.mode asks for it", options.host, options.port));
  }
  if (!connected) return std::unexpected(ConnectError());
  interrupt_socket_ = ::dup(static_cast<int>(mysql_get_socket(handle_)));
  if (options.stop.stop_possible()) {
    on_stop_ = std::make_unique<StopCallback>(
        options.stop, [socket = interrupt_socket_] { ::shutdown(socket, SHUT_RDWR); });
  }
  return {};
}

Status Connection::PrepareSession() {
  version_text_ = TRY(QueryValue("SELECT VERSION()")).value_or("");
  version_ = ParseServerVersion(version_text_);
  RETURN_IF_ERROR(Execute(CommonSettings(version_, options_->lock_wait_timeout)));
  RETURN_IF_ERROR(SetForVersion());
  return Execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
}

// Only what the server has, and what is not so already: some of it may be forbidden.
Status Connection::SetForVersion() {
  const std::vector<SessionSetting> settings = VersionSettings(version_);
  std::string names;
  for (const SessionSetting& setting : settings) {
    names += fmt::format("{}'{}'", names.empty() ? "" : ",", setting.name);
  }
  std::string changes;
  for (const SqlRow& row :
       TRY(Query(fmt::format("SHOW SESSION VARIABLES WHERE Variable_name IN ({})", names), 2))) {
    const auto setting = std::ranges::find(settings, row[0].value_or(""), &SessionSetting::name);
    if (setting == settings.end() || row[1] == setting->shown) continue;
    changes +=
        fmt::format("{} {} = {}", changes.empty() ? "SET" : ",", setting->name, setting->value);
  }
  return changes.empty() ? Status() : Execute(changes);
}

Connection::~Connection() { Close(); }

void Connection::Close() {
  on_stop_.reset();
  if (handle_ != nullptr) mysql_close(handle_);
  if (interrupt_socket_ >= 0) ::close(interrupt_socket_);
}

Connection::Connection(Connection&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      options_(std::move(other.options_)),
      kind_(other.kind_),
      interrupt_socket_(std::exchange(other.interrupt_socket_, -1)),
      on_stop_(std::move(other.on_stop_)),
      version_(other.version_),
      version_text_(std::move(other.version_text_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(options_, other.options_);
  std::swap(kind_, other.kind_);
  std::swap(interrupt_socket_, other.interrupt_socket_);
  std::swap(on_stop_, other.on_stop_);
  std::swap(version_, other.version_);
  std::swap(version_text_, other.version_text_);
  return *this;
}

Error Connection::LastError(std::string_view doing) const {
  if (stopping()) return Cancelled();
  return SourceError(mysql_errno(handle_), mysql_error(handle_), doing);
}

// A server that goes away during the handshake is gone; what one side's TLS refuses of the other's
// is a mistake in the set-up, which no repetition mends.
Error Connection::ConnectError() const {
  const std::string doing =
      fmt::format("Cannot connect as {}@{}:{}", options_->user, options_->host, options_->port);
  const unsigned number = mysql_errno(handle_);
  Error error = LastError(doing);
  if (number == kMethodNotAllowed) {
    error.kind = ErrorKind::kInvalidInput;
    error.code = ErrorCode::kSourceTls;
    error.message = doing + ": the server asks for the password as it is, which only goes over TLS";
    error.next_step = "Set tls.mode to required or more, or give the user another plugin.";
  } else if (number == CR_SSL_CONNECTION_ERROR && !TellsOfNetwork(mysql_error(handle_))) {
    error.kind = ErrorKind::kInvalidInput;
    error.code = ErrorCode::kSourceTls;
  }
  return error;
}

std::string Connection::cipher() const {
  const char* name = mysql_get_ssl_cipher(handle_);
  return name == nullptr ? "" : name;
}

bool Connection::is_local() const {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  if (::getpeername(static_cast<int>(mysql_get_socket(handle_)), reinterpret_cast<sockaddr*>(&peer),
                    &size) != 0) {
    return false;
  }
  if (peer.ss_family == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in&>(peer).sin_addr;
    return ntohl(address.s_addr) >> 24U == IN_LOOPBACKNET;
  }
  const auto& address = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&address) != 0;
  return IN6_IS_ADDR_LOOPBACK(&address) != 0 || (mapped && address.s6_addr[12] == IN_LOOPBACKNET);
}

void Connection::Interrupt() const {
  if (interrupt_socket_ >= 0) ::shutdown(interrupt_socket_, SHUT_RDWR);
}

Status Connection::Execute(std::string_view sql) {
  RETURN_IF_ERROR(Query(sql, 0));
  return {};
}

// Sends the statement and waits for the beginning of its reply.
Status Connection::Ask(std::string_view sql) {
  if (stopping()) return std::unexpected(Cancelled());
  if (mysql_send_query(handle_, sql.data(), sql.size()) != 0) {
    return std::unexpected(LastError(Shorten(sql)));
  }
  RETURN_IF_ERROR(AwaitReply());
  if (mysql_read_query_result(handle_) != 0) return std::unexpected(LastError(Shorten(sql)));
  return {};
}

// Reading would end at the library's time-out, but a statement may be worked on for longer.
Status Connection::AwaitReply() {
  const auto limit = std::chrono::milliseconds(options_->silence_limit);
  for (;;) {
    pollfd poll{static_cast<int>(mysql_get_socket(handle_)), POLLIN, 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(limit.count()));
    if (stopping()) return std::unexpected(Cancelled());
    if (ready > 0 || (ready < 0 && errno != EINTR)) return {};
    if (ready < 0 || ServerIsAtWork()) continue;
    Interrupt();
    return Err(ErrorKind::kTransient, ErrorCode::kSourceUnreachable,
               fmt::format("{}:{} was silent for {} s", options_->host, options_->port,
                           options_->silence_limit.count()));
  }
}

// Whether the server, asked anew, still has this session and is busy in it.
bool Connection::ServerIsAtWork() const {
  if (kind_ == SessionKind::kProbe) return false;
  auto probe = Open(*options_, SessionKind::kProbe);
  if (!probe) return false;
  const auto sessions = probe->Query("SHOW PROCESSLIST", 7);
  if (!sessions) return false;
  const std::string id = std::to_string(mysql_thread_id(handle_));
  return std::ranges::any_of(*sessions, [&](const SqlRow& row) {
    return row[0] == id && row[4] != "Sleep" && !IsSending(row[6]);
  });
}

Result<std::vector<SqlRow>> Connection::Query(std::string_view sql, std::size_t columns) {
  RETURN_IF_ERROR(Ask(sql));
  std::vector<SqlRow> rows;
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(handle_),
                                                                        mysql_free_result);
  if (result == nullptr) {
    if (mysql_errno(handle_) != 0) return std::unexpected(LastError(Shorten(sql)));
    return columns == 0 ? Result<std::vector<SqlRow>>(std::move(rows)) : TooNarrow(sql, 0, columns);
  }
  const unsigned width = mysql_num_fields(result.get());
  if (width < columns) return TooNarrow(sql, width, columns);
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
  std::vector<SqlRow> rows = TRY(Query(sql, 1));
  if (rows.empty()) return std::optional<std::string>();
  return std::move(rows[0][0]);
}

Status Connection::Stream(std::string_view sql, std::size_t columns, const RowSink& sink,
                          const std::stop_token& stop) {
  if (stop.stop_requested()) return std::unexpected(Cancelled());
  const InterruptOnStop interrupt(stop, *this);
  const auto failure = [&](Error error) {
    return std::unexpected(stop.stop_requested() ? Cancelled() : std::move(error));
  };
  if (Status asked = Ask(sql); !asked) return failure(std::move(asked).error());
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_use_result(handle_),
                                                                        mysql_free_result);
  if (result == nullptr) return failure(LastError(Shorten(sql)));
  const std::size_t width = mysql_num_fields(result.get());
  if (width != columns) {
    Interrupt();
    return TooNarrow(sql, width, columns);
  }
  while (MYSQL_ROW row = mysql_fetch_row(result.get())) {
    const auto* lengths = mysql_fetch_lengths(result.get());
    Status status = sink(SqlRowView{{row, width}, {lengths, width}});
    if (!status) {
      // Freeing the result would read all rows that are left; a dead socket ends that at once.
      Interrupt();
      return status;
    }
  }
  if (mysql_errno(handle_) != 0) return failure(LastError(Shorten(sql)));
  return {};
}

// The library's buffer grows to the largest packet, and never shrinks. As its own net_realloc(),
// between two packets.
void Connection::GiveBackBuffer() {
  constexpr std::size_t kKept = 1UL << 20U;
  constexpr std::size_t kHeaders = 64;  // more than those of a packet and of compression
  NET& net = handle_->net;
  if (net.max_packet <= kKept) return;
  void* const smaller = std::realloc(net.buff, kKept + kHeaders);  // NOLINT: the library's own
  if (smaller == nullptr) return;
  net.buff = net.write_pos = net.read_pos = static_cast<unsigned char*>(smaller);
  net.max_packet = kKept;
  net.buff_end = net.buff + kKept;
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
