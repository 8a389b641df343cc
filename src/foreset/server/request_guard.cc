// SPDX-License-Identifier: MIT
#include "foreset/server/request_guard.h"

#include <arpa/inet.h>

#include <algorithm>

#include "foreset/base/ascii.h"

namespace foreset::server {
namespace {

// The header's only value; nothing when there is none, or more than one.
std::optional<std::string> Only(const HttpRequest& request, const std::string& name) {
  const auto [first, last] = request.headers.equal_range(name);
  if (first == last || std::next(first) != last) return std::nullopt;
  return first->second;
}

// How long it takes tells nothing about where the texts differ.
bool EqualInConstantTime(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char other = b.empty() ? '\0' : b[i % b.size()];
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(other);
  }
  return difference == 0;
}

// A page that this server served has its scheme, name and port; there is no other that may ask.
bool IsOwnOrigin(const HttpRequest& request, const std::string& host) {
  if (!request.headers.contains("origin")) return true;
  const auto origin = Only(request, "origin");
  return origin && (*origin == "http://" + host || *origin == "https://" + host);
}

bool IsFromElsewhere(const HttpRequest& request) {
  const auto site = Only(request, "sec-fetch-site");
  return site && *site != "same-origin" && *site != "none";
}

bool HasToken(const HttpRequest& request, const Secret& token) {
  if (token.empty()) return true;
  constexpr std::string_view kBearer = "bearer ";
  const auto given = Only(request, "authorization");
  return given && AsciiLower(given->substr(0, kBearer.size())) == kBearer &&
         EqualInConstantTime(std::string_view(*given).substr(kBearer.size()), token.Reveal());
}

// As the header announces it.
bool HasBody(const HttpRequest& request) {
  const auto length = request.headers.find("content-length");
  return !request.body.empty() || request.headers.contains("transfer-encoding") ||
         (length != request.headers.end() && length->second != "0");
}

bool IsJson(const HttpRequest& request) {
  const auto type = Only(request, "content-type");
  if (!type) return false;
  std::string media = AsciiLower(type->substr(0, type->find(';')));
  while (media.ends_with(' ')) media.pop_back();
  return media == "application/json";
}

}  // namespace

std::string HostNameOf(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    return end == std::string_view::npos ? std::string() : AsciiLower(authority.substr(1, end - 1));
  }
  return AsciiLower(authority.substr(0, authority.find(':')));
}

bool IsLoopback(std::string_view host) {
  const std::string text(host);
  if (text == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6) != 0;
}

std::optional<HttpReply> RefuseRequest(const HttpRequest& request, const GuardOptions& options) {
  const auto host = Only(request, "host");
  if (!host || std::ranges::find(options.hosts, HostNameOf(*host)) == options.hosts.end()) {
    return Refusal(421, "this server does not go by that name");
  }
  if (!IsOwnOrigin(request, *host) || IsFromElsewhere(request)) {
    return Refusal(403, "a page of another origin may not ask this server");
  }
  if (!HasToken(request, options.token)) {
    HttpReply reply = Refusal(401, "a bearer token is needed");
    reply.headers.emplace_back("WWW-Authenticate", "Bearer");
    return reply;
  }
  if (HasBody(request) && !IsJson(request)) {
    return Refusal(415, "HTTP 415 Unsupported Media Type: a body must be application/json");
  }
  return std::nullopt;
}

}  // namespace foreset::server
