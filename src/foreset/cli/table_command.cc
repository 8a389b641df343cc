// SPDX-License-Identifier: MIT
#include "foreset/cli/table_command.h"

#include <CLI/CLI.hpp>

namespace foreset::cli {

void RegisterTable(CLI::App& app, Context& context) {
  CLI::App* table =
      app.add_subcommand("table",
                         "Inspect and maintain Delta tables: ls, show, history, cat, diff, "
                         "optimize, vacuum, restore, checkpoint");
  table->group(kGroupTables);
  table->require_subcommand(1);
  table->fallthrough();
  RegisterTableLs(*table, context);
  RegisterTableShow(*table, context);
  RegisterTableHistory(*table, context);
  RegisterTableCat(*table, context);
  RegisterTableDiff(*table, context);
  RegisterTableOptimize(*table, context);
  RegisterTableVacuum(*table, context);
  RegisterTableRestore(*table, context);
  RegisterTableCheckpoint(*table, context);
}

}  // namespace foreset::cli
