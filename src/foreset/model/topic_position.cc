// SPDX-License-Identifier: MIT
#include "foreset/model/topic_position.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace foreset {
namespace {

auto LowerBound(auto& partitions, std::string_view topic, std::int32_t partition) {
  return std::ranges::lower_bound(
      partitions, std::pair(topic, partition), {}, [](const PartitionPosition& position) {
        return std::pair(std::string_view(position.topic), position.partition);
      });
}

}  // namespace

const PartitionPosition* FindPartition(const std::vector<PartitionPosition>& partitions,
                                       std::string_view topic, std::int32_t partition) {
  const auto at = LowerBound(partitions, topic, partition);
  const bool found = at != partitions.end() && at->topic == topic && at->partition == partition;
  return found ? &*at : nullptr;
}

PartitionPosition& PartitionIn(std::vector<PartitionPosition>& partitions, std::string_view topic,
                               std::int32_t partition) {
  auto at = LowerBound(partitions, topic, partition);
  if (at == partitions.end() || at->topic != topic || at->partition != partition) {
    at = partitions.insert(at, {.topic = std::string(topic), .partition = partition});
  }
  return *at;
}

}  // namespace foreset
