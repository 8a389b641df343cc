// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/schema_record.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/capture/debezium/column_description.h"
#include "foreset/capture/mysql/ddl_parser.h"
#include "foreset/capture/mysql/schema_edit.h"

namespace foreset::debezium {
namespace {

namespace dom = simdjson::dom;

std::unexpected<Error> UndecodableRecord(std::string_view what) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kSchemaRecordUndecodable,
             fmt::format("a schema-change record: {}", what));
}

std::string Text(const dom::element& object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::int64_t Number(const dom::element& object, std::string_view key) {
  std::int64_t number = 0;
  return object[key].get(number) == simdjson::SUCCESS ? number : 0;
}

std::optional<std::uint32_t> Size(const dom::element& object, std::string_view key) {
  std::uint64_t number = 0;
  if (object[key].get(number) != simdjson::SUCCESS || number > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

// Names in double quotes, parts joined by points, tables by commas; quotes within are doubled.
std::vector<TableId> ReadIds(std::string_view text) {
  std::vector<std::vector<std::string>> names(1);
  while (text.starts_with('"')) {
    std::string name;
    std::size_t i = 1;
    for (; i < text.size(); ++i) {
      if (text[i] == '"') {
        if (!text.substr(i + 1).starts_with('"')) break;
        ++i;
      }
      name += text[i];
    }
    names.back().push_back(std::move(name));
    text.remove_prefix(std::min(i + 1, text.size()));
    if (text.starts_with(',')) names.emplace_back();
    if (!text.empty()) text.remove_prefix(1);
  }
  std::vector<TableId> ids;
  for (const auto& parts : names) {
    if (parts.size() < 2) return {};
    ids.push_back({parts.front(), parts.back()});
  }
  return ids;
}

// 'it''s' → it's
std::string Unquoted(std::string_view label) {
  if (label.size() < 2 || label.front() != '\'' || label.back() != '\'') return std::string(label);
  label = label.substr(1, label.size() - 2);
  std::string text;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] == '\'' && label.substr(i + 1).starts_with('\'')) ++i;
    text += label[i];
  }
  return text;
}

Result<ColumnSchema> ReadColumn(const dom::element& json, bool is_mariadb) {
  ColumnDescription column;
  column.name = Text(json, "name");
  column.type = Text(json, "typeName");
  if (column.name.empty() || column.type.empty())
    return UndecodableRecord("a column without name or type");
  column.length = Size(json, "length");
  column.scale = Size(json, "scale");
  column.charset = Text(json, "charsetName");
  bool optional = true;
  if (json["optional"].get(optional) == simdjson::SUCCESS) column.nullable = optional;
  dom::array labels;
  if (json["enumValues"].get(labels) == simdjson::SUCCESS) {
    for (const dom::element& label : labels) {
      std::string_view text;
      if (label.get(text) == simdjson::SUCCESS) column.labels.push_back(Unquoted(text));
    }
  }
  return ToColumn(column, is_mariadb);
}

Result<TableSchema> ReadTable(const TableId& id, const dom::element& json, bool is_mariadb) {
  TableSchema schema;
  schema.id = id;
  dom::array columns;
  if (json["columns"].get(columns) != simdjson::SUCCESS)
    return UndecodableRecord("a table without columns");
  for (const dom::element& column : columns) {
    schema.columns.push_back(TRY(ReadColumn(column, is_mariadb)));
  }
  dom::array key;
  if (json["primaryKeyColumnNames"].get(key) == simdjson::SUCCESS) {
    for (const dom::element& name : key) {
      std::string_view text;
      if (name.get(text) != simdjson::SUCCESS)
        return UndecodableRecord("a key column without name");
      const auto column = schema.FindColumn(text);
      if (!column) return UndecodableRecord("a key column that is not there");
      schema.key.push_back(*column);
    }
  }
  schema.key_kind = schema.key.empty() ? KeyKind::kWholeRow : KeyKind::kPrimary;
  return schema;
}

// What only the statement tells: collations, defaults, generated columns, and of which kind the key
// is. Debezium takes the first unique key it meets, native capture the shortest.
void Complete(const TableSchema& written, TableSchema& schema) {
  const bool same = std::ranges::equal(written.columns, schema.columns, [](auto& a, auto& b) {
    return SameName(a.name, b.name) && a.type == b.type;
  });
  if (!same) return;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const ColumnSchema& from = written.columns[i];
    ColumnSchema& to = schema.columns[i];
    to.generated = from.generated;
    to.default_value = from.default_value;
    to.default_now = from.default_now;
    to.auto_filled = from.auto_filled;
    if (to.charset == from.charset || from.charset.empty()) to.collation = from.collation;
  }
  schema.key = written.key;
  schema.key_kind = written.key_kind;
}

