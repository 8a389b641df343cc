// SPDX-License-Identifier: MIT
// The table that a Connect schema stands for: TableSchemaOf of connect_schema.h.
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/debezium/column_description.h"
#include "foreset/capture/debezium/connect_schema.h"

namespace foreset::debezium {
namespace {

constexpr std::string_view kSourceType = "__debezium.source.column.type";
constexpr std::string_view kSourceLength = "__debezium.source.column.length";
constexpr std::string_view kSourceScale = "__debezium.source.column.scale";

std::optional<std::uint32_t> CountOf(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// `allowed` of an ENUM or SET: joined by commas, those within a label behind a backslash.
std::vector<std::string> LabelsOf(std::string_view allowed) {
  std::vector<std::string> labels(1);
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    if (allowed[i] == '\\' && allowed.substr(i + 1).starts_with(',')) {
      labels.back() += ',';
      ++i;
    } else if (allowed[i] == ',') {
      labels.emplace_back();
    } else {
      labels.back() += allowed[i];
    }
  }
  return labels;
}

struct LogicalType {
  std::string_view name;  // logical name, else Connect type
  std::string_view type;
  std::optional<std::uint32_t> length = std::nullopt;
};

constexpr auto kLogical = std::to_array<LogicalType>({
    {"io.debezium.time.Date", "DATE"},
    {"org.apache.kafka.connect.data.Date", "DATE"},
    {"io.debezium.time.IsoDate", "DATE"},
    {"io.debezium.time.Time", "TIME", 3},
    {"org.apache.kafka.connect.data.Time", "TIME", 3},
    {"io.debezium.time.MicroTime", "TIME", 6},
    {"io.debezium.time.NanoTime", "TIME", 6},
    {"io.debezium.time.IsoTime", "TIME", 6},
    {"io.debezium.time.Timestamp", "DATETIME", 3},
    {"org.apache.kafka.connect.data.Timestamp", "DATETIME", 3},
    {"io.debezium.time.MicroTimestamp", "DATETIME", 6},
    {"io.debezium.time.NanoTimestamp", "DATETIME", 6},
    {"io.debezium.time.IsoTimestamp", "DATETIME", 6},
    {"io.debezium.time.ZonedTimestamp", "TIMESTAMP", 6},
    {"io.debezium.time.Year", "YEAR"},
    {"io.debezium.data.Json", "JSON"},
    {"io.debezium.data.Enum", "ENUM"},
    {"io.debezium.data.EnumSet", "SET"},
    {"io.debezium.data.Uuid", "UUID"},
    {"io.debezium.data.geometry.Geometry", "GEOMETRY"},
    {"io.debezium.data.geometry.Point", "POINT"},
    {"io.debezium.data.FloatVector", "VECTOR"},
});
constexpr auto kPlain = std::to_array<LogicalType>({
    {"int8", "TINYINT"},
    {"int16", "SMALLINT"},
    {"int32", "INT"},
    {"int64", "BIGINT"},
    {"float", "FLOAT"},
    {"double", "DOUBLE"},
    {"boolean", "BIT", 1},
    {"bytes", "LONGBLOB"},
    {"string", "LONGTEXT"},
});

const LogicalType* FindType(std::span<const LogicalType> types, std::string_view name) {
  for (const LogicalType& type : types) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

// The type that stands for what the Connect schema says, where it does not say the source's own.
void Derive(const ConnectField& field, ColumnDescription& column) {
  if (field.logical == "org.apache.kafka.connect.data.Decimal") {
    constexpr std::uint32_t kWidest = 65;
    column.type = "DECIMAL";
    column.length = CountOf(field.Parameter("connect.decimal.precision")).value_or(kWidest);
    column.scale = CountOf(field.Parameter("scale"));
    return;
  }
  if (field.logical == "io.debezium.data.Bits") {
    column.type = "BIT";
    column.length = CountOf(field.Parameter("length"));
    return;
  }
  const LogicalType* type = FindType(kLogical, field.logical);
  if (type == nullptr) type = FindType(kPlain, field.type);
  if (type == nullptr) return;
  column.type = type->type;
  column.length = type->length;
}

bool IsAdded(const ConnectField& field, std::string_view prefix) {
  return !prefix.empty() && field.name.starts_with(prefix);
}

Result<ColumnSchema> ColumnOf(const ConnectField& field) {
  ColumnDescription column;
  column.name = field.name;
  column.nullable = field.optional;
  column.charset = "utf8mb4";
  column.labels = LabelsOf(field.Parameter("allowed"));
  const std::string_view source = field.Parameter(kSourceType);
  if (source.empty()) {
    Derive(field, column);
  } else {
    column.type = source;
    column.length = CountOf(field.Parameter(kSourceLength));
    column.scale = CountOf(field.Parameter(kSourceScale));
  }
  if (column.type.empty()) column.type = field.type;
  return ToColumn(column, false);
}

}  // namespace

Result<TableSchema> TableSchemaOf(const TableId& id, const ConnectSchema& value,
                                  const ConnectSchema* key, std::string_view added_prefix) {
  TableSchema schema;
  schema.id = id;
  for (const ConnectField& field : value.fields()) {
    if (IsAdded(field, added_prefix)) continue;
    auto column = ColumnOf(field);
    if (!column) return std::unexpected(std::move(column).error().Within("table " + id.ToString()));
    schema.columns.push_back(*std::move(column));
  }
  if (key == nullptr) return schema;
  schema.key_kind = KeyKind::kPrimary;
  for (const ConnectField& field : key->fields()) {
    const auto column = schema.FindColumn(field.name);
    if (!column) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kSchemaMismatch,
                 fmt::format("table {}: the key has column {}, the row has not", id.ToString(),
                             field.name));
    }
    schema.columns[*column].nullable = false;
    schema.key.push_back(*column);
  }
  if (schema.key.empty()) schema.key_kind = KeyKind::kWholeRow;
  return schema;
}

}  // namespace foreset::debezium
