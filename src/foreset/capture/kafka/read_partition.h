// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "foreset/capture/kafka/record_source.h"
#include "foreset/capture/kafka/source_epochs.h"
#include "foreset/capture/kafka/tombstone_watch.h"
#include "foreset/model/sequence.h"

namespace foreset::kafka {

// One partition that is read: how far, and what is fetched of it and not decoded.
struct ReadPartition {
  PartitionPosition position;  // next_offset: after what is decoded
  LastPlace last;
  LogOffset end{0};                 // as last met: between the records fetched before and it
                                    // there are ends of transactions only
  std::deque<Record> waiting;       // fetched, not decoded
  std::optional<Record> before;     // what stands before the first that is read, if it is there
  std::optional<Sequence> held_at;  // of the first waiting one, which waits for a statement
  std::int32_t partitions_of_topic = 1;  // how many
  TombstoneWatch tombstones;
  bool paused = false;
};
using ReadPartitions = std::map<PartitionKey, ReadPartition>;

}  // namespace foreset::kafka
