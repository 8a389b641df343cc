// SPDX-License-Identifier: MIT
#include "foreset/cli/table_command.h"

#include "foreset/cli/command_line/command.h"

namespace foreset::cli {

void RegisterTable(Command app, Context& context) {
  const Command table =
      app.AddCommand("table",
                     "Inspect and maintain Delta tables: ls, show, history, cat, diff, "
                     "optimize, vacuum, restore, checkpoint");
  table.Group(kGroupTables);
  table.RequireCommand();
  RegisterTableLs(table, context);
  RegisterTableShow(table, context);
  RegisterTableHistory(table, context);
  RegisterTableCat(table, context);
  RegisterTableDiff(table, context);
  RegisterTableOptimize(table, context);
  RegisterTableVacuum(table, context);
  RegisterTableRestore(table, context);
  RegisterTableCheckpoint(table, context);
}

}  // namespace foreset::cli
