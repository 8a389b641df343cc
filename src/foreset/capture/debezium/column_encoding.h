// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/capture/debezium/event_options.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

// How a value goes from its Arrow array into the message.
enum class CellForm : std::uint8_t {
  kInteger,        // any integer array, as a number
  kYear,           // the same; 0 as 1900 in streamed events, else as 2000
  kWrappedBigint,  // decimal128: the lower 64 bits, signed
  kDecimalBytes,   // decimal128 or text: base64 of the unscaled value
  kDecimalText,    // the same, as "12.50"
  kDecimalNumber,  // the same, as 12.50
  kDecimalDouble,  // the same, as the nearest double
  kFloat,
  kDouble,
  kBoolean,
  kBits,  // binary: base64, little-endian
  kText,
  kLabel,  // ENUM: in streamed events with a backslash before each comma
  kJson,   // in streamed events without spaces
  kBytes,  // base64
  kBytesUrlSafe,
  kBytesHex,
  kDate,
  kMicroTime,
  kConnectTime,     // milliseconds of a day; NULL outside of one
  kMilliTimestamp,  // timestamp[us] or wall clock
  kMicroTimestamp,
  kZonedTimestamp,  // in streamed events with `digits` digits after the second, else as few as do
  kGeometry,
  kPoint,
  kFloatVector,
};

// One column as Debezium's value converters and Kafka Connect's JSON converter show it.
struct ColumnEncoding {
  CellForm form = CellForm::kInteger;
  std::string name;    // "\"id\":"
  std::string schema;  // {"type":"int32","optional":false,"field":"id"}
  // What stands where the row has NULL: the default where the column has one, the type's zero
  // where it is NOT NULL (a zero date, say), else null.
  std::string null;
  int digits = 0;  // the column's fractional digits
};

ColumnEncoding EncodingOf(const ColumnSchema& column, const EventOptions& options);

// Appends the value of row `row` as JSON. `streamed`: the event comes from the binlog, not from
// the first copy; Debezium spells some values differently there.
void AppendCell(std::string& out, const arrow::Array& cells, std::int64_t row,
                const ColumnEncoding& encoding, bool streamed);

// {"CustomerID":1,…} of the columns `which`, in that order.
void AppendRow(std::string& out, const arrow::RecordBatch& rows, std::int64_t row,
               const std::vector<ColumnEncoding>& columns, const std::vector<std::size_t>& which,
               bool streamed);

}  // namespace foreset::debezium
