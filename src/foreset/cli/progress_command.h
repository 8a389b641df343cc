// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset progress show`: the position of the source that each table covers.
void RegisterProgress(Command app, Context& context);

}  // namespace foreset::cli
