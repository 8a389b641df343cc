// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset table …`: the commands for one table, a file each.
void RegisterTable(Command app, Context& context);

void RegisterTableLs(Command table, Context& context);
void RegisterTableShow(Command table, Context& context);
void RegisterTableHistory(Command table, Context& context);
void RegisterTableCat(Command table, Context& context);
void RegisterTableDiff(Command table, Context& context);
void RegisterTableOptimize(Command table, Context& context);
void RegisterTableVacuum(Command table, Context& context);
void RegisterTableRestore(Command table, Context& context);
void RegisterTableCheckpoint(Command table, Context& context);

// Said of the argument that names a table.
inline constexpr const char* kTableArgument = "A table's path or URI, or layer/Table with -c";

}  // namespace foreset::cli
