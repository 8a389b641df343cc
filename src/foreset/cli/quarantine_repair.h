// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset quarantine retry|drop`, below `foreset quarantine`.
void RegisterQuarantineRepair(Command quarantine, Context& context);

}  // namespace foreset::cli
