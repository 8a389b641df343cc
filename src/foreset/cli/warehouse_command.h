// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset warehouse load`: fills the tables that SQL models describe, in gold and in MySQL.
void RegisterWarehouse(Command app, Context& context);

}  // namespace foreset::cli
