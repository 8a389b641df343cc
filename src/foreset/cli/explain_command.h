// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset explain [CODE…]`: what an error code means and what to do; without a code, all of them.
void RegisterExplain(Command app, Context& context);

}  // namespace foreset::cli
