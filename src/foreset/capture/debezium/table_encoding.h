// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "foreset/capture/debezium/column_encoding.h"
#include "foreset/capture/debezium/event_options.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

// All that the events of one table under one schema have in common. Immutable.
struct TableEncoding {
  std::shared_ptr<const TableSchema> schema;
  std::string topic;
  std::vector<ColumnEncoding> columns;
  // The same for the headers that name the other key of a row whose key changes: Connect's own
  // converter of headers writes numbers where the JSON converter writes their bytes.
  std::vector<ColumnEncoding> header_columns;
  std::vector<std::size_t> all;  // indexes of the columns, in order
  std::vector<std::size_t> key;  // empty: events have no key
  // What stands around the payload, with schemas.enable: {"schema":…,"payload": and }. Else empty.
  std::string key_begin;
  std::string value_begin;
  std::string end;
};

std::shared_ptr<const TableEncoding> EncodingOf(std::shared_ptr<const TableSchema> schema,
                                                const EventOptions& options);

// A topic's name with what Kafka does not allow replaced by '_'.
std::string TopicName(std::string name);

}  // namespace foreset::debezium
