// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/capture/mysql/server_checks.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"

namespace foreset::cli {

// Whether the layers' places can be written to; of local ones whether they have room, of others how
// they are logged in to. Local places are only looked at; in others an object is created, read and
// deleted again.
std::vector<mysql::ServerCheck> CheckLake(const Configuration& configuration,
                                          const Context& context);

}  // namespace foreset::cli
