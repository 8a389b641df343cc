// SPDX-License-Identifier: MIT
#include "foreset/pipeline/status.h"

#include <algorithm>

namespace foreset::pipeline {

std::int64_t BatchesIn(const PipelineStatus& status) {
  std::int64_t batches = 0;
  for (const auto& [id, table] : status.tables) batches += table.bronze_batch + table.lake_batch;
  return batches;
}

std::uint64_t IndexBytesIn(const PipelineStatus& status) {
  std::uint64_t bytes = 0;
  for (const auto& [id, table] : status.tables) bytes += table.index_bytes;
  return bytes;
}

void NoteBronzeBatch(TableStatus& table, std::int64_t batch, Timestamp source_time) {
  for (FollowerStatus* follower : {&table.silver, &table.gold}) {
    // Who is behind already is behind since then.
    if (follower->behind_since.value() == 0) follower->behind_since = source_time;
  }
  table.bronze_batch = batch;
}

void NoteFollowerBatch(const TableStatus& table, FollowerStatus& follower, std::int64_t batch,
                       Timestamp source_time) {
  follower.batch = batch;
  if (batch >= table.bronze_batch) {
    follower.behind_since = Timestamp{};
  } else {
    // What comes next was committed after it.
    follower.behind_since = std::max(follower.behind_since, source_time);
  }
}

void NoteLeftOut(TableStatus& table) {
  table.phase = TablePhase::kLeftOut;
  table.stopped.reset();
  table.stopped_above = false;
}

}  // namespace foreset::pipeline
