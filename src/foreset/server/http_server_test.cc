// SPDX-License-Identifier: MIT
#include "foreset/server/http_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foreset::server {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Clock = std::chrono::steady_clock;

// A client that sends what it is told to, byte by byte if need be.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{.tv_sec = 30, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  // False when the server takes no more.
  bool Send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // What comes until it ends with `end`, or until the server closes.
  std::string Receive(std::string_view end = "\xFF") const {
    std::string received;
    char byte = 0;
    while (!received.ends_with(end) && recv(socket_, &byte, 1, 0) == 1) received += byte;
    return received;
  }
  // Whether something comes, or the end, within a moment.
  bool HasNews() const {
    pollfd watched{.fd = socket_, .events = POLLIN, .revents = 0};
    return poll(&watched, 1, 10) != 0;
  }
  std::string Ask(std::string_view request, std::string_view end = "\xFF") const {
    Send(request);
    return Receive(end);
  }

 private:
  int socket_;
  bool connected_ = false;
};

// Answers with what it was asked.
class Echo final : public HttpService {
 public:
  std::optional<HttpReply> Screen(const HttpRequest& head) const override {
    if (!head.headers.contains("host")) return Refusal(421, "no host");
    if (head.path == "/livez") return JsonReply(200, "ok");
    return std::nullopt;
  }
  HttpReply Handle(const HttpRequest& request) const override {
    ++handling;
    while (request.path == "/wait" && !go) std::this_thread::yield();
    if (request.path == "/throw") throw std::runtime_error("canary");
    if (request.path == "/none") return EmptyReply(204);
    if (request.path == "/large") return JsonReply(200, std::string(32UL << 20U, 'x'));
    std::string text = request.method + " " + request.path;
    for (const auto& [name, value] : request.query) text += " " + name + "=" + value;
    return JsonReply(200, text + " [" + request.body + "]");
  }
  mutable std::atomic<int> handling{0};
  std::atomic<bool> go{false};
};

class HttpServerTest : public ::testing::Test {
 protected:
  void Start() { server_ = *HttpServer::Listen(options_, echo_); }
  void TearDown() override { echo_.go = true; }

