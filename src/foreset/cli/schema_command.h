// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset schema`: the JSON Schema of foreset.yaml, for editors and other tools.
void RegisterSchema(Command app, Context& context);

}  // namespace foreset::cli
