// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/message_place.h"

#include <string>

#include "foreset/capture/debezium/source_block.h"
#include "foreset/capture/kafka/topic_names.h"

namespace foreset::kafka {

TableId TableOf(const debezium::Message& message, std::string_view topic) {
  if (message.source.table.empty()) return TopicNames::TableByName(topic);
  return {std::string(message.source.database), std::string(message.source.table)};
}

Result<Sequence> PlaceOf(const debezium::Message& message, SourceEpoch epoch,
                         std::int32_t partition, LogOffset offset) {
  if (message.operation != Operation::kSnapshot) {
    return debezium::SequenceOf(message.source, message.operation, epoch);
  }
  return debezium::SnapshotSequenceOf(message.source, epoch,
                                      {.partition = static_cast<std::uint32_t>(partition),
                                       .offset = static_cast<std::uint64_t>(offset.value())});
}

}  // namespace foreset::kafka
