// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset status`: layers, tables, positions and lag of a lake, from its tables and the source.
void RegisterStatus(Command app, Context& context);

}  // namespace foreset::cli
