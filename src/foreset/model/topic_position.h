// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/strong_type.h"
#include "foreset/model/sequence.h"

namespace foreset {

// Counts the records of one partition of a topic, from 0.
using LogOffset = StrongType<std::int64_t, struct LogOffsetTag>;

// How far one partition of a topic is covered.
struct PartitionPosition {
  std::string topic;
  std::int32_t partition = 0;
  LogOffset next_offset{0};  // every record below it is covered
  Sequence highest;          // of the changes taken from it; in a table's progress: for that table
  // The topic has got partitions since, so that rows of a key may be in two of them: `highest` of
  // one partition says nothing about its keys.
  bool keys_moved = false;

  bool operator==(const PartitionPosition&) const = default;
};

// Null when the partition is not in the list, which is ordered by topic and partition.
const PartitionPosition* FindPartition(const std::vector<PartitionPosition>& partitions,
                                       std::string_view topic, std::int32_t partition);
// The entry of that partition, made in its place when it is not there.
PartitionPosition& PartitionIn(std::vector<PartitionPosition>& partitions, std::string_view topic,
                               std::int32_t partition);

// The place of one record that a change came from.
struct RecordPlace {
  std::uint32_t topic = 0;  // index into the batch's topics
  std::int32_t partition = 0;
  LogOffset offset{0};
  bool operator==(const RecordPlace&) const = default;
};

}  // namespace foreset
