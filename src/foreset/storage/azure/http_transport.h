// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"

namespace foreset::azure {

struct HttpRequest {
  std::string method;  // "GET", "PUT", …
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  Bytes body;  // must stay valid until the reply
  // Gives up on an address that does not answer after so long.
  int connect_seconds = 10;
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  // Empty when the header is not there.
  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
  // Every answer of Azure's storage has such a header; that of a proxy or a portal in between,
  // which says nothing about the storage, has none.
  bool IsFromStorage() const {
    const auto first = headers.lower_bound("x-ms-");
    return first != headers.end() && first->first.starts_with("x-ms-");
  }
};

// How requests reach a server; the seam at which tests lose them. Any status is a response, no
// failure. Failures: kTransient when the request certainly had no effect (no connection was made),
// kCommitUnknown when it may have had one, kInvalidInput (kStorageTls) when the server's
// certificate is not trusted. Thread-safe.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  // Sends all at the same time; one outcome for each, in their order.
  virtual std::vector<Result<HttpResponse>> SendAll(std::span<const HttpRequest> requests) = 0;
};

}  // namespace foreset::azure
