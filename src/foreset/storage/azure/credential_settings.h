// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/storage/azure/azure_location.h"
#include "foreset/storage/azure/azure_settings.h"

namespace foreset::azure {

// A value and the full name of the setting that holds it.
struct FoundSetting {
  std::string name;
  Secret value;
};

// The configuration's Hadoop settings, as they hold for one account.
class HadoopSettings {
 public:
  HadoopSettings(const AzureSettings& settings, const AzureLocation& location)
      : settings_(settings), location_(location) {}

  // `name` with the account's host appended (dfs or blob, or its bare name), else `name` alone.
  // Values that are empty count as absent.
  std::optional<FoundSetting> Find(const std::string& name) const;
  std::string Text(const std::string& name) const;
  // WASB's: fs.azure.sas.<container>.<account host>.
  std::optional<FoundSetting> FindContainerSas() const;
  // Whether any setting says how to log in to this account, or to all.
  bool SaysHow() const;

 private:
  std::optional<FoundSetting> FindExactly(const std::string& name) const;
  std::optional<FoundSetting> FindForAccount(const std::string& name) const;

  const AzureSettings& settings_;
  const AzureLocation& location_;
};

// The AZURE_ variables, as they hold for one account: AZURE_STORAGE_CONNECTION_STRING counts like
// the variables that it stands for.
class EnvironmentSettings {
 public:
  explicit EnvironmentSettings(const AzureOptions& options);

  // The first of several variables that is set and not empty.
  std::optional<FoundSetting> FindFirst(std::initializer_list<const char*> names) const;
  std::string Text(std::initializer_list<const char*> names) const;
  bool IsTrue(const char* name) const;
  // A part of the connection string, by its name there.
  std::optional<FoundSetting> FindConnection(const std::string& name) const;
  // The account that variables and connection string speak of; empty: any.
  std::string Account() const;
  bool UsesEmulator() const;

 private:
  const AzureOptions& options_;
  std::map<std::string, std::string> connection_;
};

// Where the account's Blob service is, without a '/' at the end: the URI's own, the
// configuration's, the environment's, else https:// and the host.
std::string EndpointOf(const AzureLocation& location, const AzureSettings& settings,
                       const AzureOptions& options);
// The account that a URI without one means; empty when nothing says it.
std::string DefaultAccount(const AzureOptions& options);

}  // namespace foreset::azure
