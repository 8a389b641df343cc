// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "foreset/base/mutex.h"
#include "foreset/storage/azure/http_transport.h"

namespace foreset::azure {

class CurlLane;

// HTTP/1.1 through libcurl. Calls take a lane of a pool: each lane keeps its connections open for
// the next call, so a store needs as many connections as it has callers. Follows no redirect; a
// transfer that stands still for half a minute is given up. Thread-safe.
class CurlTransport final : public HttpTransport {
 public:
  // `ca`: a PEM file of trusted authorities; empty: the system's.
  explicit CurlTransport(std::string ca);
  ~CurlTransport() override;
  std::vector<Result<HttpResponse>> SendAll(std::span<const HttpRequest> requests) override;

 private:
  std::unique_ptr<CurlLane> TakeLane();

  const std::string ca_;
  Mutex mutex_;
  std::vector<std::unique_ptr<CurlLane>> idle_ GUARDED_BY(mutex_);
};

}  // namespace foreset::azure
