// SPDX-License-Identifier: MIT
#include "foreset/cli/command_line/command_tree.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace foreset::cli {

std::string CommandTree::Path() const { return fmt::format("{}", fmt::join(words, " ")); }

}  // namespace foreset::cli
