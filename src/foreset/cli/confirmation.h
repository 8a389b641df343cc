// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/result.h"
#include "foreset/cli/context.h"

namespace foreset::cli {

// Whether a plan that was shown is to be carried out: said so on the command line (`yes`), or now,
// on a terminal. kUsage where there is nobody to ask.
Result<bool> Confirmed(bool yes, Context& context);

}  // namespace foreset::cli
