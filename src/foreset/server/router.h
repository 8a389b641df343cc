// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/server/http_message.h"

namespace foreset::server {

// A request that found its resource. `parameters`: what stands for "{…}" in the route's pattern,
// in order, percent-decoded.
struct RoutedRequest {
  const HttpRequest& http;
  std::vector<std::string> parameters;

  // The query's value; `otherwise` when it is missing.
  std::string Query(const std::string& name, const std::string& otherwise) const;
  bool IsSet(const std::string& name) const;  // ?name=true, in any case of letters
};

// Finds the resource of a request. Not thread-safe while routes are added; then it is.
class Router {
 public:
  using Handler = std::function<HttpReply(const RoutedRequest&)>;

  // "/connectors/{name}/config". A segment in braces takes any text but an empty one.
  void Add(std::string_view method, std::string_view pattern, Handler handler);
  // 404 for an unknown path, 405 (with Allow) for a path that does not have the method. HEAD is
  // GET.
  HttpReply Dispatch(const HttpRequest& request) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;
    Handler handler;
  };
  std::vector<Route> routes_;
};

// "/connectors/a%20b": the path of a connector.
std::string LocationOf(std::string_view connector);

// The segments of a path, percent-decoded; empty ones left out. Nothing for a broken escape.
std::optional<std::vector<std::string>> SegmentsOf(std::string_view path);

}  // namespace foreset::server
