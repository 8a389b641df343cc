// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/transaction_records.h"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "foreset/capture/debezium/event_writer.h"
#include "foreset/capture/debezium/jackson_text.h"
#include "foreset/capture/debezium/table_encoding.h"

namespace foreset::debezium {
namespace {

constexpr std::string_view kKeySchema =
    R"({"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"id"}],)"
    R"("optional":false,"name":"io.debezium.connector.common.TransactionMetadataKey",)"
    R"("version":1},"payload":)";
constexpr std::string_view kValueSchema =
    R"({"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"status"},)"
    R"({"type":"string","optional":false,"field":"id"},)"
    R"({"type":"int64","optional":true,"field":"event_count"},)"
    R"({"type":"array","items":{"type":"struct","fields":[{"type":"string","optional":false,)"
    R"("field":"data_collection"},{"type":"int64","optional":false,"field":"event_count"}],)"
    R"("optional":true,"name":"event.collection","version":1},"optional":true,)"
    R"("field":"data_collections"},{"type":"int64","optional":false,"field":"ts_ms"}],)"
    R"("optional":false,"name":"io.debezium.connector.common.TransactionMetadataValue",)"
    R"("version":1},"payload":)";
constexpr std::string_view kHeartbeatKeySchema =
    R"({"schema":{"type":"struct","fields":[{"type":"string","optional":false,)"
    R"("field":"serverName"}],"optional":false,)"
    R"("name":"io.debezium.connector.common.ServerNameKey","version":1},"payload":)";
constexpr std::string_view kHeartbeatSchema =
    R"({"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"ts_ms"}],)"
    R"("optional":false,"name":"io.debezium.connector.common.Heartbeat","version":1},"payload":)";

std::string Wrapped(std::string_view schema, std::string payload, const EventOptions& options) {
  if (!options.schemas) return payload;
  return std::string(schema) + std::move(payload) + "}";
}

kafka::OutgoingRecord TransactionRecord(const TransactionCounts& transaction,
                                        std::string_view status, std::string_view counts,
                                        const EventOptions& options) {
  std::string id;
  AppendJsonString(id, transaction.id);
  kafka::OutgoingRecord record;
  record.topic = TopicName(options.prefix + ".transaction");
  record.partition = 0;
  record.key = Wrapped(kKeySchema, fmt::format(R"({{"id":{}}})", id), options);
  record.value = Wrapped(kValueSchema,
                         fmt::format(R"({{"status":"{}","id":{},{},"ts_ms":{}}})", status, id,
                                     counts, transaction.committed_at.value() / 1000),
                         options);
  return record;
}

}  // namespace

kafka::OutgoingRecord BeginRecord(const TransactionCounts& transaction,
                                  const EventOptions& options) {
  return TransactionRecord(transaction, "BEGIN", R"("event_count":null,"data_collections":null)",
                           options);
}

kafka::OutgoingRecord EndRecord(const TransactionCounts& transaction, const EventOptions& options) {
  std::string tables;
  for (const auto& [table, events] : transaction.by_table) {
    if (!tables.empty()) tables += ',';
    tables += "{\"data_collection\":";
    AppendJsonString(tables, table);
    fmt::format_to(std::back_inserter(tables), ",\"event_count\":{}}}", events);
  }
  return TransactionRecord(
      transaction, "END",
      fmt::format(R"("event_count":{},"data_collections":[{}])", transaction.events, tables),
      options);
}

kafka::OutgoingRecord HeartbeatRecord(Timestamp now, const EventOptions& options) {
  std::string server;
  AppendJsonString(server, options.prefix);
  kafka::OutgoingRecord record;
  record.topic = TopicName("__debezium-heartbeat." + options.prefix);
  record.partition = 0;
  record.key = Wrapped(kHeartbeatKeySchema, fmt::format(R"({{"serverName":{}}})", server), options);
  record.value =
      Wrapped(kHeartbeatSchema, fmt::format(R"({{"ts_ms":{}}})", now.value() / 1000), options);
  record.headers = ContextHeaders(options);
  return record;
}

}  // namespace foreset::debezium
