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
// when it cannot be reached or is busy.
Result<IssuedToken> RequestToken(
    const CredentialWay& way, HttpTransport& transport,
    const std::function<Result<std::string>(const std::string&)>& read_file);

// The issuer's JSON reply. kCorruption when it holds no token.
Result<IssuedToken> ParseTokenReply(std::string_view json);

}  // namespace foreset::azure
