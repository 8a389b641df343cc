// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "foreset/cli/context.h"

namespace foreset::cli {

// Runs the program with these arguments (without its own name): parses, carries out the chosen
// command and reports its failure on the error stream. The value is the process's exit code.
int RunApplication(std::vector<std::string> arguments, Context& context);

}  // namespace foreset::cli
