// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "foreset/capture/mysql/server_checks.h"
#include "foreset/model/table_schema.h"

namespace foreset::cli {

// For doctor: whether each table of the source has a folder of its own in the lake. One failure for
// those that would share one, one warning for those that would stop for the name that they have,
// one for those that are one table to a reader which ignores case.
std::vector<mysql::ServerCheck> CheckFolders(const std::string& layout,
                                             const std::vector<TableId>& tables);

}  // namespace foreset::cli
