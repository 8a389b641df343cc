// SPDX-License-Identifier: MIT
#include "foreset/model/table_schema_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/json_writer.h"

namespace foreset {
namespace {

using simdjson::dom::element;

constexpr auto kTypeNames = std::to_array<std::pair<SourceType, std::string_view>>({
    {SourceType::kTinyInt, "tinyint"},
    {SourceType::kSmallInt, "smallint"},
    {SourceType::kMediumInt, "mediumint"},
    {SourceType::kInt, "int"},
    {SourceType::kBigInt, "bigint"},
    {SourceType::kFloat, "float"},
    {SourceType::kDouble, "double"},
    {SourceType::kDecimal, "decimal"},
    {SourceType::kBit, "bit"},
    {SourceType::kYear, "year"},
    {SourceType::kDate, "date"},
    {SourceType::kTime, "time"},
    {SourceType::kDateTime, "datetime"},
    {SourceType::kTimestamp, "timestamp"},
    {SourceType::kChar, "char"},
    {SourceType::kVarChar, "varchar"},
    {SourceType::kText, "text"},
    {SourceType::kBinary, "binary"},
    {SourceType::kVarBinary, "varbinary"},
    {SourceType::kBlob, "blob"},
    {SourceType::kEnum, "enum"},
    {SourceType::kSet, "set"},
    {SourceType::kJson, "json"},
    {SourceType::kGeometry, "geometry"},
    {SourceType::kVector, "vector"},
    {SourceType::kUuid, "uuid"},
    {SourceType::kInet4, "inet4"},
    {SourceType::kInet6, "inet6"},
});

constexpr std::array<std::string_view, 3> kKeyKinds = {"primary", "unique", "whole_row"};

std::unexpected<Error> Damaged(std::string_view what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
             fmt::format("stored schema: {}", what));
}

std::string TextOf(const element& object, const char* key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::optional<std::string> OptionalText(const element& object, const char* key) {
  std::string_view value;
  if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  return std::string(value);
}

// A value of binary type is no text that JSON could hold: it stands in hexadecimal digits beside.
constexpr std::string_view kHexSuffix = "_hex";

void WriteBytes(JsonWriter& json, std::string_view key, const std::string& value) {
  if (simdjson::validate_utf8(value)) {
    json.Member(key, value);
    return;
  }
  std::string digits;
  for (const char byte : value) {
    fmt::format_to(std::back_inserter(digits), "{:02x}", static_cast<unsigned char>(byte));
  }
  json.Member(fmt::format("{}{}", key, kHexSuffix), digits);
}

std::optional<std::string> OptionalBytes(const element& object, const std::string& key) {
  const auto digits = OptionalText(object, (key + std::string(kHexSuffix)).c_str());
  if (!digits) return OptionalText(object, key.c_str());
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits->size(); i += 2) {
    unsigned char byte = 0;
    std::from_chars(digits->data() + i, digits->data() + i + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::int64_t NumberOf(const element& object, const char* key) {
  std::int64_t value = 0;
  return object[key].get(value) == simdjson::SUCCESS ? value : 0;
}

bool FlagOf(const element& object, const char* key) {
  bool value = false;
  return object[key].get(value) == simdjson::SUCCESS && value;
}

void WriteColumn(JsonWriter& json, const ColumnSchema& column) {
  json.BeginObject().Member("name", column.name).Member("type", NameOf(column.type));
  json.Member("declared", column.declared_type).Member("nullable", column.nullable);
  if (!column.lake_name.text.empty()) json.Member("lake", column.lake_name.text);
  if (column.is_unsigned) json.Member("unsigned", true);
  if (column.generated) json.Member("generated", true);
  if (column.default_now) json.Member("default_now", true);
  if (column.auto_filled) json.Member("auto_filled", true);
  if (column.length != 0) json.Member("length", std::int64_t{column.length});
  if (column.scale != 0) json.Member("scale", std::int64_t{column.scale});
  if (!column.charset.empty()) json.Member("charset", column.charset);
  if (!column.collation.empty()) json.Member("collation", column.collation);
  if (column.default_value) WriteBytes(json, "default", *column.default_value);
  if (!column.labels.empty()) {
    json.Key("labels").BeginArray();
    for (const std::string& label : column.labels) json.String(label);
    json.EndArray();
  }
  json.EndObject();
}

Result<ColumnSchema> ReadColumn(const element& object) {
  ColumnSchema column;
  const std::string type = TextOf(object, "type");
  const auto* named =
      std::ranges::find(kTypeNames, type, [](const auto& row) { return row.second; });
  if (named == kTypeNames.end()) return Damaged(fmt::format("unknown type '{}'", type));
  column.type = named->first;
  column.name = TextOf(object, "name");
  column.declared_type = TextOf(object, "declared");
  column.lake_name.text = TextOf(object, "lake");
  column.nullable = FlagOf(object, "nullable");
  column.is_unsigned = FlagOf(object, "unsigned");
  column.generated = FlagOf(object, "generated");
  column.default_now = FlagOf(object, "default_now");
  column.auto_filled = FlagOf(object, "auto_filled");
  column.length = static_cast<std::uint32_t>(NumberOf(object, "length"));
  column.scale = static_cast<std::uint32_t>(NumberOf(object, "scale"));
  column.charset = TextOf(object, "charset");
  column.collation = TextOf(object, "collation");
  column.default_value = OptionalBytes(object, "default");
  simdjson::dom::array labels;
  if (object["labels"].get(labels) == simdjson::SUCCESS) {
    for (const element label : labels) {
      std::string_view text;
      if (label.get(text) != simdjson::SUCCESS) return Damaged("a label is not text");
      column.labels.emplace_back(text);
    }
  }
  return column;
}

struct ColumnChangeWriter {
  JsonWriter& json;
  void operator()(const ColumnAdded& change) const {
    json.BeginObject().Member("added", change.name);
    if (change.existing_rows_get) {
      WriteBytes(json, "existing_rows_get", *change.existing_rows_get);
    }
    json.EndObject();
  }
  void operator()(const ColumnDropped& change) const {
    json.BeginObject().Member("dropped", change.name).EndObject();
  }
  void operator()(const ColumnRenamed& change) const {
    json.BeginObject().Member("renamed", change.from).Member("to", change.to).EndObject();
  }
  void operator()(const ColumnRetyped& change) const {
    json.BeginObject().Member("retyped", change.name).EndObject();
  }
};

}  // namespace

std::string_view NameOf(SourceType type) {
  return std::ranges::find(kTypeNames, type, [](const auto& row) { return row.first; })->second;
}

std::string ToJson(const TableSchema& schema) {
  JsonWriter json;
  json.BeginObject().Member("database", schema.id.database).Member("table", schema.id.table);
  json.Member("version", schema.version.value());
  json.Member("key_kind", kKeyKinds[static_cast<std::size_t>(schema.key_kind)]);
  json.Key("key").BeginArray();
  for (const std::size_t index : schema.key) json.Int(static_cast<std::int64_t>(index));
  json.EndArray().Key("columns").BeginArray();
  for (const ColumnSchema& column : schema.columns) WriteColumn(json, column);
  json.EndArray().EndObject();
  return json.Take();
}

Result<TableSchema> TableSchemaFromJson(std::string_view text) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return Damaged("not a JSON object");
  }
  TableSchema schema;
  schema.id = {TextOf(root, "database"), TextOf(root, "table")};
  schema.version = SchemaVersion(NumberOf(root, "version"));
  const auto* kind = std::ranges::find(kKeyKinds, TextOf(root, "key_kind"));
  if (kind == kKeyKinds.end()) return Damaged("unknown kind of key");
  schema.key_kind = static_cast<KeyKind>(kind - kKeyKinds.begin());
  simdjson::dom::array columns;
  if (root["columns"].get(columns) != simdjson::SUCCESS) return Damaged("no columns");
  for (const element column : columns) schema.columns.push_back(TRY(ReadColumn(column)));
  simdjson::dom::array key;
  if (root["key"].get(key) != simdjson::SUCCESS) return Damaged("no key");
  for (const element index : key) {
    std::uint64_t value = 0;
    if (index.get(value) != simdjson::SUCCESS || value >= schema.columns.size()) {
      return Damaged("a key column does not exist");
    }
    schema.key.push_back(value);
  }
  return schema;
}

std::string ToJson(const std::vector<ColumnChange>& changes) {
  JsonWriter json;
  json.BeginArray();
  for (const ColumnChange& change : changes) std::visit(ColumnChangeWriter{json}, change);
  json.EndArray();
  return json.Take();
}

Result<std::vector<ColumnChange>> ColumnChangesFromJson(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::array rows;
  if (parser.parse(text.data(), text.size()).get(rows) != simdjson::SUCCESS) {
    return Damaged("column changes are not a JSON array");
  }
  std::vector<ColumnChange> changes;
  for (const element row : rows) {
    if (auto added = OptionalText(row, "added")) {
      changes.emplace_back(ColumnAdded{*added, OptionalBytes(row, "existing_rows_get")});
    } else if (auto dropped = OptionalText(row, "dropped")) {
      changes.emplace_back(ColumnDropped{*dropped});
    } else if (auto renamed = OptionalText(row, "renamed")) {
      changes.emplace_back(ColumnRenamed{*renamed, TextOf(row, "to")});
    } else if (auto retyped = OptionalText(row, "retyped")) {
      changes.emplace_back(ColumnRetyped{*retyped});
    } else {
      return Damaged("unknown column change");
    }
  }
  return changes;
}

}  // namespace foreset
