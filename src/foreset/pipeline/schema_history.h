// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foreset/lake/schema_changes_table.h"
#include "foreset/model/schema_change.h"

namespace foreset::pipeline {

// The schema changes of a table since bronze began it, ascending: a reset forgets what was before,
// a table that the source dropped and made again goes on.
std::vector<SchemaChange> SchemasSinceBegun(const lake::SchemaChangesTable& schemas,
                                            const TableId& table);

// Why the table stopped, when one of its changes cannot be followed.
std::optional<Error> StoppedReason(const std::vector<SchemaChange>& changes);

}  // namespace foreset::pipeline
