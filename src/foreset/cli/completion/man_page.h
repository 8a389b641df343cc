// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/cli/command_line/command_tree.h"

namespace foreset::cli {

// A command's manual page in roff's man macros, for `man -l -`. `version`: the program's;
// `date`: the page's, "2026-01-31".
std::string ManPage(const CommandTree& command, const std::string& version,
                    const std::string& date);

}  // namespace foreset::cli
