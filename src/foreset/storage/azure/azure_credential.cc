// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/azure_credential.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/ascii.h"
#include "foreset/storage/azure/credential_settings.h"
#include "foreset/storage/azure/url_text.h"

namespace foreset::azure {
namespace {

// What every Azurite accepts for its first account unless told otherwise; published with it.
constexpr char kEmulatorKey[] =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
constexpr char kPublicAuthority[] = "https://login.microsoftonline.com";
constexpr char kMachineTokens[] = "http://169.254.169.254/metadata/identity/oauth2/token";
constexpr char kAudience[] = "https://storage.azure.com/";

using Chosen = Result<std::optional<AzureCredential>>;

std::string Letters(std::string_view text) {
  std::string letters;
  for (const char c : AsciiLower(text)) {
    if (IsDigit(c) || (c >= 'a' && c <= 'z')) letters += c;
  }
  return letters;
}

std::unexpected<Error> Unusable(std::string message) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kAzureSettings, std::move(message));
}

Secret WithoutQuestionMark(const Secret& query) {
  const std::string& text = query.Reveal();
  return Secret(text.starts_with('?') ? text.substr(1) : text);
}

AzureCredential Make(CredentialWay way, std::string from) {
  return AzureCredential{std::move(way), std::move(from)};
}

ManagedIdentity MachineIdentity(std::string url, const std::string& client_id) {
  url += fmt::format("?api-version=2018-02-01&resource={}", EscapeUrl(kAudience));
  if (!client_id.empty()) url += fmt::format("&client_id={}", EscapeUrl(client_id));
  return {.url = std::move(url), .header = {}};
}

// ---- what the configuration's Hadoop settings say

Chosen HadoopKey(const HadoopSettings& hadoop) {
  auto key = hadoop.Find("fs.azure.account.key");
  if (!key) return std::nullopt;
  return Make(AccountKey{std::move(key->value)}, std::move(key->name));
}

Chosen HadoopSas(const HadoopSettings& hadoop) {
  auto sas = hadoop.Find("fs.azure.sas.fixed.token");
  if (!sas) sas = hadoop.FindContainerSas();
  if (!sas) return std::nullopt;
  return Make(SasToken{WithoutQuestionMark(sas->value)}, std::move(sas->name));
}

std::string HadoopTokenUrl(const HadoopSettings& hadoop) {
  std::string url = hadoop.Text("fs.azure.account.oauth2.client.endpoint");
  if (!url.empty()) return url;
  std::string authority = hadoop.Text("fs.azure.account.oauth2.msi.authority");
  const std::string tenant = hadoop.Text("fs.azure.account.oauth2.msi.tenant");
  if (tenant.empty()) return {};
  while (authority.ends_with('/')) authority.pop_back();
  return fmt::format("{}/{}/oauth2/v2.0/token", authority.empty() ? kPublicAuthority : authority,
                     tenant);
}

Chosen HadoopOAuth(const HadoopSettings& hadoop) {
  const auto type = hadoop.Find("fs.azure.account.oauth.provider.type");
  const std::string class_name = type ? type->value.Reveal() : "ClientCredsTokenProvider";
  const std::string provider = class_name.substr(class_name.rfind('.') + 1);
  const std::string client_id = hadoop.Text("fs.azure.account.oauth2.client.id");
  const std::string from = type ? type->name : "fs.azure.account.oauth2.client.id";
  if (provider == "MsiTokenProvider") {
    const std::string url = hadoop.Text("fs.azure.account.oauth2.msi.endpoint");
    return Make(MachineIdentity(url.empty() ? kMachineTokens : url, client_id), from);
  }
  const std::string token_url = HadoopTokenUrl(hadoop);
  if (provider == "WorkloadIdentityTokenProvider") {
    std::string file = hadoop.Text("fs.azure.account.oauth2.token.file");
    if (client_id.empty() || token_url.empty() || file.empty()) {
      return Unusable(
          "WorkloadIdentityTokenProvider needs fs.azure.account.oauth2.client.id, .msi.tenant and "
          ".token.file");
    }
    return Make(WorkloadIdentity{token_url, client_id, std::move(file)}, from);
  }
  if (provider != "ClientCredsTokenProvider") {
    return Unusable(fmt::format("{}: the provider {} is not supported", from, provider));
  }
  auto secret = hadoop.Find("fs.azure.account.oauth2.client.secret");
  if (client_id.empty() || token_url.empty() || !secret) {
    return Unusable("OAuth needs fs.azure.account.oauth2.client.id, .secret and .endpoint");
  }
  return Make(ClientSecret{token_url, client_id, std::move(secret->value)}, from);
}

