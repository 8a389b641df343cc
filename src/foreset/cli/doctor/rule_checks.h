// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/server_checks.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"

// The rules of silver before anything runs.
namespace foreset::cli {

// Whether silver's rules fit the tables: those of the server where there is one to ask, else those
// that bronze has (then nothing is checked of a lake that does not exist yet: the table's first
// rows will tell). Asks nobody where there are no rules. Errors as pipeline::CheckRules.
Status CheckRulesFit(const Configuration& configuration, const Context& context, bool ask_server);

// For doctor: whether the rules fit, and tables whose rows were made under older ones. Empty where
// there neither are nor were rules.
std::vector<mysql::ServerCheck> CheckSilverRules(const Configuration& configuration,
                                                 const Context& context);

}  // namespace foreset::cli
