// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

// Delta's schema text (PROTOCOL.md, "Schema Serialization Format") as Arrow schemas.
//
//   byte int8 · short int16 · integer int32 · long int64 · float float32 · double float64 ·
//   decimal(p,s) decimal128 · boolean bool · string utf8 · binary binary · date date32 ·
//   timestamp timestamp[us, UTC] · timestamp_ntz timestamp[us] · void null · struct struct ·
//   array list<element> · map map<key, value> · variant large_utf8, a JSON text, whose field
//   (of a struct, list or map) is marked: IsVariant
//
// A field's metadata object becomes the Arrow field's metadata: member by member, each value as its
// JSON text ("4", "\"col-1\"", "true"), so that it is written back as it was read.
// Arrow's own members ("PARQUET:…", "ARROW:…") are left out both ways.
namespace foreset::delta {

// kCorruption when the text is not a schema or names a column twice; kUnsupported names the type
// (interval, …) and the column.
Result<std::shared_ptr<arrow::Schema>> SchemaFromJson(std::string_view text);

// The text for `metaData.schemaString`. kUnsupported when a column has no Delta type. Metadata
// values that are not JSON are written as JSON strings.
Result<std::string> SchemaToJson(const arrow::Schema& schema);

// True when the field's texts are variants, as JSON: the mark is in its metadata, as
// "foreset.variant", and nowhere in the schema's text.
bool IsVariant(const arrow::Field& field);

// One type as it stands in a schema: "\"long\"", "{\"type\":\"array\",…}".
Result<std::string> TypeToJson(const arrow::DataType& type);

// ---- Field metadata ("Column Metadata", "Column Mapping")

inline constexpr std::string_view kColumnIdKey = "delta.columnMapping.id";
inline constexpr std::string_view kPhysicalNameKey = "delta.columnMapping.physicalName";

// The field's metadata member as text, when it is a JSON string.
std::optional<std::string> TextMetadata(const arrow::Field& field, std::string_view key);
// As a whole number.
std::optional<std::int64_t> IntMetadata(const arrow::Field& field, std::string_view key);
// The field with that member set to JSON text.
std::shared_ptr<arrow::Field> WithMetadata(const std::shared_ptr<arrow::Field>& field,
                                           std::string_view key, std::string_view json);

// What the column is called in data files under column mapping; its name where it has no mapping.
std::string PhysicalName(const arrow::Field& field);
// The id of the column under column mapping.
std::optional<std::int32_t> ColumnId(const arrow::Field& field);

}  // namespace foreset::delta
