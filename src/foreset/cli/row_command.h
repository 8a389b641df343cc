// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset row T KEY…`: one row's whole life: bronze events, history, current.
void RegisterRow(CLI::App& app, Context& context);

}  // namespace foreset::cli
