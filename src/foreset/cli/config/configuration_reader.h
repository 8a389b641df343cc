// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/config/references.h"

namespace foreset::cli {

// What a configuration is made from besides its file.
struct ConfigurationInputs {
  Environment environment;                       // ${env:…}, and FORESET_SOURCE_MYSQL_PORT, …
  FileReader read_file;                          // the file itself and ${file:…}
  std::map<std::string, std::string> overrides;  // flags, by dotted path
  std::string working_directory;                 // where a relative file name starts
};

// Reads and checks a configuration file. All of its mistakes are told at once, each as
// "file:line: key: what is wrong", an unknown key with the nearest known one. kConfigNotFound when
// the file cannot be read, kConfigInvalid for mistakes. Never quotes a secret.
Result<Configuration> ReadConfiguration(const std::string& file, const ConfigurationInputs& inputs);

// The same for a text; `file` names it in messages and its folder is where relative paths start.
Result<Configuration> ParseConfiguration(const std::string& text, const std::string& file,
                                         const ConfigurationInputs& inputs);

// What the reader takes, as a JSON Schema for editors and other tools.
std::string ConfigurationSchema();

// kNotInThisVersion when the configuration asks for something that is understood but not built
// yet, naming the key. Commands that move data call it; those that only look do not.
Status CheckSupported(const Configuration& configuration);

}  // namespace foreset::cli
