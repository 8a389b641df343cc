// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/model/table_schema.h"

namespace foreset::cli {

// The tables that the configuration is held against: those of the server or the plain tables, where
// there are such to ask and `ask_source` says so; else as bronze has them last. Nothing where there
// is no lake either.
Result<std::optional<std::vector<TableSchema>>> KnownTables(const Configuration& configuration,
                                                            const Context& context,
                                                            bool ask_source);

}  // namespace foreset::cli
