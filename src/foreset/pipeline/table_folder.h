// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/model/table_schema.h"

namespace foreset::pipeline {

// Whether a layer needs the folder itself, or that in which it is.
bool IsReservedFolder(std::string_view folder);

// Whether the folder that the layout gives to a source table can be the table's. kInvalidInput:
// Foreset needs it itself (lake_error::kTableFolderReserved), or one of `others` has it
// (lake_error::kTableFolderShared). Ask before anything of the table is made.
Status CheckTableFolder(const std::string& layout, const TableId& table,
                        const std::set<TableId>& others);

// The same for tables that are all to have their folders: what it says of each that cannot. Of two
// with one folder it is said of the second.
std::vector<Error> FolderTroubles(const std::string& layout, const std::vector<TableId>& tables);

}  // namespace foreset::pipeline
