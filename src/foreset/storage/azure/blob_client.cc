// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/blob_client.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "foreset/storage/azure/blob_listing.h"
#include "foreset/storage/azure/credential_settings.h"
#include "foreset/storage/azure/service_failure.h"
#include "foreset/storage/azure/shared_key.h"
#include "foreset/storage/azure/token_request.h"
#include "foreset/storage/azure/url_text.h"

namespace foreset::azure {
namespace {

constexpr char kServiceVersion[] = "2021-12-02";
// Tokens are renewed so long before they end.
constexpr std::chrono::seconds kTokenMargin{300};

bool NeedsToken(const CredentialWay& way) {
  return std::holds_alternative<ClientSecret>(way) ||
         std::holds_alternative<WorkloadIdentity>(way) ||
         std::holds_alternative<ManagedIdentity>(way);
}

// Seconds; the other form, a date, is not what the service sends.
std::chrono::milliseconds RetryAfter(const HttpResponse& response) {
  const std::string text = response.Header("retry-after");
  std::int64_t seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool ok = parsed.ec == std::errc{} && seconds > 0 && seconds < 3600;
  return std::chrono::seconds(ok ? seconds : 0);
}

}  // namespace

// The attempts of one call: what came out so far, and how long to wait for the next.
class BlobClient::Attempts {
 public:
  explicit Attempts(const ClientParts& parts)
      : parts_(parts), began_(parts.clock->Steady()), wait_(parts.limits.first) {}

  // Waits for the next attempt; false when the limits are reached. `for_token`: their issuer is
  // being replaced.
  bool WaitForNext(std::chrono::milliseconds asked, bool for_token) {
    if (++made_ >= parts_.limits.attempts && !for_token) return false;
    // Half of it is random, so that callers that failed together do not come back together.
    const auto half = std::max<std::int64_t>(wait_.count() / 2, 1);
    std::chrono::milliseconds pause(half + static_cast<std::int64_t>(parts_.random()) % half);
    pause = std::min(std::max(pause, asked), parts_.limits.longest);
    wait_ = std::min(wait_ * 2, parts_.limits.longest);
    const auto total = for_token ? parts_.limits.token_total : parts_.limits.total;
    if (parts_.clock->Steady() + pause - began_ > total) return false;
    parts_.sleep(pause);
    return true;
  }

  // Credentials are read again once a call.
  bool MayRenew() { return !std::exchange(renewed_, true); }

  bool doubtful = false;

 private:
  const ClientParts& parts_;
  const std::chrono::steady_clock::time_point began_;
  std::chrono::milliseconds wait_;
  int made_ = 0;
  bool renewed_ = false;
};

BlobClient::BlobClient(AzureLocation location, AzureOptions options, ClientParts parts)
    : location_(std::move(location)), options_(std::move(options)), parts_(std::move(parts)) {}

Result<std::shared_ptr<BlobClient>> BlobClient::Open(AzureLocation location, AzureOptions options,
                                                     ClientParts parts) {
  std::shared_ptr<BlobClient> client(
      new BlobClient(std::move(location), std::move(options), std::move(parts)));
  const AzureSettings settings = TRY(client->ReadSettings());
  client->endpoint_ = EndpointOf(client->location_, settings, client->options_);
  const std::size_t host = client->endpoint_.find("://");
  if (host == std::string::npos) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kAzureSettings,
               fmt::format("the endpoint {} is no URL", client->endpoint_));
  }
  const std::size_t path = client->endpoint_.find('/', host + 3);
  if (path != std::string::npos) client->url_path_ = client->endpoint_.substr(path);
  RETURN_IF_ERROR(client->ReadCredential());
  return client;
}

Result<AzureSettings> BlobClient::ReadSettings() const {
  return options_.settings ? options_.settings() : AzureSettings{};
}

Status BlobClient::ReadCredential() {
  const AzureSettings settings = TRY(ReadSettings());
  auto credential = TRY(ChooseCredential(location_, settings, options_));
  if (const auto* key = std::get_if<AccountKey>(&credential.way);
      key != nullptr && FromBase64(key->key.Reveal()).empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kAzureSettings,
               fmt::format("{} is not base64, so it is no account key", credential.from));
  }
  const MutexLock lock(mutex_);
  credential_ = std::make_shared<const AzureCredential>(std::move(credential));
  token_ = {};
  ++generation_;
  return {};
}

std::string BlobClient::DescribeCredential() const {
  const MutexLock lock(mutex_);
  return fmt::format("{} ({})", KindOf(*credential_), credential_->from);
}

// The lock is held while a token is asked for: the other callers need the same one.
Result<BlobClient::Authority> BlobClient::CurrentAuthority() {
  const MutexLock lock(mutex_);
  const auto now = parts_.clock->Steady();
  if (NeedsToken(credential_->way) && (token_.empty() || now >= token_until_)) {
    auto issued = TRY(RequestToken(credential_->way, *parts_.transport, options_.read_file));
    token_ = std::move(issued.token);
    token_until_ = now + std::max(issued.lifetime - kTokenMargin, issued.lifetime / 2);
  }
  if (const auto* bearer = std::get_if<BearerToken>(&credential_->way)) {
    return Authority{credential_, bearer->token, generation_};
  }
  return Authority{credential_, token_, generation_};
}

