// SPDX-License-Identifier: MIT
#include "foreset/pipeline/publish_cursor.h"

#include <simdjson.h>

#include "foreset/base/json_fields.h"
#include "foreset/base/json_writer.h"

namespace foreset::pipeline {
namespace {

constexpr std::string_view kSchema = "foreset.published.v1";
std::unexpected<Error> DamagedCursor(std::string_view what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kKafkaProgressDamaged,
             "progress of publishing: " + std::string(what));
}

constexpr ErrorCode kDamaged = ErrorCode::kKafkaProgressDamaged;

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

Status ReadTable(simdjson::dom::object object, std::map<TableId, TableCursor>& tables) {
  JsonFields fields(object, "progress of publishing: a table", kDamaged);
  TableCursor cursor;
  cursor.table_id = fields.Text("id");
  cursor.batch = lake::BatchNumber(fields.Int("batch"));
  const auto sequence = Sequence::Parse(fields.Text("seq"));
  if (!sequence) fields.Fail("'seq' is not a sequence");
  cursor.place = {sequence.value_or(Sequence()), fields.Flag("row")};
  cursor.snapshot_rows = fields.Flag("snapshot_rows");
  cursor.snapshot_done = fields.Flag("snapshot_done");
  const TableId id{fields.Text("database"), fields.Text("table")};
  tables[id] = std::move(cursor);
  return fields.status();
}

Status ReadTransaction(simdjson::dom::object object, debezium::TransactionCounts& transaction) {
  JsonFields fields(object, "progress of publishing: the transaction", kDamaged);
  transaction.id = fields.Text("id");
  transaction.committed_at = Timestamp(fields.Int("committed_at"));
  transaction.events = fields.Int("events");
  const auto tables = fields.Object("tables");
  RETURN_IF_ERROR(fields.status());
  for (const auto& [table, events] : *tables) {
    std::int64_t count = 0;
    if (events.get(count) != simdjson::SUCCESS) fields.Fail("'tables' holds what is no number");
    transaction.by_table[std::string(table)] = count;
  }
  return fields.status();
}

}  // namespace

std::string ToJson(const PublishCursor& cursor) {
  JsonWriter json;
  json.BeginObject().Member("schema", kSchema).Member("writer", cursor.writer);
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
  simdjson::dom::object document;
  if (parser.parse(json.data(), json.size()).get(document) != simdjson::SUCCESS) {
    return DamagedCursor("not a JSON object");
  }
  JsonFields fields(document, "progress of publishing", kDamaged);
  if (fields.Text("schema") != kSchema) return DamagedCursor("of another kind");
  PublishCursor cursor;
  cursor.writer = fields.Text("writer");
  const auto position = fields.Object("position");
  cursor.snapshot_begun = fields.Flag("snapshot_begun");
  const auto transaction = fields.Object("transaction");
  cursor.server_id = static_cast<std::uint32_t>(fields.Unsigned("server_id"));
  cursor.event_row = static_cast<std::uint32_t>(fields.Unsigned("event_row"));
  cursor.newest_commit = Timestamp(fields.Int("newest_commit"));
  cursor.records = fields.Unsigned("records");
  if (!fields.Has("tables")) fields.Fail("'tables' is missing");
  const auto tables = fields.Objects("tables");
  RETURN_IF_ERROR(fields.status());
  cursor.position = TRY(SourcePositionFromJson(simdjson::minify(*position)));
  for (const simdjson::dom::object& table : tables)
    RETURN_IF_ERROR(ReadTable(table, cursor.tables));
  RETURN_IF_ERROR(ReadTransaction(*transaction, cursor.transaction));
  return cursor;
}

}  // namespace foreset::pipeline
