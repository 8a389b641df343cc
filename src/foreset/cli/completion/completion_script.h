// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/cli/command_line/command_tree.h"

namespace foreset::cli {

// Scripts by which a shell completes the program's commands, options and their choices; where none
// of them fits, names of files.
std::string BashCompletion(const CommandTree& program);
std::string ZshCompletion(const CommandTree& program);
std::string FishCompletion(const CommandTree& program);

}  // namespace foreset::cli