void BlobClient::Renew(std::uint64_t refused_generation) {
  {
    const MutexLock lock(mutex_);
    if (generation_ != refused_generation) return;
    token_ = {};
    ++generation_;
  }
  // Settings that cannot be read now leave the old ones; the service then says what is wrong.
  auto ignored = ReadCredential();
  static_cast<void>(ignored);
}

HttpRequest BlobClient::Build(const BlobRequest& request, const Authority& authority) const {
  auto headers = request.headers;
  headers["x-ms-date"] = FormatHttpDate(parts_.clock->Now());
  headers["x-ms-version"] = kServiceVersion;
  std::string path = fmt::format("/{}", EscapePath(location_.container));
  if (!request.blob.empty()) path += fmt::format("/{}", EscapePath(request.blob));
  std::string query;
  for (const auto& [name, value] : request.query) {
    query += fmt::format("{}{}={}", query.empty() ? '?' : '&', name, EscapeUrl(value));
  }
  const CredentialWay& way = authority.credential->way;
  if (const auto* key = std::get_if<AccountKey>(&way)) {
    headers["authorization"] = SharedKeyAuthorization(
        {request.method, url_path_ + path, request.query, headers, request.body.size()},
        location_.account, key->key);
  } else if (const auto* sas = std::get_if<SasToken>(&way)) {
    query += fmt::format("{}{}", query.empty() ? '?' : '&', sas->query.Reveal());
  } else if (!authority.token.empty()) {
    headers["authorization"] = fmt::format("Bearer {}", authority.token.Reveal());
  }
  return {.method = request.method,
          .url = endpoint_ + path + query,
          .headers = {headers.begin(), headers.end()},
          .body = request.body};
}

Result<BlobReply> BlobClient::Call(const BlobRequest& request) {
  return CallOn(request, std::nullopt, 0);
}

std::vector<Result<BlobReply>> BlobClient::CallAll(std::span<const BlobRequest> requests) {
  std::vector<Result<BlobReply>> replies;
  const auto authority = CurrentAuthority();
  std::vector<HttpRequest> built;
  if (authority) {
    for (const BlobRequest& request : requests) built.push_back(Build(request, *authority));
  }
  auto outcomes = parts_.transport->SendAll(built);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (authority) {
      replies.push_back(CallOn(requests[i], std::move(outcomes[i]), authority->generation));
    } else {
      replies.push_back(Call(requests[i]));
    }
  }
  return replies;
}

Result<HttpResponse> BlobClient::Send(const BlobRequest& request, std::uint64_t& generation) {
  const auto authority = CurrentAuthority();
  if (!authority) {
    const MutexLock lock(mutex_);
    generation = generation_;
    return std::unexpected(authority.error());
  }
  generation = authority->generation;
  const HttpRequest built = Build(request, *authority);
  return std::move(parts_.transport->SendAll({&built, 1}).front());
}

Error BlobClient::Waitable(Error error) const {
  const bool of_credentials =
      error.code == ErrorCode::kAzureSasExpired || error.code == ErrorCode::kAzureKeyRefused ||
      error.code == ErrorCode::kAzureTokenRefused || error.code == ErrorCode::kAzureSettings;
  if (of_credentials && accepted_ && error.kind == ErrorKind::kInvalidInput) {
    error.kind = ErrorKind::kTransient;
  }
  return error;
}

Result<BlobReply> BlobClient::CallOn(const BlobRequest& request,
                                     std::optional<Result<HttpResponse>> first,
                                     std::uint64_t first_generation) {
  Attempts attempts(parts_);
  std::optional<Result<HttpResponse>> outcome = std::move(first);
  std::uint64_t generation = first_generation;
  for (;; outcome.reset()) {
    if (!outcome) outcome = Send(request, generation);
    if (!*outcome) {
      Error error = std::move(*outcome).error();
      if (error.kind == ErrorKind::kCommitUnknown) attempts.doubtful = true;
      const bool again =
          error.kind == ErrorKind::kTransient || error.kind == ErrorKind::kCommitUnknown;
      const bool no_token = error.code == ErrorCode::kAzureTokenRefused;
      if (no_token && !again && attempts.MayRenew()) {
        Renew(generation);
        continue;
      }
      if (again && attempts.WaitForNext({}, no_token)) continue;
      error = Waitable(std::move(error));
      const bool transient = error.kind == ErrorKind::kTransient;
      if (transient && attempts.doubtful) error.kind = ErrorKind::kCommitUnknown;
      return std::unexpected(std::move(error));
    }
    const HttpResponse& response = **outcome;
    if (IsPassing(response)) {
      // A gateway or the service may have given up on what then happened after all.
      attempts.doubtful = true;
      if (attempts.WaitForNext(RetryAfter(response), false)) continue;
      Error error = FailureIn({response, true}, request.method);
      error.kind = ErrorKind::kCommitUnknown;
      return std::unexpected(std::move(error));
    }
    if (IsRefusal(response.status) && attempts.MayRenew()) {
      Renew(generation);
      continue;
    }
    if (!IsRefusal(response.status)) accepted_ = true;
    return BlobReply{**std::move(outcome), attempts.doubtful};
  }
}

Error BlobClient::FailureIn(const BlobReply& reply, const std::string& doing) const {
  std::shared_ptr<const AzureCredential> credential;
  {
    const MutexLock lock(mutex_);
    credential = credential_;
  }
  return Waitable(FailureOf(reply.response, location_, doing, parts_.clock->Now(), *credential));
}

}  // namespace foreset::azure
