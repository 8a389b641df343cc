// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/clock.h"
#include "foreset/capture/debezium/event_options.h"
#include "foreset/capture/debezium/event_source.h"
#include "foreset/capture/kafka/outgoing_record.h"
#include "foreset/model/schema_change.h"

namespace foreset::debezium {

// The record of one schema change in the topic `<prefix>`: the statement, and the table as it is
// after it. `source` says where it stands; its database and table are set here.
kafka::OutgoingRecord SchemaChangeRecord(const SchemaChange& change, EventSource source,
                                         Timestamp now, const EventOptions& options);

}  // namespace foreset::debezium
