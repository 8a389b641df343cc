// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/table_origins.h"

#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/json_writer.h"
#include "foreset/capture/debezium/connect_schema.h"

namespace foreset::kafka {
namespace {

// The key's fields: by its own schema, else by their names alone. Nothing without a key.
Result<std::optional<debezium::ConnectSchema>> KeySchemaOf(std::optional<std::string_view> key) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::object fields;
  if (!key || parser.parse(key->data(), key->size()).get(root) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (simdjson::dom::element schema; root["schema"].get(schema) == simdjson::SUCCESS) {
    return TRY(debezium::ConnectSchema::Parse(simdjson::minify(schema)));
  }
  if (root.get(fields) != simdjson::SUCCESS) return std::nullopt;
  JsonWriter json;
  json.BeginObject().Member("type", "struct").Key("fields").BeginArray();
  for (const auto field : fields) {
    json.BeginObject().Member("type", "string").Member("field", field.key).EndObject();
  }
  json.EndArray().EndObject();
  return TRY(debezium::ConnectSchema::Parse(json.Take()));
}

}  // namespace

Status TableOrigins::AskServer() {
  if (!options_.server || server_position_) return {};
  ServerTables server = TRY(options_.server());
  server_position_ = server.position;
  for (TableSchema& table : server.tables) {
    const TableId name = table.id;
    server_tables_[name] = std::make_shared<const TableSchema>(std::move(table));
  }
  return {};
}

const debezium::DeclaredTable* TableOrigins::Declared(const TableId& id) const {
  for (const debezium::DeclaredTable& declared : options_.declared) {
    const bool same = SameName(declared.id.table, id.table) &&
                      (declared.id.database.empty() || SameName(declared.id.database, id.database));
    if (same) return &declared;
  }
  return nullptr;
}

bool TableOrigins::OnlyMessagesTell(const TableId& id) const {
  return !options_.server && Declared(id) == nullptr;
}

Result<TableSchema> TableOrigins::Described(const TableId& id, const debezium::Message& message,
                                            std::optional<std::string_view> key) const {
  const auto fields = TRY(KeySchemaOf(key));
  return debezium::TableSchemaOf(id, *message.connect, fields ? &*fields : nullptr,
                                 options_.modes.added_prefix);
}

Result<TableOrigin> TableOrigins::Find(const TableId& id, const debezium::Message& message,
                                       std::optional<std::string_view> key) {
  RETURN_IF_ERROR(AskServer());
  if (const auto at = server_tables_.find(id); at != server_tables_.end()) {
    return TableOrigin{at->second, server_position_->Floor()};
  }
  if (const debezium::DeclaredTable* declared = Declared(id)) {
    debezium::DeclaredTable named = *declared;
    named.id = id;
    auto schema = TRY(debezium::SchemaOf(named, message.source.connector == "mariadb"));
    return TableOrigin{std::make_shared<const TableSchema>(std::move(schema)), Sequence()};
  }
  if (message.connect != nullptr) {
    auto schema = TRY(Described(id, message, key));
    return TableOrigin{std::make_shared<const TableSchema>(std::move(schema)), Sequence()};
  }
  return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaSchemaMissing,
             fmt::format("{}: nothing says what types its columns have", id.ToString()));
}

}  // namespace foreset::kafka
