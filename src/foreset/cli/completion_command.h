// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset completion` and `foreset man`: what other programs know of the command line. `app` is
// the whole program.
void RegisterCompletion(CLI::App& app, Context& context);

}  // namespace foreset::cli
