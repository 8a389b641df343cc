// SPDX-License-Identifier: MIT
#include "foreset/server/http_server.h"

#include <exception>
#include <new>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "foreset/server/http_session.h"

namespace foreset::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// After an accept that failed, for want of descriptors above all.
constexpr std::chrono::milliseconds kAcceptPause{50};

std::unexpected<Error> ListenFailed(std::string message) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kListenFailed, std::move(message));
}

bool UseCertificate(asio::ssl::context& tls, const ListenOptions& options) {
  error_code error;
  (void)tls.use_certificate_chain_file(options.tls_cert, error);
  if (error) return false;
  (void)tls.use_private_key_file(options.tls_key, asio::ssl::context::pem, error);
  SSL_CTX* native = tls.native_handle();
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  return !error && SSL_CTX_check_private_key(native) == 1 &&
         SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) == 1;
}

class EventLoopServer final : public HttpServer {
 public:
  EventLoopServer(const ListenOptions& options, const HttpService& service)
      : options_(options),
        loop_(1),
        acceptor_(loop_),
        workers_(options.threads, options.waiting_requests),
        context_{.options = options_,
                 .service = service,
                 .workers = workers_,
                 .loop = loop_,
                 .tls = nullptr,
                 .waiting = {}} {}

  ~EventLoopServer() override {
    asio::post(loop_, [this] {
      context_.ending = true;
      error_code ignored;
      (void)acceptor_.close(ignored);
      for (auto* stream : context_.waiting) stream->close();
    });
    if (thread_.joinable()) thread_.join();
  }

  Status Start() {
    if (!options_.tls_cert.empty()) {
      tls_.emplace(asio::ssl::context::tls_server);
      if (!UseCertificate(*tls_, options_)) {
        return ListenFailed(fmt::format("{} and {} are no certificate with its key",
                                        options_.tls_cert, options_.tls_key));
      }
      context_.tls = &*tls_;
    }
    if (!Bind()) {
      return ListenFailed(
          fmt::format("{} port {} cannot be listened on", options_.host, options_.port));
    }
    // What a connection's coroutine throws (there was no memory) ends that connection.
    asio::co_spawn(loop_, Accept(), [](const std::exception_ptr&) {});
    thread_ = std::thread([this] { loop_.run(); });
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  // At the first of the host's addresses that lets us.
  bool Bind() {
    error_code error;
    tcp::resolver resolver(loop_);
    const auto addresses =
        resolver.resolve(options_.host, std::to_string(options_.port),
                         tcp::resolver::passive | tcp::resolver::numeric_service, error);
    if (error) return false;
    for (const auto& address : addresses) {
      if (!BindTo(address.endpoint())) continue;
      port_ = acceptor_.local_endpoint(error).port();
      return true;
    }
    return false;
  }

  bool BindTo(const tcp::endpoint& endpoint) {
    error_code error;
    if (acceptor_.is_open()) (void)acceptor_.close(error);
    (void)acceptor_.open(endpoint.protocol(), error);
    if (!error) (void)acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) (void)acceptor_.bind(endpoint, error);
    if (!error) (void)acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    return !error;
  }

  asio::awaitable<void> Accept() {
    constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
    while (!context_.ending) {
      auto [error, socket] = co_await acceptor_.async_accept(kToken);
      if (!error && Admit(std::move(socket))) continue;
      if (!context_.ending) {
        context_.CloseLongestWaiting();
        asio::steady_timer pause(loop_, kAcceptPause);
        co_await pause.async_wait(kToken);
      }
    }
  }

  // There is always room for a client that does not keep others waiting. False when there is none.
  bool Admit(tcp::socket socket) {
    const bool full = context_.connections >= options_.connections;
    if (context_.ending || (full && !context_.CloseLongestWaiting())) return false;
    error_code ignored;
    (void)socket.set_option(tcp::no_delay(true), ignored);
    try {
      asio::co_spawn(loop_, ServeConnection(std::move(socket), context_),
                     [](const std::exception_ptr&) {});
    } catch (const std::bad_alloc&) {
      return false;
    }
    return true;
  }

  const ListenOptions options_;
  std::optional<asio::ssl::context> tls_;
  asio::io_context loop_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  HttpWorkers workers_;
  SessionContext context_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Listen(const ListenOptions& options,
                                                       const HttpService& service) {
  try {
    auto server = std::make_unique<EventLoopServer>(options, service);
    RETURN_IF_ERROR(server->Start());
    return std::unique_ptr<HttpServer>(std::move(server));
  } catch (const std::exception& error) {  // Asio's, when it cannot have its descriptors
    return ListenFailed(fmt::format("{} port {}: {}", options.host, options.port, error.what()));
  }
}

}  // namespace foreset::server
