// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/capture/mysql/server_checks.h"
#include "foreset/cli/config/configuration.h"

namespace foreset::cli {

// Whether the layers' places can be written to and have room. Looks only: makes nothing.
std::vector<mysql::ServerCheck> CheckLake(const Configuration& configuration);

}  // namespace foreset::cli
