// SPDX-License-Identifier: MIT
#include "foreset/server/http_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <httplib.h>

#include "foreset/base/mutex.h"

namespace foreset::server {
namespace {

constexpr int kKeepAliveSeconds = 5;
constexpr std::size_t kKeepAliveRequests = 1000;

// A fixed number of threads, and a bounded queue: whoever accepts connections waits for room.
class BoundedThreads final : public httplib::TaskQueue {
 public:
  BoundedThreads(std::size_t threads, std::size_t waiting) : room_(waiting) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
  }

  void enqueue(std::function<void()> connection) override {
    const MutexLock lock(mutex_);
    while (waiting_.size() >= room_) changed_.Wait(mutex_);
    waiting_.push_back(std::move(connection));
    changed_.WakeAll();
  }

  void shutdown() override {
    {
      const MutexLock lock(mutex_);
      ending_ = true;
      changed_.WakeAll();
    }
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Loop() {
    for (;;) {
      std::function<void()> connection;
      {
        const MutexLock lock(mutex_);
        while (waiting_.empty() && !ending_) changed_.Wait(mutex_);
        if (waiting_.empty()) return;
        connection = std::move(waiting_.front());
        waiting_.pop_front();
        changed_.WakeAll();
      }
      connection();
    }
  }

  const std::size_t room_;
  Mutex mutex_;
  Condition changed_;
  std::deque<std::function<void()>> waiting_ GUARDED_BY(mutex_);
  bool ending_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

HttpRequest RequestOf(const httplib::Request& from) {
  HttpRequest request;
  request.method = from.method;
  request.path = from.target.substr(0, from.target.find('?'));
  request.query.insert(from.params.begin(), from.params.end());
  for (const auto& [name, value] : from.headers) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
    request.headers.emplace(std::move(lower), value);
  }
  request.body = from.body;
  return request;
}

void Answer(const HttpReply& reply, httplib::Response& to) {
  to.status = reply.status;
  for (const auto& [name, value] : reply.headers) to.set_header(name, value);
  to.set_header("Cache-Control", "no-store");
  to.set_header("X-Content-Type-Options", "nosniff");
  if (!reply.body.empty()) to.set_content(reply.body, reply.media_type);
}

class LibraryServer final : public HttpServer {
 public:
  LibraryServer(std::unique_ptr<httplib::Server> server, Handler handler)
      : server_(std::move(server)), handler_(std::move(handler)) {}

  ~LibraryServer() override {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
  }

  Status Start(const ListenOptions& options) {
    Limit(options);
    const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
      Answer(handler_(RequestOf(request)), response);
    };
    // Without a length there is no body (RFC 9112, 6.3): a bare PUT or POST, as curl sends it. The
    // library would wait for one.
    server_->set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding")) {
            return httplib::Server::HandlerResponse::Unhandled;
          }
          Answer(handler_(RequestOf(request)), response);
          return httplib::Server::HandlerResponse::Handled;
        });
    server_->Get("/.*", handle)
        .Post("/.*", handle)
        .Put("/.*", handle)
        .Patch("/.*", handle)
        .Delete("/.*", handle)
        .Options("/.*", handle);
    if (options.port == 0) {
      port_ = server_->bind_to_any_port(options.host);
    } else if (server_->bind_to_port(options.host, options.port)) {
      port_ = options.port;
    }
    if (port_ <= 0) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kListenFailed,
                 fmt::format("{} port {} cannot be listened on", options.host, options.port));
    }
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    // The library forgets a stop that comes before it runs.
    while (!server_->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return {};
  }

  std::uint16_t port() const override { return static_cast<std::uint16_t>(port_); }

 private:
  void Limit(const ListenOptions& options) {
    server_->new_task_queue = [threads = options.threads, waiting = options.waiting_connections] {
      return new BoundedThreads(threads, waiting);
    };
    server_->set_payload_max_length(options.body_bytes);
    server_->set_read_timeout(options.read_seconds);
    server_->set_write_timeout(options.read_seconds);
    server_->set_keep_alive_timeout(kKeepAliveSeconds);
    server_->set_keep_alive_max_count(kKeepAliveRequests);
    server_->set_tcp_nodelay(true);
    // The library's own options let two servers share a port, each getting some of the requests.
    server_->set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    // What the library itself refuses has the form of all other refusals.
    server_->set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      Answer(Refusal(response.status, fmt::format("HTTP {}", response.status)), response);
    });
    server_->set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
          Answer(Refusal(500, "an internal error; the log has more"), response);
        });
  }

  std::unique_ptr<httplib::Server> server_;
  const Handler handler_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Listen(const ListenOptions& options,
                                                       Handler handler) {
  std::unique_ptr<httplib::Server> library;
  if (options.tls_cert.empty()) {
    library = std::make_unique<httplib::Server>();
  } else {
    auto secured =
        std::make_unique<httplib::SSLServer>(options.tls_cert.c_str(), options.tls_key.c_str());
    const bool usable = secured->is_valid() &&
                        SSL_CTX_set_min_proto_version(secured->ssl_context(), TLS1_2_VERSION) == 1;
    library = std::move(secured);
    if (!usable) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kListenFailed,
                 fmt::format("{} and {} are no certificate with its key", options.tls_cert,
                             options.tls_key));
    }
  }
  auto server = std::make_unique<LibraryServer>(std::move(library), std::move(handler));
  RETURN_IF_ERROR(server->Start(options));
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace foreset::server
