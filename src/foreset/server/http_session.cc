// SPDX-License-Identifier: MIT
#include "foreset/server/http_session.h"

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_generator.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "foreset/base/ascii.h"
#include "foreset/server/url_text.h"

namespace foreset::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using PlainStream = beast::tcp_stream;
using SecureStream = asio::ssl::stream<beast::tcp_stream>;
using Parser = http::request_parser<http::string_body>;

// Errors are values here.
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

constexpr int kRequestsPerConnection = 1000;
// A client that is refused in the middle of its request gets to read why: what it still sends is
// taken for a moment, and thrown away.
constexpr std::chrono::milliseconds kDrainTime{2000};
constexpr std::size_t kDrainBytes = 8UL << 20U;
constexpr std::size_t kDrainRoom = 16UL << 10U;

// A connection waits for its client, for so long at the most.
class Waiting {
 public:
  Waiting(SessionContext& context, beast::tcp_stream& stream, std::chrono::milliseconds time)
      : context_(context), stream_(stream) {
    stream_.expires_after(time);
    place_ = context_.waiting.insert(context_.waiting.end(), &stream_);
  }
  ~Waiting() {
    context_.waiting.erase(place_);
    stream_.expires_never();
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  SessionContext& context_;
  beast::tcp_stream& stream_;
  std::list<beast::tcp_stream*>::iterator place_;
};

// Counts something for as long as it lives.
class Share {
 public:
  Share(std::size_t& total, std::size_t amount) : total_(total), amount_(amount) {
    total_ += amount_;
  }
  ~Share() { total_ -= amount_; }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

