// SPDX-License-Identifier: MIT
#include "foreset/server/router.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/server/url_text.h"

namespace foreset::server {
namespace {

bool IsVariable(const std::string& segment) { return segment.starts_with('{'); }

bool Matches(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  return std::ranges::equal(pattern, segments, [](const std::string& wanted, const auto& given) {
    return IsVariable(wanted) || wanted == given;
  });
}

}  // namespace

std::optional<std::vector<std::string>> SegmentsOf(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) {
      auto segment = PercentDecoded(path.substr(0, slash));
      if (!segment) return std::nullopt;
      segments.push_back(*std::move(segment));
    }
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return segments;
}

std::string LocationOf(std::string_view connector) {
  constexpr std::string_view kPlain = "-._~";
  std::string location = "/connectors/";
  for (const char c : connector) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != std::string_view::npos;
    location += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return location;
}

std::string RoutedRequest::Query(const std::string& name, const std::string& otherwise) const {
  const auto found = http.query.find(name);
  return found == http.query.end() ? otherwise : found->second;
}

bool RoutedRequest::IsSet(const std::string& name) const {
  std::string value = Query(name, "false");
  std::ranges::transform(value, value.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
  return value == "true";
}

void Router::Add(std::string_view method, std::string_view pattern, Handler handler) {
  routes_.push_back({std::string(method), *SegmentsOf(pattern), std::move(handler)});
}

HttpReply Router::Dispatch(const HttpRequest& request) const {
  const auto segments = SegmentsOf(request.path);
  if (!segments) return Refusal(400, "HTTP 400 Bad Request: the path has a broken escape");
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  for (const Route& route : routes_) {
    if (!Matches(route.pattern, *segments)) continue;
    if (route.method != method) {
      allowed += (allowed.empty() ? "" : ",") + route.method;
      continue;
    }
    RoutedRequest routed{.http = request, .parameters = {}};
    for (std::size_t i = 0; i < segments->size(); ++i) {
      if (IsVariable(route.pattern[i])) routed.parameters.push_back((*segments)[i]);
    }
    return route.handler(routed);
  }
  if (allowed.empty()) return Refusal(404, "HTTP 404 Not Found");
  HttpReply reply = Refusal(405, "HTTP 405 Method Not Allowed");
  reply.headers.emplace_back("Allow", allowed);
  return reply;
}

}  // namespace foreset::server