  std::string Ask(std::string_view request) const { return Client(server_->port()).Ask(request); }
  void Await(const std::function<bool()>& condition) const {
    const auto limit = Clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      ASSERT_LT(Clock::now(), limit);
      std::this_thread::yield();
    }
  }
  // The server answers others as if nothing were.
  void ExpectLive() const {
    const auto begin = Clock::now();
    EXPECT_THAT(Ask("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                EndsWith("\r\n\r\nok"));
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(2));
  }

  ListenOptions options_;
  Echo echo_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, RequestsFollowEachOtherOnAConnection) {
  Start();
  const Client client(server_->port());
  EXPECT_THAT(client.Ask("GET /a?x=1 HTTP/1.1\r\nHost: x\r\n\r\n", "]"), EndsWith("GET /a x=1 []"));
  EXPECT_THAT(client.Ask("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "]"),
              EndsWith("POST /b [abc]"));
  EXPECT_THAT(client.Ask("PUT /c HTTP/1.1\r\nHost: x\r\n\r\n", "]"), EndsWith("PUT /c []"));
  // Two at once are answered in order.
  const std::string two = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_THAT(client.Ask(two, "/1 []"), EndsWith("GET /1 []"));
  EXPECT_THAT(client.Receive("/2 []"), EndsWith("GET /2 []"));
  EXPECT_THAT(client.Ask("DELETE /none HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n"),
              Not(HasSubstr("Content-Length")));
  const std::string head = client.Ask("HEAD /d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, ChunkedBodiesAreTakenWhole) {
  Start();
  EXPECT_THAT(
      Ask("POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
          "\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"),
      EndsWith("POST /b [abcde]"));
}

TEST_F(HttpServerTest, AClientThatAsksFirstIsToldToGoOn) {
  Start();
  const Client client(server_->port());
  const std::string head =
      "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_THAT(client.Ask(head, "\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
  EXPECT_THAT(client.Ask("abc", "]"), EndsWith("POST /b [abc]"));
}

TEST_F(HttpServerTest, TheHeaderDecidesBeforeABodyIsRead) {
  Start();
  // None of them sends the body that it announces.
  const auto refused = [&](const std::string& header) {
    return Ask("POST /b HTTP/1.1\r\n" + header + "\r\n\r\n");
  };
  EXPECT_THAT(refused("Content-Length: 3"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(refused("Transfer-Encoding: chunked"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(refused("Host: x\r\nContent-Length: 1048577"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(refused("Host: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"
                      "Content-Encoding: gzip"),
              StartsWith("HTTP/1.1 415 "));
  EXPECT_THAT(refused("Host: x\r\nTransfer-Encoding: gzip, chunked"), StartsWith("HTTP/1.1 501 "));
  EXPECT_THAT(refused("Host: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Ask("GET http://evil/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Ask("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(echo_.handling, 0);
}

TEST_F(HttpServerTest, WhatHasNoEndIsCut) {
  Start();
  const std::string block(1UL << 20U, 'x');
  const auto flood = [&](const std::string& begin, const std::string& more) {
    const Client client(server_->port());
    client.Send(begin);
    std::size_t sent = 0;
    while (sent < (256UL << 20U) && client.Send(more)) sent += more.size();
    EXPECT_LT(sent, 64UL << 20U) << begin;
    ExpectLive();
  };
  const std::string post = "POST /b HTTP/1.1\r\nHost: x\r\n";
  flood(post + "Transfer-Encoding: chunked\r\n\r\n", "100000\r\n" + block + "\r\n");
  flood(post + "Transfer-Encoding: chunked\r\n\r\n5;", block);
  flood(post + "Transfer-Encoding: chunked\r\n\r\n0\r\na: ", block);
  flood(post + "A: ", block);
  flood("GET /", block);
  std::string fields;
  for (int i = 0; i < 10'000; ++i) fields += "A" + std::to_string(i) + ": b\r\n";
  flood(post, fields);
  EXPECT_EQ(echo_.handling, 0);
}

TEST_F(HttpServerTest, RefusalsOfTooMuchSayOfWhat) {
  Start();
  const std::string get = "GET /livez HTTP/1.1\r\nHost: x\r\n";
  EXPECT_THAT(
      Ask("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
      StartsWith("HTTP/1.1 414 "));
  EXPECT_THAT(Ask("GET /" + std::string(90'000, 'a')), StartsWith("HTTP/1.1 414 "));
  EXPECT_THAT(Ask(get + "A: " + std::string(90'000, 'a')), StartsWith("HTTP/1.1 431 "));
  std::string many;
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  EXPECT_THAT(Ask(get + many + "Connection: close\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n"),
              StartsWith("HTTP/1.1 413 "));
  // Whoever sends everything before reading gets to read it, too.
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2097152\r\n\r\n" +
                  std::string(2097152, 'x')),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, ManySlowClientsCostNobodyElseAnything) {
  options_.connections = 64;
  Start();
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 300; ++i) {
    slow.push_back(std::make_unique<Client>(server_->port()));
    ASSERT_TRUE(slow.back()->connected());
    constexpr std::string_view kBegin = "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n";
    slow.back()->Send(kBegin.substr(0, static_cast<std::size_t>(i) % kBegin.size()));
  }
  ExpectLive();
  EXPECT_THAT(Ask("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              EndsWith("GET /a []"));
  // The oldest made room for the newest.
  EXPECT_EQ(slow.front()->Receive(), "");
}

TEST_F(HttpServerTest, ARequestHasADeadlineHoweverItsBytesTrickle) {
  options_.request_time = std::chrono::milliseconds(300);
  Start();
  const auto begin = Clock::now();
  const Client idle(server_->port());
  const Client trickling(server_->port());
  trickling.Send("GET / HTTP/1.1\r\nHost: x\r\nA: ");
  while (!trickling.HasNews() && Clock::now() - begin < std::chrono::seconds(20)) {
    trickling.Send("x");
  }
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(idle.Receive(), "");
}

TEST_F(HttpServerTest, AReplyThatIsNotTakenHasADeadline) {
  options_.reply_time = std::chrono::milliseconds(300);
  Start();
  const Client client(server_->port());
  client.Send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  Await([&] { return echo_.handling == 1; });
  server_.reset();  // waits for it, no longer than that
}

TEST_F(HttpServerTest, HandlersThatWaitLeaveTheLoopAlone) {
  options_.threads = 2;
  options_.waiting_requests = 1;
  Start();
  std::vector<std::unique_ptr<Client>> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(std::make_unique<Client>(server_->port()));
    waiting.back()->Send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    if (i < 2) Await([&] { return echo_.handling == i + 1; });
  }
  ExpectLive();
  const std::string get = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  Await([&] { return Ask(get).starts_with("HTTP/1.1 503 "); });
  EXPECT_THAT(Ask(get), HasSubstr("Retry-After: 1\r\n"));
  echo_.go = true;
  for (const auto& client : waiting) EXPECT_THAT(client->Receive("]"), EndsWith("GET /wait []"));
}

TEST_F(HttpServerTest, BodiesTogetherAreBounded) {
  options_.bodies_bytes = 2UL << 20U;
  Start();
  const std::string half = "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
  {
    const Client first(server_->port());
    const Client second(server_->port());
    first.Send(half);
    second.Send(half);
    Await([&] { return Ask(half).starts_with("HTTP/1.1 503 "); });
  }
  Await([&] {
    return Ask("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
        .ends_with("[x]");
  });
}

TEST_F(HttpServerTest, AStopAnswersWhatIsHandledAndEndsTheRest) {
  Start();
  const Client idle(server_->port());
  const Client handled(server_->port());
  handled.Send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  Await([&] { return echo_.handling == 1; });
  std::thread stopping([&] { server_.reset(); });
  EXPECT_EQ(idle.Receive(), "");
  echo_.go = true;
  EXPECT_THAT(handled.Receive(), EndsWith("GET /wait []"));
  stopping.join();
}

TEST_F(HttpServerTest, AHandlerThatThrowsIsAnInternalError) {
  Start();
  const std::string said = Ask("GET /throw HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(said, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(said, Not(HasSubstr("canary")));
}

TEST_F(HttpServerTest, AnAddressThatIsTakenOrNoneIsRefused) {
  Start();
  ListenOptions other;
  other.port = server_->port();
  EXPECT_EQ(HttpServer::Listen(other, echo_).error().code, ErrorCode::kListenFailed);
  other.host = "no.such.host.invalid";
  EXPECT_EQ(HttpServer::Listen(other, echo_).error().code, ErrorCode::kListenFailed);
  other = {};
  other.tls_cert = other.tls_key = "/dev/null";
  EXPECT_EQ(HttpServer::Listen(other, echo_).error().code, ErrorCode::kListenFailed);
}

}  // namespace
}  // namespace foreset::server
