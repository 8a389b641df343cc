// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/capture/mysql/server_checks.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"

namespace foreset::cli {

// Whether the layers' places can be written to: an object is created, refused a second time, read
// and deleted again. Of local ones also whether they have room, of others how they are logged in
// to.
std::vector<mysql::ServerCheck> CheckLake(const Configuration& configuration,
                                          const Context& context);

}  // namespace foreset::cli
