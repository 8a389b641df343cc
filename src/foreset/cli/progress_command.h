// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset progress show`: the position of the source that each table covers.
void RegisterProgress(CLI::App& app, Context& context);

}  // namespace foreset::cli
