// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset schema`: the JSON Schema of foreset.yaml, for editors and other tools.
void RegisterSchema(CLI::App& app, Context& context);

}  // namespace foreset::cli
