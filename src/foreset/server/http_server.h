// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "foreset/base/result.h"
#include "foreset/server/http_message.h"

namespace foreset::server {

struct ListenOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any that is free
  std::string tls_cert;    // PEM files; empty: no TLS
  std::string tls_key;
  std::size_t threads = 16;              // requests at a time
  std::size_t waiting_connections = 64;  // beyond them; further ones wait in the system's queue
  std::size_t body_bytes = 1UL << 20U;   // 413 for more
  int read_seconds = 10;                 // without a byte, then the connection ends
};

// Serves HTTP/1.1 on threads of its own until it is destroyed, which waits for the requests that
// are being answered. The only file that knows the HTTP library.
class HttpServer {
 public:
  // Called on several threads at once.
  using Handler = std::function<HttpReply(const HttpRequest&)>;

  // kListenFailed when the address or the certificate cannot be used.
  static Result<std::unique_ptr<HttpServer>> Listen(const ListenOptions& options, Handler handler);
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;
};

}  // namespace foreset::server
