// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset quarantine ls|show|retry|drop`: records that could not be applied.
void RegisterQuarantine(Command app, Context& context);

}  // namespace foreset::cli
