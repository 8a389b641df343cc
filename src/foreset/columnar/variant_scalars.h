// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include <arrow/type_fwd.h>
#include <arrow/util/decimal.h>

#include "foreset/base/json_writer.h"

// A variant's scalars as JSON, in the form of Spark's to_json. Each writes one value.
namespace foreset {

// Shortest digits that read back the same, as Java lays them out: 1.0, 9999999.0, 1.0E7, 1.1E-5.
// "NaN", "Infinity" and "-Infinity" are texts.
void WriteVariantDouble(double value, JsonWriter& json);
void WriteVariantFloat(float value, JsonWriter& json);

// A plain number without zeros at the end of its fraction. `scale` is not negative.
void WriteVariantDecimal(const arrow::Decimal128& value, int scale, JsonWriter& json);

// "2026-01-31", of days since 1970-01-01; years beyond four digits get a sign.
void WriteVariantDate(std::int64_t days, JsonWriter& json);

// "10:00:00.5", of microseconds since midnight, less than a day.
void WriteVariantTime(std::int64_t microseconds, JsonWriter& json);

// "2026-01-31 10:00:00.5", with "+00:00" where `utc`; of ticks since 1970, microseconds or
// nanoseconds.
void WriteVariantTimestamp(std::int64_t ticks, arrow::TimeUnit::type unit, bool utc,
                           JsonWriter& json);

// Base64, RFC 4648 section 4, padded.
void WriteVariantBinary(std::string_view bytes, JsonWriter& json);

// "00112233-4455-6677-8899-aabbccddeeff", of 16 bytes.
void WriteVariantUuid(std::string_view bytes, JsonWriter& json);

}  // namespace foreset
