// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset init`: writes foreset.yaml from flags, answers or a Debezium connector's configuration.
void RegisterInit(Command app, Context& context);

}  // namespace foreset::cli