void CompleteFromStatement(const SchemaRecord& record, TableSchema& schema) {
  const mysql::ParsedDdl parsed = mysql::ParseDdl(
      record.ddl, record.database, mysql::SqlDialect{.is_mariadb = record.is_mariadb});
  const auto* create = std::get_if<mysql::CreateTable>(&parsed);
  if (create == nullptr || create->columns.empty() || create->table != schema.id) return;
  mysql::EditContext context;
  context.form.is_mariadb = record.is_mariadb;
  Complete(mysql::BuildSchema(*create, context), schema);
}

Result<TableChange> ReadChange(const dom::element& json, const SchemaRecord& record) {
  TableChange change;
  const std::string type = Text(json, "type");
  if (type == "CREATE") {
    change.kind = TableChangeKind::kCreate;
  } else if (type == "DROP") {
    change.kind = TableChangeKind::kDrop;
  } else if (type != "ALTER") {
    return UndecodableRecord(fmt::format("a table change of type '{}'", type));
  }
  std::vector<TableId> ids = ReadIds(Text(json, "id"));
  if (ids.empty()) return UndecodableRecord("a table change without the table's name");
  change.id = std::move(ids.back());
  if (ids.size() > 1) change.renamed_from = std::move(ids.front());
  dom::element table;
  if (json["table"].get(table) != simdjson::SUCCESS || table.is_null()) return change;
  change.table = TRY(ReadTable(change.id, table, record.is_mariadb));
  CompleteFromStatement(record, *change.table);
  return change;
}

// The place: in `source` of a message, in `position` of the internal history.
void ReadPlace(const dom::element& root, SchemaRecord& record) {
  const auto source = root["source"];
  const auto history = root["position"];
  record.from_history = history.error() == simdjson::SUCCESS;
  const dom::element place = record.from_history ? history.value_unsafe() : source.value_unsafe();
  record.file = Text(place, "file");
  record.position = static_cast<std::uint64_t>(std::max<std::int64_t>(Number(place, "pos"), 0));
  record.gtid = Text(place, "gtid");
  record.server_id =
      static_cast<std::uint64_t>(std::max<std::int64_t>(Number(place, "server_id"), 0));
  record.is_mariadb = Text(place, "connector") == "mariadb";
  const std::int64_t micros = Number(place, "ts_us");
  const std::int64_t millis = Number(place, "ts_ms");
  constexpr std::int64_t kMost = INT64_MAX / 1'000'000;
  const std::int64_t seconds = std::clamp(Number(place, "ts_sec"), -kMost, kMost);
  record.committed_at =
      Timestamp(micros != 0 ? micros
                            : (millis != 0 ? std::clamp(millis, -kMost, kMost) * 1'000
                                           : seconds * 1'000'000));
  bool flag = false;
  const std::string snapshot = Text(place, "snapshot");
  const bool told = place["snapshot"].get(flag) == simdjson::SUCCESS && flag;
  if (told || (!snapshot.empty() && snapshot != "false")) {
    record.snapshot =
        snapshot == "incremental" ? SnapshotKind::kIncremental : SnapshotKind::kInitial;
  }
}

}  // namespace

Result<SchemaRecord> ReadSchemaRecord(std::string_view payload) {
  dom::parser parser;
  dom::element root;
  if (parser.parse(payload.data(), payload.size()).get(root) != simdjson::SUCCESS) {
    return UndecodableRecord("not JSON");
  }
  dom::element source;
  if (root["source"].get(source) != simdjson::SUCCESS || !source.is_object()) {
    return UndecodableRecord("it has no source block");
  }
  SchemaRecord record;
  ReadPlace(root, record);
  record.database = Text(root, "databaseName");
  record.ddl = Text(root, "ddl");
  dom::array changes;
  if (root["tableChanges"].get(changes) == simdjson::SUCCESS) {
    for (const dom::element& change : changes) {
      record.changes.push_back(TRY(ReadChange(change, record)));
    }
  }
  return record;
}

}  // namespace foreset::debezium
