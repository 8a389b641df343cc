// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset verify -c F [TABLE…]`: source against silver and gold at one position. 3 on a mismatch.
void RegisterVerify(CLI::App& app, Context& context);

}  // namespace foreset::cli
