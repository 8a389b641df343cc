// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset init`: writes foreset.yaml from flags, answers or a Debezium connector's configuration.
void RegisterInit(CLI::App& app, Context& context);

}  // namespace foreset::cli