Chosen FromHadoop(const HadoopSettings& hadoop) {
  const auto type = hadoop.Find("fs.azure.account.auth.type");
  if (!type) {
    if (auto key = TRY(HadoopKey(hadoop))) return key;
    if (auto sas = TRY(HadoopSas(hadoop))) return sas;
    return HadoopOAuth(hadoop);
  }
  const std::string kind = Letters(type->value.Reveal());
  Chosen chosen = std::nullopt;
  if (kind == "sharedkey") {
    chosen = HadoopKey(hadoop);
  } else if (kind == "sas") {
    chosen = HadoopSas(hadoop);
  } else if (kind == "oauth") {
    chosen = HadoopOAuth(hadoop);
  } else {
    return Unusable(fmt::format("{} is {}; SharedKey, SAS and OAuth are supported", type->name,
                                type->value.Reveal()));
  }
  if (chosen && !*chosen) {
    return Unusable(fmt::format("{} is {}, but the setting with it is missing", type->name,
                                type->value.Reveal()));
  }
  return chosen;
}

// ---- what the environment says

// The kinds, in the order in which they are looked for.
enum class Kind : std::uint8_t { kAny, kKey, kSas, kBearer, kSecret, kWorkload, kManaged };

std::optional<Kind> KindNamed(const std::string& text) {
  const std::string name = Letters(text);
  if (name.empty()) return Kind::kAny;
  if (name == "accesskey" || name == "accountkey" || name == "sharedkey") return Kind::kKey;
  if (name == "sas" || name == "sastoken" || name == "saskey") return Kind::kSas;
  if (name == "bearertoken" || name == "token") return Kind::kBearer;
  if (name == "clientsecret" || name == "serviceprincipal") return Kind::kSecret;
  if (name == "workloadidentity" || name == "federatedtoken") return Kind::kWorkload;
  if (name == "managedidentity" || name == "msi") return Kind::kManaged;
  return std::nullopt;
}

std::optional<AzureCredential> EnvironmentKey(const EnvironmentSettings& environment) {
  auto key = environment.FindFirst({"AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY",
                                    "AZURE_STORAGE_MASTER_KEY", "AZURE_STORAGE_KEY"});
  if (!key) key = environment.FindConnection("AccountKey");
  if (key) return Make(AccountKey{std::move(key->value)}, std::move(key->name));
  return std::nullopt;
}

std::optional<AzureCredential> EnvironmentSas(const EnvironmentSettings& environment) {
  auto sas = environment.FindFirst({"AZURE_STORAGE_SAS_KEY", "AZURE_STORAGE_SAS_TOKEN"});
  if (!sas) sas = environment.FindConnection("SharedAccessSignature");
  if (sas) return Make(SasToken{WithoutQuestionMark(sas->value)}, std::move(sas->name));
  return std::nullopt;
}

std::string EnvironmentTokenUrl(const EnvironmentSettings& environment) {
  const std::string tenant = environment.Text({"AZURE_STORAGE_TENANT_ID", "AZURE_TENANT_ID",
                                               "AZURE_STORAGE_AUTHORITY_ID", "AZURE_AUTHORITY_ID"});
  std::string authority =
      environment.Text({"AZURE_AUTHORITY_HOST", "AZURE_STORAGE_AUTHORITY_HOST"});
  while (authority.ends_with('/')) authority.pop_back();
  if (tenant.empty()) return {};
  return fmt::format("{}/{}/oauth2/v2.0/token", authority.empty() ? kPublicAuthority : authority,
                     tenant);
}

std::string EnvironmentClient(const EnvironmentSettings& environment) {
  return environment.Text({"AZURE_STORAGE_CLIENT_ID", "AZURE_CLIENT_ID"});
}

std::optional<AzureCredential> EnvironmentSecret(const EnvironmentSettings& environment) {
  auto secret = environment.FindFirst({"AZURE_STORAGE_CLIENT_SECRET", "AZURE_CLIENT_SECRET"});
  const std::string client = EnvironmentClient(environment);
  const std::string url = EnvironmentTokenUrl(environment);
  if (!secret || client.empty() || url.empty()) return std::nullopt;
  return Make(ClientSecret{url, client, std::move(secret->value)}, std::move(secret->name));
}

std::optional<AzureCredential> EnvironmentWorkload(const EnvironmentSettings& environment) {
  auto file = environment.FindFirst({"AZURE_FEDERATED_TOKEN_FILE"});
  const std::string client = EnvironmentClient(environment);
  const std::string url = EnvironmentTokenUrl(environment);
  if (!file || client.empty() || url.empty()) return std::nullopt;
  return Make(WorkloadIdentity{url, client, file->value.Reveal()}, std::move(file->name));
}

