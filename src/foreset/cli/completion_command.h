// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset completion` and `foreset man`: what other programs know of the command line. `app` is
// the whole program.
void RegisterCompletion(Command app, Context& context);

}  // namespace foreset::cli
