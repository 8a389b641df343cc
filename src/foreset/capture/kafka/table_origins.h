// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/message.h"
#include "foreset/capture/kafka/kafka_options.h"
#include "foreset/model/source_position.h"
#include "foreset/model/table_schema.h"

namespace foreset::kafka {

// The schema that a table begins with, and the place from which on it holds.
struct TableOrigin {
  std::shared_ptr<const TableSchema> schema;
  Sequence since;
};

// Where the schemas of tables come from that no schema-change topic describes: the server beside
// the topics, what is declared, the messages' own Connect schema, in this order. Not thread-safe.
class TableOrigins {
 public:
  explicit TableOrigins(const KafkaOptions& options) : options_(options) {}

  // `message` is a row of the table, `key` its record's. kInvalidInput (kKafkaSchemaMissing) when
  // nothing tells the table; else as the server, DeclaredTable and TableSchemaOf() fail.
  Result<TableOrigin> Find(const TableId& id, const debezium::Message& message,
                           std::optional<std::string_view> key);
  // True when the messages' own schemas are all that can tell the table.
  bool OnlyMessagesTell(const TableId& id) const;
  // The table as a message with a Connect schema describes it.
  Result<TableSchema> Described(const TableId& id, const debezium::Message& message,
                                std::optional<std::string_view> key) const;

 private:
  Status AskServer();
  const debezium::DeclaredTable* Declared(const TableId& id) const;

  const KafkaOptions& options_;
  std::map<TableId, std::shared_ptr<const TableSchema>> server_tables_;
  std::optional<SourcePosition> server_position_;
};

}  // namespace foreset::kafka
