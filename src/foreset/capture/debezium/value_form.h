// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/connect_schema.h"
#include "foreset/capture/debezium/modes.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

// How the values of one column stand in JSON.
enum class ValueForm : std::uint8_t {
  kNumber,         // as they are: integers, floats, YEAR; a BIT(1) or TINYINT(1) as true or false
  kSignedBits,     // BIGINT UNSIGNED as a signed number with the same 64 bits
  kDecimalBytes,   // base64 of a big-endian two's complement, or a number (decimal.format NUMERIC)
  kDecimalDouble,  // a number in a double's shortest form
  kDecimalText,    // a string
  kDays,           // since 1970-01-01
  kMillis,         // of the day, or since 1970-01-01
  kMicros,         //
  kNanos,          //
  kIsoText,        // "2024-02-29T12:34:56.789Z", or the date or time alone
  kText,           // a string
  kBase64,         // of bytes; BIT(n): little-endian
  kBase64UrlSafe,  //
  kHex,            //
  kGeometry,       // {"wkb":base64,"srid":number or null}
  kArray,          // of numbers
};

// What a column's values look like, and the scale where they carry one of their own.
struct ColumnForm {
  ValueForm form = ValueForm::kNumber;
  std::uint32_t scale = 0;  // of kDecimalBytes
  bool operator==(const ColumnForm&) const = default;
};

// As the connector writes the column under the modes.
ColumnForm FormUnder(const DebeziumModes& modes, const ColumnSchema& column);

// As the message's own schema says; the modes tell only what it does not (which text binary columns
// are in). kInvalidInput with kMessageValue when the column's type is never written like that.
Result<ColumnForm> FormOf(const ConnectField& field, const DebeziumModes& modes,
                          const ColumnSchema& column);

}  // namespace foreset::debezium
