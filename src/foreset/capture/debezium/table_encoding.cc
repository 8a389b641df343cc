// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/table_encoding.h"

#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/debezium/event_source.h"
#include "foreset/capture/debezium/jackson_text.h"

namespace foreset::debezium {
namespace {

std::string FieldsOf(const std::vector<ColumnEncoding>& columns,
                     const std::vector<std::size_t>& which) {
  std::string fields;
  for (const std::size_t column : which) {
    if (!fields.empty()) fields += ',';
    fields += columns[column].schema;
  }
  return fields;
}

std::string KeySchema(const TableEncoding& table) {
  return fmt::format(R"({{"type":"struct","fields":[{}],"optional":false,"name":{}}})",
                     FieldsOf(table.columns, table.key), JsonString(table.topic + ".Key"));
}

std::string EnvelopeSchema(const TableEncoding& table, const EventOptions& options) {
  constexpr std::string_view kRest =
      R"({"type":"struct","fields":[{"type":"string","optional":false,"field":"id"},)"
      R"({"type":"int64","optional":false,"field":"total_order"},)"
      R"({"type":"int64","optional":false,"field":"data_collection_order"}],"optional":true,)"
      R"("name":"event.block","version":1,"field":"transaction"},)"
      R"({"type":"string","optional":false,"field":"op"},)"
      R"({"type":"int64","optional":true,"field":"ts_ms"},)"
      R"({"type":"int64","optional":true,"field":"ts_us"},)"
      R"({"type":"int64","optional":true,"field":"ts_ns"}],"optional":false)";
  const std::string fields = FieldsOf(table.columns, table.all);
  const auto image = [&](std::string_view field) {
    return fmt::format(
        R"({{"type":"struct","fields":[{}],"optional":true,"name":{},"field":"{}"}})", fields,
        JsonString(table.topic + ".Value"), field);
  };
  return fmt::format(R"({{"type":"struct","fields":[{},{},{},{},"name":{},"version":2}})",
                     image("before"), image("after"), SourceSchema(options), kRest,
                     JsonString(table.topic + ".Envelope"));
}

}  // namespace

std::string TopicName(std::string name) {
  for (char& c : name) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!allowed) c = '_';
  }
  return name;
}

std::shared_ptr<const TableEncoding> EncodingOf(std::shared_ptr<const TableSchema> schema,
                                                const EventOptions& options) {
  auto table = std::make_shared<TableEncoding>();
  table->topic =
      TopicName(fmt::format("{}.{}.{}", options.prefix, schema->id.database, schema->id.table));
  for (const ColumnSchema& column : schema->columns) {
    table->columns.push_back(EncodingOf(column, options));
    table->header_columns.push_back(table->columns.back());
    if (CellForm& form = table->header_columns.back().form; form == CellForm::kDecimalBytes) {
      form = CellForm::kDecimalNumber;
    }
  }
  table->all.resize(schema->columns.size());
  std::iota(table->all.begin(), table->all.end(), 0);
  if (schema->key_kind != KeyKind::kWholeRow) table->key = schema->key;
  if (options.schemas) {
    table->key_begin = fmt::format(R"({{"schema":{},"payload":)", KeySchema(*table));
    table->value_begin =
        fmt::format(R"({{"schema":{},"payload":)", EnvelopeSchema(*table, options));
    table->end = "}";
  }
  table->schema = std::move(schema);
  return table;
}

}  // namespace foreset::debezium
