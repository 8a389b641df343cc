// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/lake.h"
#include "foreset/model/table_schema.h"

namespace foreset::pipeline {

// Whether the configuration names dimensions, other than all tables as they are.
bool HasNamedDimensions(const lake::LakeLayout& layout);

// What keeps gold's dimensions from being made of these tables, each kInvalidInput: a dimension's
// table is none of them (kDimensionColumns), two would fill one table of gold
// (lake_error::kTableFolderShared), or gold needs the table's name itself
// (lake_error::kTableFolderReserved).
std::vector<Error> DimensionTroubles(const lake::LakeLayout& layout,
                                     const std::vector<TableId>& tables);

// What keeps them from having the columns that are wanted: a table has no such column, or its key
// is left out (kDimensionColumns); the lake has that name for its own use (kReservedColumnName).
std::vector<Error> DimensionColumnTroubles(const lake::LakeLayout& layout,
                                           const std::vector<TableSchema>& tables);

}  // namespace foreset::pipeline
