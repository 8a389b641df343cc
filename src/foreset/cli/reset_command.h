// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset reset -c F --layer L [TABLE…] [--yes] [--purge]`: a fresh start of a layer.
void RegisterReset(CLI::App& app, Context& context);

}  // namespace foreset::cli
