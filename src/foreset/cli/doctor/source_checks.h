// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/capture/mysql/server_checks.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"

namespace foreset::cli {

// The server beside this machine and this lake: whether their clocks agree, and how long the server
// still keeps what the lake must read next. Empty when the server cannot be asked; other checks
// then say why.
std::vector<mysql::ServerCheck> CheckServerBesideLake(const Configuration& configuration,
                                                      const Context& context);

}  // namespace foreset::cli
