// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset reset -c F --layer L [TABLE…] [--yes] [--purge]`: a fresh start of a layer.
void RegisterReset(Command app, Context& context);

}  // namespace foreset::cli
