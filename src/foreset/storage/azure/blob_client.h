// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/mutex.h"
#include "foreset/base/result.h"
#include "foreset/storage/azure/azure_credential.h"
#include "foreset/storage/azure/azure_location.h"
#include "foreset/storage/azure/azure_settings.h"
#include "foreset/storage/azure/http_transport.h"

namespace foreset::azure {

// How long a call goes on by itself; then its failure is returned, and the loops decide.
struct RetryLimits {
  int attempts = 8;
  std::chrono::milliseconds first{100};       // doubled from attempt to attempt, half of it random
  std::chrono::milliseconds longest{10'000};  // also of what Retry-After asks for
  std::chrono::milliseconds total{60'000};    // no attempt begins later
  // The same while the issuer of tokens is being replaced, however many attempts that takes.
  std::chrono::milliseconds token_total{75'000};
};

// The world as a client sees it.
struct ClientParts {
  std::shared_ptr<HttpTransport> transport;
  const Clock* clock = nullptr;  // outlives the client
  std::function<void(std::chrono::milliseconds)> sleep;
  std::function<std::uint32_t()> random;  // thread-safe
  RetryLimits limits;
};

// One call of the Blob service, without what every call has.
struct BlobRequest {
  std::string method;
  std::string blob;  // name in the container, plain; empty: the container itself
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> headers;  // names in lower case
  Bytes body;
};

struct BlobReply {
  HttpResponse response;
  // An earlier attempt of this same call got no answer and may have had its effect: an "exists
  // already" may speak of our own object.
  bool doubtful = false;
};

// Calls the Blob service of one account: signs, repeats what may succeed later (IsPassing, lost
// connections) within limits, honours Retry-After, and when it is refused (401, 403) reads the
// credentials again and tries once more. Credentials that were good once and no longer are may be
// put right while the caller waits: from then on their refusal is kTransient. Thread-safe.
class BlobClient {
 public:
  // Reads settings and chooses the credential; contacts nobody.
  static Result<std::shared_ptr<BlobClient>> Open(AzureLocation location, AzureOptions options,
                                                  ClientParts parts);

  // Any other final status is a reply, no failure. Failures: kTransient when the call surely had no
  // effect, kCommitUnknown when it may have had one, and what token and transport have of their
  // own.
  Result<BlobReply> Call(const BlobRequest& request);
  // All at the same time; those that fail at first are repeated one after the other.
  std::vector<Result<BlobReply>> CallAll(std::span<const BlobRequest> requests);

  // A reply that is no success, as a failure.
  Error FailureIn(const BlobReply& reply, const std::string& doing) const;
  const AzureLocation& location() const { return location_; }
  std::uint32_t Random() const { return parts_.random(); }
  // "account key (fs.azure.account.key.…)": never a secret.
  std::string DescribeCredential() const;

 private:
  // What authorizes requests now; a later generation is what was read after a refusal.
  struct Authority {
    std::shared_ptr<const AzureCredential> credential;
    Secret token;
    std::uint64_t generation = 0;
  };
  class Attempts;

  BlobClient(AzureLocation location, AzureOptions options, ClientParts parts);

  Result<AzureSettings> ReadSettings() const;
  Status ReadCredential();
  Result<Authority> CurrentAuthority();
  // Drops what the service refused, unless another caller already did.
  void Renew(std::uint64_t refused_generation);
  // A refusal of credentials that were accepted before: whoever asks again may find new ones.
  Error Waitable(Error error) const;
  HttpRequest Build(const BlobRequest& request, const Authority& authority) const;
  // Once; `generation` becomes that of the credentials it went with.
  Result<HttpResponse> Send(const BlobRequest& request, std::uint64_t& generation);
  // Goes on after a first outcome, which may be none.
  Result<BlobReply> CallOn(const BlobRequest& request, std::optional<Result<HttpResponse>> first,
                           std::uint64_t first_generation);

  const AzureLocation location_;
  const AzureOptions options_;
  const ClientParts parts_;
  std::string endpoint_;  // set by Open() only
  std::string url_path_;  // of the endpoint: "" or "/devstoreaccount1"

  mutable Mutex mutex_;
  std::shared_ptr<const AzureCredential> credential_ GUARDED_BY(mutex_);
  Secret token_ GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point token_until_ GUARDED_BY(mutex_);
  std::uint64_t generation_ GUARDED_BY(mutex_) = 0;
  std::atomic<bool> accepted_{false};  // the service has let us in since we were opened
};

}  // namespace foreset::azure
