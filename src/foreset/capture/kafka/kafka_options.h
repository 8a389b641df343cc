// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/secret.h"
#include "foreset/capture/debezium/declared_table.h"
#include "foreset/capture/debezium/modes.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/source_position.h"
#include "foreset/model/table_schema.h"

namespace foreset::kafka {

// The tables of a server as they are now, and where its log stands.
struct ServerTables {
  SourcePosition position;
  std::vector<TableSchema> tables;
};

// How to reach Debezium's topics, and what is known of them besides.
struct KafkaOptions {
  std::string bootstrap_servers;
  std::vector<std::string> topics;         // globs over names of topics
  std::string group = "foreset";           // where read offsets are published for lag tools
  std::string schema_topic;                // empty: the topics' own prefix
  std::map<std::string, Secret> security;  // librdkafka's own names
  debezium::DebeziumModes modes;           // of connectors whose messages carry no schema
  std::vector<debezium::DeclaredTable> declared;
  // Asked once, when a table is not described by the schema-change topic. Empty: no server.
  std::function<Result<ServerTables>()> server;
  // A topic whose first records are gone already is read from what is kept; else that is an error.
  bool begin_with_what_is_kept = false;
  std::size_t queue_bytes = 64UL << 20U;  // of records fetched ahead
  DateTimeAs datetime = DateTimeAs::kWallClock;
};

}  // namespace foreset::kafka
