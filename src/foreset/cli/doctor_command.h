// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset doctor`: checks the source and the places of the lake, each with its fix. Changes
// nothing.
void RegisterDoctor(CLI::App& app, Context& context);

}  // namespace foreset::cli
