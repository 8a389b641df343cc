// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset explain [CODE…]`: what an error code means and what to do; without a code, all of them.
void RegisterExplain(CLI::App& app, Context& context);

}  // namespace foreset::cli
