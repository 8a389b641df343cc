// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "foreset/base/result.h"
#include "foreset/base/secret.h"
#include "foreset/storage/azure/azure_credential.h"
#include "foreset/storage/azure/http_transport.h"

namespace foreset::azure {

// A token and for how long it is good from now.
struct IssuedToken {
  Secret token;
  std::chrono::seconds lifetime{0};
};

// Asks whoever issues tokens for one of storage: the identity provider for a client secret or a
// workload identity (whose file is read now), the platform for a managed identity. Sends once; no
// retry. kInvalidInput (kAzureTokenRefused) with the issuer's own words when it refuses; kTransient
// when it cannot be reached or is busy, and (kAzureTokenRefused) when what answers is not it, or is
// being replaced: of the platform's own service 404 and 410, which may take 70 seconds.
Result<IssuedToken> RequestToken(
    const CredentialWay& way, HttpTransport& transport,
    const std::function<Result<std::string>(const std::string&)>& read_file);

// The issuer's JSON reply. kTransient (kAzureTokenRefused) when it holds no token: a portal's page.
Result<IssuedToken> ParseTokenReply(std::string_view json);

}  // namespace foreset::azure
