// SPDX-License-Identifier: MIT
#include "foreset/cli/schema_command.h"

#include <ostream>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/configuration_reader.h"

namespace foreset::cli {

void RegisterSchema(Command app, Context& context) {
  const Command command = app.AddCommand("schema", "Print the JSON Schema of foreset.yaml");
  command.Group(kGroupSetUp);
  command.Footer(
      R"(Editors with the YAML language server complete and check a file by it when its first line
names it; `foreset init` writes both:
  # yaml-language-server: $schema=foreset.schema.json

Example:
  foreset schema > foreset.schema.json)");
  command.OnRun([&context]() -> Result<int> {
    context.out << ConfigurationSchema() << '\n';
    return kExitOk;
  });
}

}  // namespace foreset::cli
