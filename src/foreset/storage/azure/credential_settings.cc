// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/credential_settings.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "foreset/base/ascii.h"

namespace foreset::azure {
namespace {

constexpr char kEmulatorAccount[] = "devstoreaccount1";
constexpr char kEmulatorEndpoint[] = "http://127.0.0.1:10000/{account}";

std::string Filled(std::string endpoint, const std::string& account) {
  constexpr std::string_view kPlace = "{account}";
  for (std::size_t at = endpoint.find(kPlace); at != std::string::npos;
       at = endpoint.find(kPlace, at + account.size())) {
    endpoint.replace(at, kPlace.size(), account);
  }
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

std::string DfsHost(std::string host) {
  const std::size_t blob = host.find(".blob.");
  if (blob != std::string::npos) host.replace(blob, 6, ".dfs.");
  return host;
}

}  // namespace

std::optional<FoundSetting> HadoopSettings::FindExactly(const std::string& name) const {
  const auto found = settings_.keys.find(name);
  if (found == settings_.keys.end() || found->second.empty()) return std::nullopt;
  return FoundSetting{found->first, found->second};
}

std::optional<FoundSetting> HadoopSettings::FindForAccount(const std::string& name) const {
  for (const std::string& host : {DfsHost(location_.host), location_.host, location_.account}) {
    if (auto found = FindExactly(fmt::format("{}.{}", name, host))) return found;
  }
  return std::nullopt;
}

std::optional<FoundSetting> HadoopSettings::Find(const std::string& name) const {
  if (auto found = FindForAccount(name)) return found;
  return FindExactly(name);
}

std::string HadoopSettings::Text(const std::string& name) const {
  const auto found = Find(name);
  return found ? found->value.Reveal() : std::string();
}

std::optional<FoundSetting> HadoopSettings::FindContainerSas() const {
  return FindForAccount(fmt::format("fs.azure.sas.{}", location_.container));
}

bool HadoopSettings::SaysHow() const {
  for (const char* name : {"fs.azure.account.auth.type", "fs.azure.account.key",
                           "fs.azure.sas.fixed.token", "fs.azure.account.oauth2.client.id"}) {
    if (Find(name)) return true;
  }
  return FindContainerSas().has_value();
}

EnvironmentSettings::EnvironmentSettings(const AzureOptions& options) : options_(options) {
  const std::string text = Text({"AZURE_STORAGE_CONNECTION_STRING"});
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find(';', from), text.size());
    const std::string part = text.substr(from, end - from);
    const std::size_t equals = part.find('=');
    if (equals != std::string::npos) connection_[part.substr(0, equals)] = part.substr(equals + 1);
    from = end + 1;
  }
}

std::optional<FoundSetting> EnvironmentSettings::FindFirst(
    std::initializer_list<const char*> names) const {
  if (!options_.environment) return std::nullopt;
  for (const char* name : names) {
    auto value = options_.environment(name);
    if (value && !value->empty()) return FoundSetting{name, Secret(*std::move(value))};
  }
  return std::nullopt;
}

std::string EnvironmentSettings::Text(std::initializer_list<const char*> names) const {
  const auto found = FindFirst(names);
  return found ? found->value.Reveal() : std::string();
}

bool EnvironmentSettings::IsTrue(const char* name) const {
  const std::string value = AsciiLower(Text({name}));
  return value == "true" || value == "1" || value == "yes" || value == "on";
}

std::optional<FoundSetting> EnvironmentSettings::FindConnection(const std::string& name) const {
  const auto found = connection_.find(name);
  if (found == connection_.end() || found->second.empty()) return std::nullopt;
  return FoundSetting{"AZURE_STORAGE_CONNECTION_STRING", Secret(found->second)};
}

bool EnvironmentSettings::UsesEmulator() const {
  const auto development = FindConnection("UseDevelopmentStorage");
  return IsTrue("AZURE_STORAGE_USE_EMULATOR") ||
         (development && development->value.Reveal() == "true");
}

std::string EnvironmentSettings::Account() const {
  std::string named = Text({"AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"});
  if (!named.empty()) return named;
  if (const auto connected = FindConnection("AccountName")) return connected->value.Reveal();
  return UsesEmulator() ? kEmulatorAccount : std::string();
}

std::string EndpointOf(const AzureLocation& location, const AzureSettings& settings,
                       const AzureOptions& options) {
  const EnvironmentSettings environment(options);
  if (!location.endpoint.empty()) return location.endpoint;
  if (!settings.endpoint.empty()) return Filled(settings.endpoint, location.account);
  const std::string account = environment.Account();
  if (account.empty() || account == location.account) {
    const std::string endpoint = environment.Text({"AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"});
    if (!endpoint.empty()) return Filled(endpoint, location.account);
    if (const auto connected = environment.FindConnection("BlobEndpoint")) {
      return Filled(connected->value.Reveal(), location.account);
    }
    if (environment.UsesEmulator()) return Filled(kEmulatorEndpoint, location.account);
  }
  return fmt::format("https://{}", location.host);
}

std::string DefaultAccount(const AzureOptions& options) {
  return EnvironmentSettings(options).Account();
}

}  // namespace foreset::azure
