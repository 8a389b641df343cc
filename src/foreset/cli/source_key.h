// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foreset/delta/snapshot.h"
#include "foreset/model/table_schema.h"

namespace foreset::cli {

// The source table's schema that a table of a Foreset lake carries; nothing in other tables.
std::optional<TableSchema> SourceSchemaOf(const delta::Snapshot& snapshot);

// Names of the source table's key columns, in key order; empty where there is no key.
std::vector<std::string> SourceKeyOf(const delta::Snapshot& snapshot);

}  // namespace foreset::cli
