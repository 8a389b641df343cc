// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// Adds -c/--config to a command; `file` must outlive parsing.
void AddConfigurationOption(Command command, std::string& file);

// The file that -c named, else FORESET_CONFIG's; empty when neither is given.
std::string ConfigurationFile(const std::string& file, const Context& context);

// Reads the configuration of a command that needs one: -c, else FORESET_CONFIG, else foreset.yaml
// in the working directory; with --set and the environment laid over it.
Result<Configuration> LoadConfiguration(const std::string& file, const Context& context);

}  // namespace foreset::cli
