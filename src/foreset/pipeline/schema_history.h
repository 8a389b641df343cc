// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foreset/lake/schema_changes_table.h"
#include "foreset/model/schema_change.h"

namespace foreset::pipeline {

// The schema changes of a table since it was last created, ascending: a table that is created anew
// (after a reset, or at the source) forgets what was before.
std::vector<SchemaChange> SchemasSinceCreated(const lake::SchemaChangesTable& schemas,
                                              const TableId& table);

// Why the table stopped, when one of its changes cannot be followed.
std::optional<std::string> StoppedReason(const std::vector<SchemaChange>& changes);

}  // namespace foreset::pipeline
