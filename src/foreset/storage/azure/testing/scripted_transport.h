// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/mutex.h"
#include "foreset/storage/azure/http_transport.h"

namespace foreset::azure {

// Answers each request with the next step of a script, and remembers what was asked. A step may
// hand the request on to another transport first: so replies are lost after their effect.
class ScriptedTransport final : public HttpTransport {
 public:
  using Step = std::function<Result<HttpResponse>(const HttpRequest&)>;

  void Then(Step step) {
    const MutexLock lock(mutex_);
    steps_.push_back(std::move(step));
  }
  void ThenStatus(int status, std::string body = "",
                  std::map<std::string, std::string> headers = {}) {
    headers.emplace("x-ms-request-id", "scripted");
    Then([=](const HttpRequest&) { return HttpResponse{status, headers, body}; });
  }
  void ThenFails(ErrorKind kind) {
    Then([=](const HttpRequest&) -> Result<HttpResponse> {
      return Err(kind, ErrorCode::kStorageUnreachable, "lost");
    });
  }

  std::vector<Result<HttpResponse>> SendAll(std::span<const HttpRequest> requests) override {
    std::vector<Result<HttpResponse>> outcomes;
    for (const HttpRequest& request : requests) outcomes.push_back(Next(request)(request));
    return outcomes;
  }

  std::vector<HttpRequest> asked;
  std::vector<std::string> bodies;

 private:
  // Not under the lock any more when it runs: a step may add others.
  Step Next(const HttpRequest& request) {
    const MutexLock lock(mutex_);
    asked.push_back(request);
    bodies.emplace_back(AsText(request.body));
    if (steps_.empty()) {
      return [](const HttpRequest&) -> Result<HttpResponse> {
        return Err(ErrorKind::kInternal, ErrorCode::kInternal, "the script has ended");
      };
    }
    Step step = std::move(steps_.front());
    steps_.pop_front();
    return step;
  }

  Mutex mutex_;
  std::deque<Step> steps_ GUARDED_BY(mutex_);
};

}  // namespace foreset::azure
