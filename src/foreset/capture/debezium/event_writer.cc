// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/event_writer.h"

#include <iterator>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/capture/debezium/jackson_text.h"
#include "foreset/model/sequence.h"

namespace foreset::debezium {
namespace {

constexpr char kOldKey[] = "__debezium.oldkey";
constexpr char kNewKey[] = "__debezium.newkey";

// Debezium takes the time of what has no rows event from a header that knows milliseconds only.
Timestamp WholeMilliseconds(Timestamp at) { return Timestamp(at.value() / 1000 * 1000); }
// A snapshot's time is the server's NOW().
Timestamp WholeSeconds(Timestamp at) { return Timestamp(at.value() / 1'000'000 * 1'000'000); }

EventSource SourceOf(const ChangeBatch& batch, std::size_t row, SnapshotMarker snapshot) {
  const SourceTransaction& transaction = batch.TransactionOf(row);
  EventSource source{.snapshot = snapshot,
                     .at = transaction.committed_at,
                     .database = batch.schema->id.database,
                     .table = batch.schema->id.table,
                     .server_id = transaction.server_id,
                     .gtid = transaction.gtid,
                     .file = transaction.file,
                     .position = batch.event_offsets[row],
                     .row = batch.event_rows[row],
                     .thread = transaction.thread};
  switch (batch.operations[row]) {
    case Operation::kSnapshot:
      source.at = WholeSeconds(source.at);
      source.row = 0;
      break;
    case Operation::kTruncate:
      source.at = WholeMilliseconds(source.at);
      source.thread = 0;
      break;
    default:
      break;
  }
  return source;
}

std::string KeyText(const ChangeBatch& batch, std::size_t row, bool of_before,
                    const std::vector<ColumnEncoding>& columns,
                    const std::vector<std::size_t>& key) {
  std::string text;
  AppendRow(text, of_before ? *batch.before : *batch.after, static_cast<std::int64_t>(row), columns,
            key, batch.operations[row] != Operation::kSnapshot);
  return text;
}

}  // namespace

// What is common to the records of one row.
struct EventWriter::Event {
  const ChangeBatch& batch;
  std::size_t row;
  const TableEncoding& table;
  EventSource source;
  std::optional<TransactionPlace> place;
  Timestamp now;
  // Of the record to be made:
  char operation = 'c';
  bool before = false;
  bool after = false;
  std::optional<std::string> key;  // the payload alone
  std::vector<std::pair<std::string, std::string>> headers;
};

std::vector<std::pair<std::string, std::string>> ContextHeaders(const EventOptions& options) {
  return {{"__debezium.context.connectorLogicalName", options.prefix},
          {"__debezium.context.taskId", "0"},
          {"__debezium.context.connectorName", options.connector_name},
          {"__debezium.context.runId", options.run_id}};
}

EventWriter::EventWriter(EventOptions options) : options_(std::move(options)) {}

const TableEncoding& EventWriter::EncodingFor(const std::shared_ptr<const TableSchema>& schema) {
  auto& entry = tables_[schema->id];
  if (entry == nullptr || entry->schema != schema) entry = EncodingOf(schema, options_);
  return *entry;
}

const std::string& EventWriter::TopicOf(const std::shared_ptr<const TableSchema>& schema) {
  return EncodingFor(schema).topic;
}

std::string EventWriter::KeyPayload(const ChangeBatch& batch, std::size_t row, bool of_before) {
  const TableEncoding& table = EncodingFor(batch.schema);
  return KeyText(batch, row, of_before, table.columns, table.key);
}

std::string EventWriter::KeyHeader(const ChangeBatch& batch, std::size_t row, bool of_before) {
  const TableEncoding& table = EncodingFor(batch.schema);
  return KeyText(batch, row, of_before, table.header_columns, table.key);
}

int EventWriter::EventsOf(const ChangeBatch& batch, std::size_t row) {
  const Operation operation = batch.operations[row];
  if (options_.Skips(static_cast<char>(operation))) return 0;
  if (operation != Operation::kUpdate || EncodingFor(batch.schema).key.empty()) return 1;
  return KeyPayload(batch, row, true) == KeyPayload(batch, row, false) ? 1 : 2;
}

void EventWriter::Write(const ChangeBatch& batch, std::size_t row, SnapshotMarker snapshot,
                        const std::optional<TransactionPlace>& place, Timestamp now,
                        std::vector<kafka::OutgoingRecord>& out) {
  const Operation operation = batch.operations[row];
  if (options_.Skips(static_cast<char>(operation))) return;
  const TableEncoding& table = EncodingFor(batch.schema);
  Event event{.batch = batch,
              .row = row,
              .table = table,
              .source = SourceOf(batch, row, snapshot),
              .place = place,
              .now = now,
              .operation = static_cast<char>(operation),
              .before = HasBefore(operation),
              .after = HasAfter(operation),
              .key = {},
              .headers = {}};
  if (!table.key.empty() && operation != Operation::kTruncate) {
    event.key = KeyPayload(batch, row, event.before);
  }
  if (operation == Operation::kUpdate && event.key) {
    const std::string new_key = KeyPayload(batch, row, false);
    if (new_key != *event.key) return WriteKeyChange(event, new_key, out);
  }
  if (operation == Operation::kDelete) return WriteDelete(event, out);
  out.push_back(Record(event));
}

void EventWriter::WriteDelete(Event& event, std::vector<kafka::OutgoingRecord>& out) const {
  event.operation = 'd';
  event.before = true;
  event.after = false;
  out.push_back(Record(event));
  if (!options_.tombstones) return;
  kafka::OutgoingRecord tombstone{.topic = out.back().topic,
                                  .partition = {},
                                  .key = out.back().key,
                                  .value = {},
                                  .headers = out.back().headers};
  out.push_back(std::move(tombstone));
}

void EventWriter::WriteKeyChange(Event& event, const std::string& new_key,
                                 std::vector<kafka::OutgoingRecord>& out) {
  event.headers = {{kNewKey, KeyHeader(event.batch, event.row, false)}};
  WriteDelete(event, out);
  event.operation = 'c';
  event.before = false;
  event.after = true;
  event.key = new_key;
  event.headers = {{kOldKey, KeyHeader(event.batch, event.row, true)}};
  if (event.place) {
    ++event.place->total_order;
    ++event.place->data_collection_order;
  }
  out.push_back(Record(event));
}

kafka::OutgoingRecord EventWriter::Record(const Event& event) const {
  const TableEncoding& table = event.table;
  const bool streamed = event.batch.operations[event.row] != Operation::kSnapshot;
  const auto row = static_cast<std::int64_t>(event.row);
  std::string value = table.value_begin;
  const auto image = [&](const char* name, bool has, const arrow::RecordBatch& rows) {
    value += name;
    if (has) {
      AppendRow(value, rows, row, table.columns, table.all, streamed);
    } else {
      value += "null";
    }
  };
  image(R"({"before":)", event.before, *event.batch.before);
  image(R"(,"after":)", event.after, *event.batch.after);
  value += ",\"source\":";
  AppendSource(value, event.source, options_);
  value += ",\"transaction\":";
  if (event.place) {
    value += "{\"id\":";
    AppendJsonString(value, event.batch.TransactionOf(event.row).id);
    fmt::format_to(std::back_inserter(value), R"(,"total_order":{},"data_collection_order":{}}})",
                   event.place->total_order, event.place->data_collection_order);
  } else {
    value += "null";
  }
  const std::int64_t now = event.now.value();
  fmt::format_to(std::back_inserter(value), R"(,"op":"{}","ts_ms":{},"ts_us":{},"ts_ns":{}}})",
                 event.operation, now / 1000, now, now * 1000);
  value += table.end;
  kafka::OutgoingRecord record{
      .topic = table.topic, .partition = {}, .key = {}, .value = std::move(value), .headers = {}};
  if (event.key) record.key = table.key_begin + *event.key + table.end;
  record.headers = event.headers;
  for (auto& header : ContextHeaders(options_)) record.headers.push_back(std::move(header));
  return record;
}

}  // namespace foreset::debezium
