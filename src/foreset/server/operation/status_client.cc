// SPDX-License-Identifier: MIT
#include "foreset/server/operation/status_client.h"

#include <exception>

#include <fmt/format.h>
#include <httplib.h>

#include "foreset/base/errors/operation.h"

namespace foreset::server {
namespace {

constexpr time_t kSeconds = 30;
constexpr std::size_t kMostShown = 200;

// "http://host:port" and what follows it.
struct UrlParts {
  std::string origin;
  std::string path;
};

Result<UrlParts> PartsOf(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const bool known = url.starts_with("http://") || url.starts_with("https://");
  if (!known || scheme + 3 == url.size()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("--url {}: wants http://HOST:PORT or https://HOST:PORT", url));
  }
  const std::size_t slash = url.find('/', scheme + 3);
  UrlParts parts{url.substr(0, slash), slash == std::string::npos ? "" : url.substr(slash)};
  while (parts.path.ends_with('/')) parts.path.pop_back();
  return parts;
}

std::unexpected<Error> NotServed(const std::string& message) {
  return Err(ErrorKind::kTransient, operation_error::kStatusNotServed, message);
}

Result<std::string> Ask(const StatusUrl& from, const UrlParts& parts) {
  httplib::Client client(parts.origin);
  if (!client.is_valid()) return NotServed(fmt::format("{} cannot be asked", from.url));
  client.set_connection_timeout(kSeconds);
  client.set_read_timeout(kSeconds);
  if (!from.ca.empty()) client.set_ca_cert_path(from.ca);
  if (!from.token.empty()) client.set_bearer_token_auth(std::string(from.token.Reveal()));
  const auto reply = client.Get(parts.path + "/api/v1/status");
  if (!reply) {
    return NotServed(fmt::format("{}: {}", from.url, httplib::to_string(reply.error())));
  }
  if (reply->status != 200) {
    return NotServed(
        fmt::format("{}: HTTP {} {}", from.url, reply->status, reply->body.substr(0, kMostShown)));
  }
  return reply->body;
}

}  // namespace

Result<std::string> FetchStatus(const StatusUrl& from) {
  const UrlParts parts = TRY(PartsOf(from.url));
  try {
    return Ask(from, parts);
  } catch (const std::exception& error) {
    return NotServed(fmt::format("{}: {}", from.url, error.what()));
  }
}

}  // namespace foreset::server
