// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset run -c F [--until-current] [--layer L …]`: the pipeline. Ends with 0 on SIGTERM, 1 when
// tables had to stop.
void RegisterRun(Command app, Context& context);

}  // namespace foreset::cli
