// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>

#include "foreset/base/result.h"
#include "foreset/model/table_schema.h"

namespace foreset::pipeline {

// Whether the folder that the layout gives to a source table can be the table's. kInvalidInput:
// Foreset needs it itself, or it leaves the layer (lake_error::kTableFolderReserved); or one of
// `others` has it, or the one lies within the other (lake_error::kTableFolderShared). Ask before
// anything of the table is made.
Status CheckTableFolder(const std::string& layout, const TableId& table,
                        const std::set<TableId>& others);

}  // namespace foreset::pipeline
