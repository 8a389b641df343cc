// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foreset/base/result.h"

namespace foreset::debezium {

// The connector's settings that decide how values are written. Needed where messages do not carry
// their Connect schema, which says the same for each column. Names as in Debezium's documentation.
enum class DecimalMode : std::uint8_t { kPrecise, kDouble, kString };
enum class BigIntUnsignedMode : std::uint8_t { kLong, kPrecise };
enum class TimeMode : std::uint8_t {
  kAdaptiveTimeMicroseconds,
  kAdaptive,
  kConnect,
  kIsoString,
  kMicroseconds,
  kNanoseconds,
};
enum class BinaryMode : std::uint8_t { kBytes, kBase64, kBase64UrlSafe, kHex };

struct DebeziumModes {
  DecimalMode decimal = DecimalMode::kPrecise;
  BigIntUnsignedMode bigint_unsigned = BigIntUnsignedMode::kLong;
  TimeMode time = TimeMode::kAdaptiveTimeMicroseconds;
  BinaryMode binary = BinaryMode::kBytes;
  // Stands in place of a value that the connector did not have (`unavailable.value.placeholder`).
  std::string unavailable = "__debezium_unavailable_value";
  // Before the fields that ExtractNewRecordState adds (`add.fields.prefix`).
  std::string added_prefix = "__";

  bool operator==(const DebeziumModes&) const = default;
};

// Takes one setting under its Debezium name ("decimal.handling.mode", "time.precision.mode",
// "bigint.unsigned.handling.mode", "binary.handling.mode", "unavailable.value.placeholder",
// "add.fields.prefix"). kInvalidInput with kDebeziumMode, naming what may stand there, for another
// name or value.
Status SetMode(DebeziumModes& modes, std::string_view name, std::string_view value);

}  // namespace foreset::debezium