// Never guessed: the machine's own service is asked only when a setting says that there is one.
std::optional<AzureCredential> EnvironmentManaged(const EnvironmentSettings& environment,
                                                  bool forced) {
  const std::string client = EnvironmentClient(environment);
  auto header = environment.FindFirst({"IDENTITY_HEADER"});
  if (const auto url = environment.FindFirst({"IDENTITY_ENDPOINT"}); url && header) {
    std::string full = fmt::format("{}?api-version=2019-08-01&resource={}", url->value.Reveal(),
                                   EscapeUrl(kAudience));
    if (!client.empty()) full += fmt::format("&client_id={}", EscapeUrl(client));
    return Make(ManagedIdentity{std::move(full), std::move(header->value)}, url->name);
  }
  const auto url = environment.FindFirst({"AZURE_MSI_ENDPOINT"});
  if (!url && !forced) return std::nullopt;
  ManagedIdentity identity = MachineIdentity(url ? url->value.Reveal() : kMachineTokens, client);
  const std::string object = environment.Text({"AZURE_OBJECT_ID"});
  const std::string resource = environment.Text({"AZURE_MSI_RESOURCE_ID"});
  if (!object.empty()) identity.url += fmt::format("&object_id={}", EscapeUrl(object));
  if (!resource.empty()) identity.url += fmt::format("&msi_res_id={}", EscapeUrl(resource));
  return Make(std::move(identity), url ? url->name : "AZURE_CREDENTIAL_TYPE");
}

// Keys and signatures belong to one account; identities may serve several.
std::optional<AzureCredential> OfAccount(const EnvironmentSettings& environment, Kind kind) {
  std::optional<AzureCredential> found;
  if (kind == Kind::kAny || kind == Kind::kKey) found = EnvironmentKey(environment);
  if (!found && (kind == Kind::kAny || kind == Kind::kSas)) found = EnvironmentSas(environment);
  if (!found && kind == Kind::kAny && environment.UsesEmulator()) {
    found = Make(AccountKey{Secret(kEmulatorKey)}, "AZURE_STORAGE_USE_EMULATOR");
  }
  return found;
}

std::optional<AzureCredential> OfIdentity(const EnvironmentSettings& environment, Kind kind) {
  std::optional<AzureCredential> found;
  if (kind == Kind::kAny || kind == Kind::kBearer) {
    if (auto token = environment.FindFirst({"AZURE_STORAGE_TOKEN"})) {
      return Make(BearerToken{std::move(token->value)}, std::move(token->name));
    }
  }
  if (kind == Kind::kAny || kind == Kind::kSecret) found = EnvironmentSecret(environment);
  if (!found && (kind == Kind::kAny || kind == Kind::kWorkload)) {
    found = EnvironmentWorkload(environment);
  }
  if (!found && (kind == Kind::kAny || kind == Kind::kManaged)) {
    found = EnvironmentManaged(environment, kind == Kind::kManaged);
  }
  return found;
}

Chosen FromEnvironment(const EnvironmentSettings& environment, const std::string& account) {
  if (environment.IsTrue("AZURE_SKIP_SIGNATURE") ||
      environment.IsTrue("AZURE_STORAGE_SKIP_SIGNATURE")) {
    return Make(Anonymous{}, "AZURE_SKIP_SIGNATURE");
  }
  const std::string type =
      environment.Text({"AZURE_STORAGE_CREDENTIAL_TYPE", "AZURE_CREDENTIAL_TYPE"});
  const std::optional<Kind> kind = KindNamed(type);
  if (!kind) {
    return Unusable(fmt::format("AZURE_CREDENTIAL_TYPE is {}, which is not a known kind", type));
  }
  std::optional<AzureCredential> found;
  const std::string speaks_of = environment.Account();
  if (speaks_of.empty() || speaks_of == account) found = OfAccount(environment, *kind);
  if (!found) found = OfIdentity(environment, *kind);
  if (!found && *kind != Kind::kAny) {
    return Unusable(fmt::format("AZURE_CREDENTIAL_TYPE is {}, but what it needs is not set", type));
  }
  return found;
}

}  // namespace

std::string_view KindOf(const AzureCredential& credential) {
  constexpr std::string_view kKinds[] = {
      "account key",       "shared access signature", "bearer token", "client secret",
      "workload identity", "managed identity",        "no credential"};
  return kKinds[credential.way.index()];
}

Result<AzureCredential> ChooseCredential(const AzureLocation& location,
                                         const AzureSettings& settings,
                                         const AzureOptions& options) {
  const HadoopSettings hadoop(settings, location);
  Chosen chosen = std::nullopt;
  if (hadoop.SaysHow()) {
    chosen = FromHadoop(hadoop);
  } else {
    chosen = FromEnvironment(EnvironmentSettings(options), location.account);
  }
  if (!chosen) return std::unexpected(std::move(chosen).error());
  if (*chosen) return **std::move(chosen);
  return Err(ErrorKind::kInvalidInput, ErrorCode::kAzureNoCredential,
             fmt::format("nothing says how to log in to the account {}", location.account));
}

}  // namespace foreset::azure
