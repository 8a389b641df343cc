// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "foreset/base/clock.h"
#include "foreset/capture/debezium/event_options.h"
#include "foreset/capture/kafka/outgoing_record.h"

namespace foreset::debezium {

// How many events of a source transaction have been published, by "database.table".
struct TransactionCounts {
  std::string id;
  Timestamp committed_at;
  std::int64_t events = 0;
  std::map<std::string, std::int64_t> by_table;
  bool operator==(const TransactionCounts&) const = default;
};

// The records of `<prefix>.transaction`.
kafka::OutgoingRecord BeginRecord(const TransactionCounts& transaction,
                                  const EventOptions& options);
kafka::OutgoingRecord EndRecord(const TransactionCounts& transaction, const EventOptions& options);

// The record of `__debezium-heartbeat.<prefix>`.
kafka::OutgoingRecord HeartbeatRecord(Timestamp now, const EventOptions& options);

}  // namespace foreset::debezium
