// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/cli/context.h"

namespace foreset::cli {

// Text for a person at a terminal: through $PAGER (less -FRSX without it; none where it is empty)
// when it has more lines than the terminal; else as it is, also where the pager does not start.
void ShowPaged(const std::string& text, Context& context);

}  // namespace foreset::cli
