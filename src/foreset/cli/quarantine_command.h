// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset quarantine ls|show|retry|drop`: records that could not be applied.
void RegisterQuarantine(CLI::App& app, Context& context);

}  // namespace foreset::cli
