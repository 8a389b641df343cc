// SPDX-License-Identifier: MIT
#include "foreset/cli/configuration_option.h"

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/configuration_reader.h"
#include "foreset/cli/config/named_file.h"

namespace foreset::cli {

void AddConfigurationOption(Command command, std::string& file) {
  command.AddOption("-c,--config", file, "Configuration file (else FORESET_CONFIG, foreset.yaml)")
      .ValueName("FILE");
}

std::string ConfigurationFile(const std::string& file, const Context& context) {
  return file.empty() ? context.environment("FORESET_CONFIG").value_or("") : file;
}

Result<Configuration> LoadConfiguration(const std::string& file, const Context& context) {
  const std::string named = ConfigurationFile(file, context);
  Configuration configuration = TRY(ReadConfiguration(
      named.empty() ? "foreset.yaml" : named, {.environment = context.environment,
                                               .read_file = context.read_file,
                                               .overrides = context.options.overrides,
                                               .working_directory = context.working_directory}));
  RETURN_IF_ERROR(CheckPemFiles(configuration));
  return configuration;
}

}  // namespace foreset::cli
