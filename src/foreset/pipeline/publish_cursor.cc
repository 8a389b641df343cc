// SPDX-License-Identifier: MIT
#include "foreset/pipeline/publish_cursor.h"

#include <simdjson.h>

#include "foreset/base/json_writer.h"

namespace foreset::pipeline {
namespace {

using simdjson::dom::element;

std::unexpected<Error> DamagedCursor(std::string_view what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kKafkaProgressDamaged,
             "progress of publishing: " + std::string(what));
}

std::string Text(const element& object, const char* key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::int64_t Number(const element& object, const char* key) {
  std::int64_t value = 0;
  return object[key].get(value) == simdjson::SUCCESS ? value : 0;
}

bool Flag(const element& object, const char* key) {
  bool value = false;
  return object[key].get(value) == simdjson::SUCCESS && value;
}

void WriteTables(JsonWriter& json, const std::map<TableId, TableCursor>& tables) {
  json.Key("tables").BeginArray();
  for (const auto& [id, cursor] : tables) {
    json.BeginObject().Member("database", id.database).Member("table", id.table);
    json.Member("id", cursor.table_id).Member("batch", cursor.batch.value());
    json.Member("seq", cursor.place.sequence.ToString()).Member("row", cursor.place.row);
    json.Member("snapshot_rows", cursor.snapshot_rows);
    json.Member("snapshot_done", cursor.snapshot_done).EndObject();
  }
  json.EndArray();
}

void WriteTransaction(JsonWriter& json, const debezium::TransactionCounts& transaction) {
  json.Key("transaction").BeginObject().Member("id", transaction.id);
  json.Member("committed_at", transaction.committed_at.value());
  json.Member("events", transaction.events).Key("tables").BeginObject();
  for (const auto& [table, events] : transaction.by_table) json.Member(table, events);
  json.EndObject().EndObject();
}

Result<std::map<TableId, TableCursor>> ReadTables(const element& document) {
  simdjson::dom::array rows;
  if (document["tables"].get(rows) != simdjson::SUCCESS) return DamagedCursor("no tables");
  std::map<TableId, TableCursor> tables;
  for (const element row : rows) {
    TableCursor cursor;
    cursor.table_id = Text(row, "id");
    cursor.batch = lake::BatchNumber(Number(row, "batch"));
    const auto sequence = Sequence::Parse(Text(row, "seq"));
    if (!sequence) return DamagedCursor("a table without seq");
    cursor.place = {*sequence, Flag(row, "row")};
    cursor.snapshot_rows = Flag(row, "snapshot_rows");
    cursor.snapshot_done = Flag(row, "snapshot_done");
    tables[TableId{Text(row, "database"), Text(row, "table")}] = std::move(cursor);
  }
  return tables;
}

debezium::TransactionCounts ReadTransaction(const element& object) {
  debezium::TransactionCounts transaction;
  transaction.id = Text(object, "id");
  transaction.committed_at = Timestamp(Number(object, "committed_at"));
  transaction.events = Number(object, "events");
  simdjson::dom::object tables;
  if (object["tables"].get(tables) != simdjson::SUCCESS) return transaction;
  for (const auto& [table, events] : tables) {
    std::int64_t count = 0;
    if (events.get(count) == simdjson::SUCCESS) transaction.by_table[std::string(table)] = count;
  }
  return transaction;
}

}  // namespace

std::string ToJson(const PublishCursor& cursor) {
  JsonWriter json;
  json.BeginObject().Member("schema", "foreset.published.v1").Member("writer", cursor.writer);
  json.Key("position").Raw(ToJson(cursor.position));
  WriteTables(json, cursor.tables);
  json.Member("snapshot_begun", cursor.snapshot_begun);
  WriteTransaction(json, cursor.transaction);
  json.Member("server_id", std::int64_t{cursor.server_id});
  json.Member("event_row", std::int64_t{cursor.event_row});
  json.Member("newest_commit", cursor.newest_commit.value());
  json.Member("records", static_cast<std::int64_t>(cursor.records)).EndObject();
  return json.Take();
}

Result<PublishCursor> PublishCursorFromJson(std::string_view json) {
  simdjson::dom::parser parser;
  element document;
  if (parser.parse(json.data(), json.size()).get(document) != simdjson::SUCCESS ||
      !document.is_object()) {
    return DamagedCursor("not a JSON object");
  }
  if (Text(document, "schema") != "foreset.published.v1") return DamagedCursor("of another kind");
  PublishCursor cursor;
  cursor.writer = Text(document, "writer");
  element part;
  if (document["position"].get(part) != simdjson::SUCCESS) return DamagedCursor("no position");
  cursor.position = TRY(SourcePositionFromJson(simdjson::minify(part)));
  cursor.tables = TRY(ReadTables(document));
  cursor.snapshot_begun = Flag(document, "snapshot_begun");
  if (document["transaction"].get(part) == simdjson::SUCCESS) {
    cursor.transaction = ReadTransaction(part);
  }
  cursor.server_id = static_cast<std::uint32_t>(Number(document, "server_id"));
  cursor.event_row = static_cast<std::uint32_t>(Number(document, "event_row"));
  cursor.newest_commit = Timestamp(Number(document, "newest_commit"));
  cursor.records = static_cast<std::uint64_t>(Number(document, "records"));
  return cursor;
}

}  // namespace foreset::pipeline
