// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/capture/mysql/server_checks.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"

namespace foreset::cli {

// For doctor: whether gold.dimensions fit the tables of the source, with all that does not. Empty
// where no dimension has a name, or nobody can tell the tables: other checks say why.
std::vector<mysql::ServerCheck> CheckDimensions(const Configuration& configuration,
                                                const Context& context);

}  // namespace foreset::cli
