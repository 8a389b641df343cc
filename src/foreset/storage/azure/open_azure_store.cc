// SPDX-License-Identifier: MIT
#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "foreset/storage/azure/azure_store.h"
#include "foreset/storage/azure/credential_settings.h"
#include "foreset/storage/azure/curl_transport.h"

namespace foreset {
namespace {

// The real clock and network, kept as long as the client that looks at them.
struct World {
  SystemClock clock;
  azure::ClientParts parts;
  std::shared_ptr<azure::BlobClient> client;
};

// SSL_CERT_FILE is OpenSSL's own variable, which libcurl does not look at.
std::string TrustedAuthorities(const AzureSettings& settings, const AzureOptions& options) {
  if (!settings.ca.empty() || !options.environment) return settings.ca;
  return options.environment("SSL_CERT_FILE").value_or("");
}

std::uint32_t RandomNumber() {
  thread_local std::random_device device;
  return device();
}

Result<std::shared_ptr<azure::BlobClient>> OpenClient(std::string_view uri,
                                                      const AzureOptions& options) {
  auto location = TRY(azure::ParseAzureUri(uri, azure::DefaultAccount(options)));
  const AzureSettings settings = options.settings ? TRY(options.settings()) : AzureSettings{};
  auto world = std::make_shared<World>();
  world->parts.transport =
      std::make_shared<azure::CurlTransport>(TrustedAuthorities(settings, options));
  world->parts.clock = &world->clock;
  world->parts.sleep = [](std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); };
  world->parts.random = RandomNumber;
  world->client = TRY(azure::BlobClient::Open(std::move(location), options, world->parts));
  return std::shared_ptr<azure::BlobClient>(world, world->client.get());
}

}  // namespace

Result<std::shared_ptr<ObjectStore>> OpenAzureStore(std::string_view uri,
                                                    const AzureOptions& options) {
  return std::make_shared<AzureStore>(TRY(OpenClient(uri, options)));
}

Status CreateAzureContainer(std::string_view uri, const AzureOptions& options) {
  const auto client = TRY(OpenClient(uri, options));
  auto reply = client->Call({.method = "PUT",
                             .blob = {},
                             .query = {{"restype", "container"}},
                             .headers = {},
                             .body = {}});
  if (!reply) {
    // Made twice it is made once.
    Error error = std::move(reply).error();
    if (error.kind == ErrorKind::kCommitUnknown) error.kind = ErrorKind::kTransient;
    return std::unexpected(std::move(error).Within("making the container"));
  }
  constexpr int kExists = 409;
  if (reply->response.status / 100 == 2 || reply->response.status == kExists) return {};
  return std::unexpected(client->FailureIn(*reply, "making the container"));
}

Result<std::string> DescribeAzureCredential(std::string_view uri, const AzureOptions& options) {
  return TRY(OpenClient(uri, options))->DescribeCredential();
}

}  // namespace foreset
