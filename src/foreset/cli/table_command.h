// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset table …`: the commands for one table, a file each.
void RegisterTable(CLI::App& app, Context& context);

void RegisterTableLs(CLI::App& table, Context& context);
void RegisterTableShow(CLI::App& table, Context& context);
void RegisterTableHistory(CLI::App& table, Context& context);
void RegisterTableCat(CLI::App& table, Context& context);
void RegisterTableDiff(CLI::App& table, Context& context);
void RegisterTableOptimize(CLI::App& table, Context& context);
void RegisterTableVacuum(CLI::App& table, Context& context);
void RegisterTableRestore(CLI::App& table, Context& context);
void RegisterTableCheckpoint(CLI::App& table, Context& context);

// Said of the argument that names a table.
inline constexpr const char* kTableArgument = "A table's path or URI, or layer/Table with -c";

}  // namespace foreset::cli
