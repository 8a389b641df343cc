// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset verify -c F [TABLE…]`: source against silver and gold at one position. 3 on a mismatch.
void RegisterVerify(Command app, Context& context);

}  // namespace foreset::cli
