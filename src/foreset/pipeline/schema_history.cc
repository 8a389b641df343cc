// SPDX-License-Identifier: MIT
#include "foreset/pipeline/schema_history.h"

#include <algorithm>

namespace foreset::pipeline {

std::vector<SchemaChange> SchemasSinceBegun(const lake::SchemaChangesTable& schemas,
                                            const TableId& table) {
  std::vector<SchemaChange> changes = schemas.Of(table);
  std::size_t begun = 0;
  for (std::size_t i = 1; i < changes.size(); ++i) {
    const bool again = changes[i - 1].kind == SchemaChangeKind::kDrop;
    if (changes[i].kind == SchemaChangeKind::kCreate && !again) begun = i;
  }
  changes.erase(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(begun));
  return changes;
}

std::optional<Error> StoppedReason(const std::vector<SchemaChange>& changes) {
  const auto stopped = std::ranges::find_if(
      changes, [](const SchemaChange& change) { return change.cannot_follow.has_value(); });
  return stopped == changes.end() ? std::nullopt : stopped->cannot_follow;
}

}  // namespace foreset::pipeline
