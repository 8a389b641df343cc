// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset doctor`: checks the source and the places of the lake, each with its fix. Changes
// nothing.
void RegisterDoctor(Command app, Context& context);

}  // namespace foreset::cli
