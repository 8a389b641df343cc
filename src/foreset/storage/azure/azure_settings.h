// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "foreset/base/result.h"
#include "foreset/base/secret.h"

namespace foreset {

// What a configuration says about Azure.
struct AzureSettings {
  std::map<std::string, Secret> keys;  // "fs.azure.…" names as Hadoop has them, verbatim
  std::string endpoint;            // instead of the accounts' own; {account} stands for the account
  std::string ca;                  // PEM file of trusted authorities; empty: the system's
  bool create_containers = false;  // when a run begins and they are missing
};

// Where a store finds out how to reach Azure. Asked when it is opened, and again when the service
// refuses what it found: so keys are rotated without a restart. Every function must be thread-safe;
// one that is empty finds nothing.
struct AzureOptions {
  std::function<Result<AzureSettings>()> settings;
  std::function<std::optional<std::string>(const std::string&)> environment;
  std::function<Result<std::string>(const std::string&)> read_file;
};

}  // namespace foreset