 private:
  std::size_t& total_;
  const std::size_t amount_;
};

HttpRequest HeadOf(const Parser::value_type& message) {
  HttpRequest head;
  head.method = std::string(message.method_string());
  const std::string_view target = message.target();
  const std::size_t mark = std::min(target.find('?'), target.size());
  head.path = std::string(target.substr(0, mark));
  head.query = QueryParameters(target.substr(std::min(mark + 1, target.size())));
  for (const auto& field : message) {
    head.headers.emplace(AsciiLower(field.name_string()), std::string(field.value()));
  }
  return head;
}

// What is wrong with a request, as far as it came.
HttpReply RefusalOf(beast::error_code error, bool has_target) {
  if (error != http::error::header_limit && error != http::error::buffer_overflow) {
    return Refusal(400, "HTTP 400 Bad Request");
  }
  if (!has_target) return Refusal(414, "HTTP 414 URI Too Long");
  return Refusal(431, "HTTP 431 Request Header Fields Too Large");
}

http::message_generator MessageOf(HttpReply reply, unsigned version, bool head_only, bool lasting) {
  http::response<http::string_body> message(static_cast<http::status>(reply.status), version);
  for (const auto& [name, value] : reply.headers) message.insert(name, value);
  message.set(http::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  if (!reply.body.empty()) message.set(http::field::content_type, reply.media_type);
  if (reply.status != 204 && reply.status != 304) message.content_length(reply.body.size());
  message.keep_alive(lasting);
  if (head_only) {
    return http::response<http::empty_body>(std::move(message.base()));
  }
  message.body() = std::move(reply.body);
  return message;
}

HttpReply HandledBy(const HttpService& service, const HttpRequest& request) {
  try {
    return service.Handle(request);
  } catch (...) {  // a library's
    return Refusal(500, "an internal error; the log has more");
  }
}

template <typename Stream>
class Session {
 public:
  Session(Stream stream, SessionContext& context)
      : stream_(std::move(stream)),
        context_(context),
        options_(context.options),
        buffer_(2 * options_.header_bytes) {}

  asio::awaitable<void> Run() {
    bool lasting = true;
    for (int i = 0; lasting && i < kRequestsPerConnection; ++i) lasting = co_await Exchange();
    co_await End();
  }

  Stream& stream() { return stream_; }
  beast::tcp_stream& socket_stream() { return beast::get_lowest_layer(stream_); }

 private:
  // TLS has a farewell of its own (RFC 8446, 6.1).
  asio::awaitable<void> End() {
    if constexpr (std::is_same_v<Stream, SecureStream>) {
      const Waiting waiting(context_, socket_stream(), kDrainTime);
      co_await stream_.async_shutdown(kToken);
    }
    socket_stream().close();
  }

  // One request and its reply. False when the connection ends with them.
  asio::awaitable<bool> Exchange() {
    std::optional<Waiting> waiting;
    waiting.emplace(context_, socket_stream(), options_.request_time);
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(options_.header_bytes));
    parser.body_limit(boost::none);  // DecideByHeader has its own word for it
    auto [unread, bytes] = co_await http::async_read_header(stream_, buffer_, parser, kToken);
    if (unread) co_return co_await EndBroken(unread, parser);
    HttpRequest request = HeadOf(parser.get());
    const unsigned version = parser.get().version();
    std::optional<HttpReply> reply = DecideByHeader(parser, request);
    const Share share(context_.body_bytes, reply ? 0 : BodyBytes(parser));
    if (!reply && !parser.is_done()) {
      parser.body_limit(options_.body_bytes);
      if (AsciiLower(parser.get()[http::field::expect]) == "100-continue") co_await SendContinue();
      auto [cut, more] = co_await http::async_read(stream_, buffer_, parser, kToken);
      if (cut == http::error::body_limit) {
        reply = Refusal(413, "HTTP 413 Payload Too Large");
      } else if (cut) {
        co_return co_await EndBroken(cut, parser);
      }
    }
    waiting.reset();
    const bool whole = parser.is_done();
    if (!reply) {
      request.body = std::move(parser.get().body());
      reply = co_await Handle(request);
    }
    const bool lasting = whole && parser.keep_alive() && !context_.ending;
    const bool sent = co_await Send(*std::move(reply), version, request.method == "HEAD", lasting);
    if (sent && !whole) co_await Drain();
    co_return sent&& lasting;
  }

  // The first thing that decides the request without its body.
  std::optional<HttpReply> DecideByHeader(const Parser& parser, const HttpRequest& head) const {
    const auto& message = parser.get();
    if (message.target().size() > options_.target_bytes) {
      return Refusal(414, "HTTP 414 URI Too Long");
    }
    if (head.headers.size() > options_.header_fields) {
      return Refusal(431, "HTTP 431 Request Header Fields Too Large");
    }
    if (auto decided = context_.service.Screen(head)) return decided;
    if (!message.target().starts_with('/')) {
      return Refusal(400, "HTTP 400 Bad Request: the target is not a path");
    }
    if (parser.is_done()) return std::nullopt;
    if (message.count(http::field::content_encoding) > 0 &&
        AsciiLower(message[http::field::content_encoding]) != "identity") {
      return Refusal(415, "HTTP 415 Unsupported Media Type: a body must not be encoded");
    }
    if (message.count(http::field::transfer_encoding) > 0 &&
        AsciiLower(message[http::field::transfer_encoding]) != "chunked") {
      return Refusal(501, "HTTP 501 Not Implemented: chunked is the only transfer encoding");
    }
    if (parser.content_length().value_or(0) > options_.body_bytes) {
      return Refusal(413, "HTTP 413 Payload Too Large");
    }
    if (context_.body_bytes + BodyBytes(parser) > options_.bodies_bytes) return TooBusy();
    return std::nullopt;
  }

  std::size_t BodyBytes(const Parser& parser) const {
    if (parser.is_done()) return 0;
    return parser.content_length().value_or(options_.body_bytes);
  }

  static HttpReply TooBusy() {
    HttpReply reply = Refusal(503, "too many requests at a time; ask again");
    reply.headers.emplace_back("Retry-After", "1");
    return reply;
  }

  // Waits for a thread to do it.
  asio::awaitable<HttpReply> Handle(const HttpRequest& request) {
    std::optional<HttpReply> reply;
    // A timer that never ends is how a coroutine waits for another thread; it counts as work, so
    // that the loop does not end before.
    asio::steady_timer handled(context_.loop, asio::steady_timer::time_point::max());
    const bool added = context_.workers.TryAdd([this, &request, &reply, &handled] {
      HttpReply made = HandledBy(context_.service, request);
      asio::post(context_.loop, [&reply, &handled, made = std::move(made)]() mutable {
        reply = std::move(made);
        handled.cancel();
      });
    });
    if (!added) co_return TooBusy();
    while (!reply) co_await handled.async_wait(kToken);
    co_return *std::move(reply);
  }

  asio::awaitable<bool> Send(HttpReply reply, unsigned version, bool head_only, bool lasting) {
    const Waiting waiting(context_, socket_stream(), options_.reply_time);
    http::message_generator message = MessageOf(std::move(reply), version, head_only, lasting);
    auto [error, bytes] = co_await beast::async_write(stream_, std::move(message), kToken);
    co_return !error;
  }

  asio::awaitable<void> SendContinue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()), kToken);
  }

  // A request that is none is told so; who went, or was too slow, is not.
  asio::awaitable<bool> EndBroken(beast::error_code error, const Parser& parser) {
    const bool gone = error == http::error::end_of_stream || error == http::error::partial_message;
    if (gone || error.category() != make_error_code(http::error::bad_value).category()) {
      co_return false;
    }
    constexpr unsigned kHttp11 = 11;
    HttpReply refusal = RefusalOf(error, !parser.get().target().empty());
    if (co_await Send(std::move(refusal), kHttp11, false, false)) co_await Drain();
    co_return false;
  }

  // Closing on bytes that nobody has read would take the reply from its reader.
  asio::awaitable<void> Drain() {
    beast::error_code ignored;
    socket_stream().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    const Waiting waiting(context_, socket_stream(), kDrainTime);
    buffer_.clear();
    for (std::size_t taken = 0; taken < kDrainBytes;) {
      auto room = buffer_.prepare(std::min(kDrainRoom, buffer_.max_size()));
      auto [error, bytes] = co_await socket_stream().async_read_some(room, kToken);
      if (error) co_return;
      taken += bytes;
    }
  }

  Stream stream_;
  SessionContext& context_;
  const ListenOptions& options_;
  beast::flat_buffer buffer_;
};

asio::awaitable<bool> Handshake(SecureStream& stream, SessionContext& context) {
  const Waiting waiting(context, beast::get_lowest_layer(stream), context.options.request_time);
  auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kToken);
  co_return !error;
}

}  // namespace

bool SessionContext::CloseLongestWaiting() {
  if (waiting.empty()) return false;
  waiting.front()->close();
  // It leaves the list when its coroutine runs again; until then it is no longer the longest.
  waiting.splice(waiting.end(), waiting, waiting.begin());
  return true;
}

asio::awaitable<void> ServeConnection(asio::ip::tcp::socket socket, SessionContext& context) {
  const Share share(context.connections, 1);
  if (context.tls == nullptr) {
    Session<PlainStream> session(PlainStream(std::move(socket)), context);
    co_await session.Run();
    co_return;
  }
  Session<SecureStream> session(SecureStream(PlainStream(std::move(socket)), *context.tls),
                                context);
  if (co_await Handshake(session.stream(), context)) co_await session.Run();
}

}  // namespace foreset::server
