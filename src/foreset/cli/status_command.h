// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset status`: layers, tables, positions and lag of a lake, from its tables and the source.
void RegisterStatus(CLI::App& app, Context& context);

}  // namespace foreset::cli
