// SPDX-License-Identifier: MIT
#include "foreset/cli/schema_command.h"

#include <ostream>

#include <CLI/CLI.hpp>

#include "foreset/cli/config/configuration_reader.h"

namespace foreset::cli {

void RegisterSchema(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("schema", "Print the JSON Schema of foreset.yaml");
  command->group(kGroupSetUp);
  command->footer(
      R"(Editors with the YAML language server complete and check a file by it when its first line
names it; `foreset init` writes both:
  # yaml-language-server: $schema=foreset.schema.json

Example:
  foreset schema > foreset.schema.json)");
  command->callback([&context] {
    context.chosen = [&context]() -> Result<int> {
      context.out << ConfigurationSchema() << '\n';
      return kExitOk;
    };
  });
}

}  // namespace foreset::cli
