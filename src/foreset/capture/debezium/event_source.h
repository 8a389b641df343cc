// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foreset/base/clock.h"
#include "foreset/capture/debezium/event_options.h"

namespace foreset::debezium {

// The `source.snapshot` of an event.
enum class SnapshotMarker : std::uint8_t {
  kFalse,
  kTrue,
  kFirst,
  kFirstInTable,  // first_in_data_collection
  kLastInTable,   // last_in_data_collection
  kLast,
};

// Where an event comes from: the `source` block.
struct EventSource {
  SnapshotMarker snapshot = SnapshotMarker::kFalse;
  Timestamp at;  // of the source's commit
  std::string_view database;
  std::string_view table;
  std::uint32_t server_id = 0;
  std::string_view gtid;  // empty: null
  std::string_view file;
  std::uint64_t position = 0;
  std::uint32_t row = 0;
  std::uint64_t thread = 0;  // 0: null
};

void AppendSource(std::string& out, const EventSource& source, const EventOptions& options);
// Its schema as a field named "source".
std::string SourceSchema(const EventOptions& options);

}  // namespace foreset::debezium
