// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

// Records as Debezium's MySQL connector writes them, of the server `p` and its database `d`.
namespace foreset::kafka::scripted {

// Columns with their types: INT, BIGINT or VARCHAR(20).
using Columns = std::vector<std::pair<std::string, std::string>>;

inline std::string Source(std::uint64_t place, std::string_view table,
                          std::string_view snapshot = "false") {
  return fmt::format(
      R"({{"version":"3.6.1.Final","connector":"mysql","name":"p","ts_ms":{0},"snapshot":"{1}",)"
      R"("db":"d","sequence":null,"ts_us":{0}000,"ts_ns":{0}000000,"table":"{2}","server_id":7,)"
      R"("gtid":null,"file":"mysql-bin.000001","pos":{3},"row":0,"thread":null,"query":null}})",
      1'795'472'000'000 + static_cast<std::int64_t>(place), snapshot, table, place);
}

// An envelope around the two rows, each a JSON object or "null". `operation`: c, u, d, r.
inline std::string Change(char operation, std::uint64_t place, std::string_view before,
                          std::string_view after, std::string_view table = "t") {
  return fmt::format(
      R"({{"before":{},"after":{},"source":{},"transaction":null,"op":"{}","ts_ms":1}})", before,
      after, Source(place, table, operation == 'r' ? "true" : "false"), operation);
}

// A row of (id, v).
inline std::string Row(int id, std::string_view v = "x") {
  return fmt::format(R"({{"id":{},"v":"{}"}})", id, v);
}
inline std::string KeyOf(int id) { return fmt::format(R"({{"id":{}}})", id); }

inline std::string Insert(std::uint64_t place, int id, std::string_view table = "t") {
  return Change('c', place, "null", Row(id), table);
}

// A row of (id, v) that ExtractNewRecordState has taken out of its envelope.
inline std::string Unwrapped(char operation, std::uint64_t place, int id) {
  return fmt::format(
      R"({{"id":{},"v":"x","__op":"{}","__deleted":"{}","__source_file":"mysql-bin.000001",)"
      R"("__source_pos":{},"__source_row":0,"__source_ts_us":5}})",
      id, operation, operation == 'd' ? "true" : "false", place);
}

inline std::string ColumnText(const std::pair<std::string, std::string>& column, std::size_t at) {
  const bool text = column.second == "VARCHAR";
  return fmt::format(
      R"({{"name":"{0}","jdbcType":{1},"nativeType":null,"typeName":"{2}","typeExpression":"{2}",)"
      R"("charsetName":{3},"length":{4},"scale":null,"position":{5},"optional":{6},)"
      R"("autoIncremented":false,"generated":false,"comment":null,)"
      R"("defaultValueExpression":null,"enumValues":null}})",
      column.first, text ? 12 : 4, column.second, text ? R"("utf8mb4")" : "null",
      text ? "20" : "null", at, column.first != "id");
}

// A record of the schema-change topic: `ddl` at `place` leaves the table with these columns.
// `kind`: CREATE, ALTER or DROP.
inline std::string Statement(std::string_view kind, std::string_view ddl, std::uint64_t place,
                             const Columns& columns, std::string_view key = R"("id")",
                             std::string_view table = "t") {
  std::vector<std::string> described;
  for (const auto& column : columns) described.push_back(ColumnText(column, described.size() + 1));
  return fmt::format(
      R"({{"source":{},"ts_ms":1,"databaseName":"d","schemaName":null,"ddl":"{}","tableChanges":[)"
      R"({{"type":"{}","id":"\"d\".\"{}\"","table":{{"defaultCharsetName":"utf8mb4",)"
      R"("primaryKeyColumnNames":[{}],"columns":[{}],"comment":null}}}}]}})",
      Source(place, table), ddl, kind, table, key, fmt::join(described, ","));
}

// A row of (id, v, and perhaps others) as one with its Connect schema, `types` by their Connect
// names.
inline std::string WithSchema(std::uint64_t place, const Columns& types, std::string_view after) {
  std::vector<std::string> fields;
  for (const auto& [name, type] : types) {
    fields.push_back(
        fmt::format(R"({{"type":"{}","optional":{},"field":"{}"}})", type, name != "id", name));
  }
  const std::string row = fmt::format("{}", fmt::join(fields, ","));
  return fmt::format(
      R"({{"schema":{{"type":"struct","fields":[)"
      R"({{"type":"struct","fields":[{0}],"optional":true,"name":"p.d.t.Value","field":"before"}},)"
      R"({{"type":"struct","fields":[{0}],"optional":true,"name":"p.d.t.Value","field":"after"}},)"
      R"({{"type":"string","optional":false,"field":"op"}}],)"
      R"("optional":false,"name":"p.d.t.Envelope"}},"payload":{1}}})",
      row, Change('c', place, "null", after));
}

}  // namespace foreset::kafka::scripted
