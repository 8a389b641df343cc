// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "foreset/base/result.h"
#include "foreset/server/http_message.h"

namespace foreset::server {

// Where a server listens, and what one client, or all together, can make it hold.
struct ListenOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any that is free
  std::string tls_cert;    // PEM files; empty: no TLS
  std::string tls_key;

  std::size_t threads = 16;           // requests handled at a time
  std::size_t waiting_requests = 64;  // that wait for a thread; 503 for more
  // For more than these the one that has kept the server waiting longest is closed.
  std::size_t connections = 256;
  std::size_t target_bytes = 8192;         // 414 for more
  std::size_t header_bytes = 16UL << 10U;  // 431 for more, the request line among them
  std::size_t header_fields = 100;         // 431 for more
  std::size_t body_bytes = 1UL << 20U;     // 413 for more
  std::size_t bodies_bytes = 16UL << 20U;  // of all requests together; 503 for more
  // From when a request is waited for until it is there, TLS handshake and body included; a
  // connection that is idle for so long ends.
  std::chrono::milliseconds request_time{10'000};
  std::chrono::milliseconds reply_time{30'000};  // until the client has taken a reply
};

// What answers requests.
class HttpService {
 public:
  virtual ~HttpService() = default;

  // Decides by the header alone, before a body is read: a refusal, or an answer that is always at
  // hand; nothing when the request goes to Handle. Called on the event loop: must not wait for
  // anything.
  virtual std::optional<HttpReply> Screen(const HttpRequest& head) const = 0;
  // Called on several threads at once; may wait.
  virtual HttpReply Handle(const HttpRequest& request) const = 0;
};

// Serves HTTP/1.1. One thread, the event loop, talks to all clients, so that slow ones cost a small
// buffer each and nobody else's time; handlers run on a fixed number of threads. Destroyed, it ends
// connections that wait for their clients, and waits for the requests that are being answered.
class HttpServer {
 public:
  // `service` outlives the server. kListenFailed when the address or the certificate cannot be
  // used.
  static Result<std::unique_ptr<HttpServer>> Listen(const ListenOptions& options,
                                                    const HttpService& service);
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;
};

}  // namespace foreset::server
