// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset quarantine retry|drop`, below `foreset quarantine`.
void RegisterQuarantineRepair(CLI::App& quarantine, Context& context);

}  // namespace foreset::cli
