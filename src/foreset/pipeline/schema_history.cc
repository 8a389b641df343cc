// SPDX-License-Identifier: MIT
#include "foreset/pipeline/schema_history.h"

#include <algorithm>

namespace foreset::pipeline {

std::vector<SchemaChange> SchemasSinceCreated(const lake::SchemaChangesTable& schemas,
                                              const TableId& table) {
  std::vector<SchemaChange> changes = schemas.Of(table);
  const auto created = std::ranges::find(changes.rbegin(), changes.rend(),
                                         SchemaChangeKind::kCreate, &SchemaChange::kind);
  if (created != changes.rend()) changes.erase(changes.begin(), created.base() - 1);
  return changes;
}

std::optional<std::string> StoppedReason(const std::vector<SchemaChange>& changes) {
  const auto stopped = std::ranges::find_if(
      changes, [](const SchemaChange& change) { return change.cannot_follow.has_value(); });
  return stopped == changes.end() ? std::nullopt : stopped->cannot_follow;
}

}  // namespace foreset::pipeline
