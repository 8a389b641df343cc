// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset warehouse load`: fills the tables that SQL models describe, in gold and in MySQL.
void RegisterWarehouse(CLI::App& app, Context& context);

}  // namespace foreset::cli
