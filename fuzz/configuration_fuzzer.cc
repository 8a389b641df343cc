// SPDX-License-Identifier: MIT
// Any text as a configuration file: settings, or mistakes that name a place in it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "foreset/cli/config/configuration_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using foreset::cli::ConfigurationInputs;
  ConfigurationInputs inputs;
  inputs.environment = [](const std::string&) { return std::optional<std::string>("4711"); };
  inputs.read_file = [](const std::string&) -> foreset::Result<std::string> { return "secret"; };
  inputs.working_directory = "/nowhere";
  const auto read =
      foreset::cli::ParseConfiguration(std::string(data, data + size), "f.yaml", inputs);
  if (!read && read.error().message.empty()) std::abort();
  return 0;
}
