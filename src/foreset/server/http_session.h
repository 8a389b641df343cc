// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <list>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "foreset/server/http_server.h"
#include "foreset/server/http_workers.h"

namespace foreset::server {

// What the connections of one server share. Below the line: of the event loop's thread alone.
struct SessionContext {
  const ListenOptions& options;
  const HttpService& service;
  HttpWorkers& workers;
  boost::asio::io_context& loop;
  boost::asio::ssl::context* tls;  // null: none

  std::list<boost::beast::tcp_stream*> waiting;  // for their clients, the longest first
  std::size_t connections = 0;
  std::size_t body_bytes = 0;  // of requests that are read or handled
  bool ending = false;

  // Ends the connection that has waited longest. False when none waits.
  bool CloseLongestWaiting();
};

// One connection from its first byte to its end: request after request, each read, decided,
// handled elsewhere and answered. An exchange that has no end (live events) is a further way to
// answer: it stays on the event loop and counts as waiting for its client.
boost::asio::awaitable<void> ServeConnection(boost::asio::ip::tcp::socket socket,
                                             SessionContext& context);

}  // namespace foreset::server
