// SPDX-License-Identifier: MIT
#include "foreset/cli/table_command.h"

#include <CLI/CLI.hpp>

namespace foreset::cli {

void RegisterTable(CLI::App& app, Context& context) {
  CLI::App* table =
      app.add_subcommand("table", "Look at Delta tables: ls, show, history, cat, diff");
  table->group(kGroupTables);
  table->require_subcommand(1);
  table->fallthrough();
  RegisterTableLs(*table, context);
  RegisterTableShow(*table, context);
  RegisterTableHistory(*table, context);
  RegisterTableCat(*table, context);
  RegisterTableDiff(*table, context);
}

}  // namespace foreset::cli
