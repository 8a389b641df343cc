// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "foreset/base/result.h"
#include "foreset/base/secret.h"
#include "foreset/storage/azure/azure_location.h"
#include "foreset/storage/azure/azure_settings.h"

namespace foreset::azure {

// The ways to prove to an account who is asking.
struct AccountKey {
  Secret key;  // base64
};
struct SasToken {
  Secret query;  // without '?'
};
struct BearerToken {
  Secret token;
};
struct ClientSecret {
  std::string token_url;
  std::string client_id;
  Secret secret;
};
// A token that the platform keeps in a file is exchanged for one of Azure.
struct WorkloadIdentity {
  std::string token_url;
  std::string client_id;
  std::string token_file;
};
// The platform's own service hands tokens to the machine.
struct ManagedIdentity {
  std::string url;  // with the query that names the identity
  Secret header;    // of App Service and its kin; empty on virtual machines
};
struct Anonymous {};

using CredentialWay = std::variant<AccountKey, SasToken, BearerToken, ClientSecret,
                                   WorkloadIdentity, ManagedIdentity, Anonymous>;

// A way, and which setting chose it.
struct AzureCredential {
  CredentialWay way;
  std::string from;  // "fs.azure.account.key.…", "AZURE_STORAGE_ACCOUNT_KEY"
};

// "account key", "shared access signature", …: for people; never a secret.
std::string_view KindOf(const AzureCredential& credential);

// What is found first: for the account, then for all accounts, in the configuration's "fs.azure."
// settings; then in the environment. Within each: the kind that a type setting forces, else account
// key, shared access signature, bearer token, client secret, workload identity, managed identity.
// The order is part of docs/operating/azure.md. kAzureNoCredential when there is none;
// kAzureSettings when settings are incomplete or name a way that is not supported.
Result<AzureCredential> ChooseCredential(const AzureLocation& location,
                                         const AzureSettings& settings,
                                         const AzureOptions& options);

}  // namespace foreset::azure
