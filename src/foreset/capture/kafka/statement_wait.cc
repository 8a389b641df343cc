// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/statement_wait.h"

#include <algorithm>
#include <utility>

namespace foreset::kafka {

void StatementWait::Replace(SchemaStep step) {
  steps_.clear();
  Add(std::move(step));
}

bool StatementWait::IsDue(const ReadPartitions& partitions) const {
  const Sequence at = steps_.front().sequence;
  return std::ranges::all_of(ends_, [&](const auto& end) {
    const ReadPartition& partition = partitions.at(end.first);
    return partition.position.next_offset >= end.second ||
           (partition.held_at && *partition.held_at >= at);
  });
}

SchemaStep StatementWait::Take() {
  SchemaStep step = std::move(steps_.front());
  steps_.pop_front();
  return step;
}

}  // namespace foreset::kafka
