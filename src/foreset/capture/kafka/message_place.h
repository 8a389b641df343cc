// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/message.h"
#include "foreset/model/sequence.h"
#include "foreset/model/source_position.h"
#include "foreset/model/table_schema.h"

namespace foreset::kafka {

// The table of a row's message: the one that its source block names, else the topic's.
TableId TableOf(const debezium::Message& message, std::string_view topic);

// Where the row stands in the source's log of that epoch; one of Debezium's snapshot, which has no
// place there, by its record's. Errors: as debezium::SequenceOf.
Result<Sequence> PlaceOf(const debezium::Message& message, SourceEpoch epoch,
                         std::int32_t partition, LogOffset offset);

}  // namespace foreset::kafka
