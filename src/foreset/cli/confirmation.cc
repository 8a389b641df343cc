// SPDX-License-Identifier: MIT
#include "foreset/cli/confirmation.h"

#include <istream>
#include <ostream>
#include <string>

namespace foreset::cli {

Result<bool> Confirmed(bool yes, Context& context) {
  if (yes) return true;
  if (!context.terminal.in) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               "nothing was changed: this must be confirmed", "Run the command again with --yes.");
  }
  context.err << "Do this? [y/N] " << std::flush;
  std::string answer;
  std::getline(context.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace foreset::cli
