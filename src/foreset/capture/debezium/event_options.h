// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace foreset::debezium {

// How Debezium's messages are shaped. Names, meanings and defaults are Debezium's; the comment
// behind each is its option.
enum class DecimalHandling : std::uint8_t { kPrecise, kDouble, kString };
enum class BigintUnsignedHandling : std::uint8_t { kLong, kPrecise };
enum class TimePrecision : std::uint8_t { kAdaptiveTimeMicroseconds, kConnect };
enum class BinaryHandling : std::uint8_t { kBytes, kBase64, kBase64UrlSafe, kHex };

struct EventOptions {
  std::string prefix;                                                      // topic.prefix
  bool schemas = false;                                                    // schemas.enable
  DecimalHandling decimal = DecimalHandling::kPrecise;                     // decimal.handling.mode
  BigintUnsignedHandling bigint_unsigned = BigintUnsignedHandling::kLong;  // bigint.unsigned.…
  TimePrecision time = TimePrecision::kAdaptiveTimeMicroseconds;           // time.precision.mode
  BinaryHandling binary = BinaryHandling::kBytes;                          // binary.handling.mode
  bool tombstones = true;                                                  // tombstones.on.delete
  // skipped.operations, as its letters.
  std::string skipped = "t";
  bool schema_changes = true;  // include.schema.changes
  bool transactions = false;   // provide.transaction.metadata
  bool is_mariadb = false;     // of the source: messages are those of that connector
  // Of the headers __debezium.context.…; a new run_id for each run.
  std::string connector_name;
  std::string run_id;

  std::string_view Connector() const { return is_mariadb ? "mariadb" : "mysql"; }
  bool Skips(char operation) const { return skipped.find(operation) != std::string::npos; }
};

}  // namespace foreset::debezium
