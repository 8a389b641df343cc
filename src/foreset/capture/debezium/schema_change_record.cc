// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/schema_change_record.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "foreset/capture/debezium/event_writer.h"
#include "foreset/capture/debezium/jackson_text.h"
#include "foreset/capture/debezium/table_encoding.h"

namespace foreset::debezium {
namespace {

std::string KeyBegin(const EventOptions& options) {
  return fmt::format(
      R"({{"schema":{{"type":"struct","fields":[{{"type":"string","optional":false,)"
      R"("field":"databaseName"}}],"optional":false,)"
      R"("name":"io.debezium.connector.{}.SchemaChangeKey","version":1}},"payload":)",
      options.Connector());
}

constexpr std::string_view kColumnFields =
    R"({"type":"string","optional":false,"field":"name"},)"
    R"({"type":"int32","optional":false,"field":"jdbcType"},)"
    R"({"type":"int32","optional":true,"field":"nativeType"},)"
    R"({"type":"string","optional":false,"field":"typeName"},)"
    R"({"type":"string","optional":true,"field":"typeExpression"},)"
    R"({"type":"string","optional":true,"field":"charsetName"},)"
    R"({"type":"int32","optional":true,"field":"length"},)"
    R"({"type":"int32","optional":true,"field":"scale"},)"
    R"({"type":"int32","optional":false,"field":"position"},)"
    R"({"type":"boolean","optional":true,"field":"optional"},)"
    R"({"type":"boolean","optional":true,"field":"autoIncremented"},)"
    R"({"type":"boolean","optional":true,"field":"generated"},)"
    R"({"type":"string","optional":true,"field":"comment"},)"
    R"({"type":"string","optional":true,"field":"defaultValueExpression"},)"
    R"({"type":"array","items":{"type":"string","optional":false},"optional":true,)"
    R"("field":"enumValues"})";

std::string ValueBegin(const EventOptions& options) {
  return fmt::format(
      R"({{"schema":{{"type":"struct","fields":[{},{{"type":"int64","optional":false,)"
      R"("field":"ts_ms"}},{{"type":"string","optional":true,"field":"databaseName"}},)"
      R"({{"type":"string","optional":true,"field":"schemaName"}},)"
      R"({{"type":"string","optional":true,"field":"ddl"}},)"
      R"({{"type":"array","items":{{"type":"struct","fields":[{{"type":"string",)"
      R"("optional":false,"field":"type"}},{{"type":"string","optional":false,"field":"id"}},)"
      R"({{"type":"struct","fields":[{{"type":"string","optional":true,)"
      R"("field":"defaultCharsetName"}},{{"type":"array","items":{{"type":"string",)"
      R"("optional":false}},"optional":true,"field":"primaryKeyColumnNames"}},)"
      R"({{"type":"array","items":{{"type":"struct","fields":[{}],"optional":false,)"
      R"("name":"io.debezium.connector.schema.Column","version":1}},"optional":false,)"
      R"("field":"columns"}},{{"type":"string","optional":true,"field":"comment"}}],)"
      R"("optional":true,"name":"io.debezium.connector.schema.Table","version":1,)"
      R"("field":"table"}}],"optional":false,"name":"io.debezium.connector.schema.Change",)"
      R"("version":1}},"optional":false,"field":"tableChanges"}}],"optional":false,)"
      R"("name":"io.debezium.connector.{}.SchemaChangeValue","version":1}},"payload":)",
      SourceSchema(options), kColumnFields, options.Connector());
}

// java.sql.Types, as Debezium's parser assigns them.
int JdbcTypeOf(const ColumnSchema& column) {
  switch (column.type) {
    case SourceType::kTinyInt:
    case SourceType::kSmallInt:
      return 5;
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kYear:
      return 4;
    case SourceType::kBigInt:
      return -5;
    case SourceType::kFloat:
      return 6;
    case SourceType::kDouble:
      return 8;
    case SourceType::kDecimal:
      return 3;
    case SourceType::kBit:
      return -7;
    case SourceType::kDate:
      return 91;
    case SourceType::kTime:
      return 92;
    case SourceType::kDateTime:
      return 93;
    case SourceType::kTimestamp:
      return 2014;
    case SourceType::kChar:
    case SourceType::kEnum:
    case SourceType::kSet:
      return 1;
    case SourceType::kVarChar:
    case SourceType::kText:
      return 12;
    case SourceType::kBinary:
      return -2;
    case SourceType::kVarBinary:
      return -3;
    case SourceType::kBlob:
      return 2004;
    default:
      return 1111;
  }
}

// "BIGINT UNSIGNED" of "bigint(20) unsigned".
std::string TypeNameOf(const ColumnSchema& column) {
  std::string name;
  int depth = 0;
  for (const char c : column.declared_type) {
    if (c == '(') ++depth;
    if (depth == 0) name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (c == ')') --depth;
  }
  return name;
}

// The number that stands in parentheses, where it is one.
std::optional<std::uint32_t> DeclaredNumber(const ColumnSchema& column) {
  const std::size_t open = column.declared_type.find('(');
  if (open == std::string::npos) return std::nullopt;
  std::uint32_t number = 0;
  const char* begin = column.declared_type.data() + open + 1;
  const char* end = column.declared_type.data() + column.declared_type.size();
  if (std::from_chars(begin, end, number).ptr == begin) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> LengthOf(const ColumnSchema& column) {
  switch (column.type) {
    case SourceType::kEnum:
      return 1;
    case SourceType::kSet:
      return static_cast<std::uint32_t>(column.labels.size() * 2 - 1);
    case SourceType::kDecimal:
    case SourceType::kBit:
    case SourceType::kChar:
    case SourceType::kVarChar:
    case SourceType::kBinary:
    case SourceType::kVarBinary:
      return column.length;
    case SourceType::kTime:
    case SourceType::kDateTime:
    case SourceType::kTimestamp:
      return column.scale == 0 ? std::nullopt : std::optional(column.scale);
    case SourceType::kText:
    case SourceType::kBlob:
    case SourceType::kGeometry:
    case SourceType::kJson:
    case SourceType::kYear:
      return std::nullopt;
    default:
      return DeclaredNumber(column);
  }
}

void AppendMember(std::string& out, std::string_view name, const std::optional<std::string>& text) {
  out += name;
  if (text) {
    AppendJsonString(out, *text);
  } else {
    out += "null";
  }
}

std::string NumberText(const std::optional<std::uint32_t>& number) {
  return number ? std::to_string(*number) : "null";
}

// As within a literal of the statement.
std::string Doubled(std::string_view text) {
  std::string doubled;
  for (const char c : text) {
    if (c == '\'') doubled += c;
    doubled += c;
  }
  return doubled;
}

// "101" of b'101'.
std::string BitsOf(std::string_view literal) {
  if (!literal.starts_with("b'") || !literal.ends_with('\'')) return std::string(literal);
  return std::string(literal.substr(2, literal.size() - 3));
}

std::optional<std::string> DefaultExpression(const ColumnSchema& column) {
  if (column.default_now) return "1970-01-01 00:00:00";
  if (!column.default_value) return std::nullopt;
  switch (column.type) {
    case SourceType::kBinary:
    case SourceType::kVarBinary:
      return std::nullopt;  // the server shows what stands before the first NUL
    case SourceType::kBit:
      return BitsOf(*column.default_value);
    default:
      return Doubled(*column.default_value);
  }
}

// A column that does not say its own has the table's.
std::optional<std::string> CharsetOf(const ColumnSchema& column, const std::string& otherwise) {
  switch (column.type) {
    case SourceType::kChar:
    case SourceType::kVarChar:
    case SourceType::kText:
    case SourceType::kEnum:
    case SourceType::kSet:
      return column.charset.empty() ? otherwise : column.charset;
    default:
      return std::nullopt;
  }
}

void AppendColumn(std::string& out, const ColumnSchema& column, std::size_t position,
                  const std::string& charset) {
  const std::string type = TypeNameOf(column);
  out += "{\"name\":";
  AppendJsonString(out, column.name);
  fmt::format_to(std::back_inserter(out), R"(,"jdbcType":{},"nativeType":null)",
                 JdbcTypeOf(column));
  AppendMember(out, ",\"typeName\":", type);
  AppendMember(out, ",\"typeExpression\":", type);
  AppendMember(out, ",\"charsetName\":", CharsetOf(column, charset));
  const auto scale =
      column.type == SourceType::kDecimal ? std::optional(column.scale) : std::nullopt;
  fmt::format_to(std::back_inserter(out),
                 R"(,"length":{},"scale":{},"position":{},"optional":{},"autoIncremented":{},)"
                 R"("generated":{},"comment":null)",
                 NumberText(LengthOf(column)), NumberText(scale), position, column.nullable,
                 column.auto_filled, column.auto_filled);
  AppendMember(out, ",\"defaultValueExpression\":", DefaultExpression(column));
  out += ",\"enumValues\":";
  if (column.labels.empty()) {
    out += "null}";
    return;
  }
  out += '[';
  for (const std::string& label : column.labels) {
    if (out.back() != '[') out += ',';
    AppendJsonString(out, "'" + Doubled(label) + "'");
  }
  out += "]}";
}

// What most of the text columns have; it is not kept by itself.
std::string CharsetOf(const TableSchema& schema) {
  for (const ColumnSchema& column : schema.columns) {
    if (!column.charset.empty()) return column.charset;
  }
  return "utf8mb4";
}

void AppendTable(std::string& out, const TableSchema& schema) {
  const std::string charset = CharsetOf(schema);
  out += "{\"defaultCharsetName\":";
  AppendJsonString(out, charset);
  out += ",\"primaryKeyColumnNames\":[";
  for (const std::size_t column : schema.key) {
    if (out.back() != '[') out += ',';
    AppendJsonString(out, schema.columns[column].name);
  }
  out += "],\"columns\":[";
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (i > 0) out += ',';
    AppendColumn(out, schema.columns[i], i + 1, charset);
  }
  out += "],\"comment\":null}";
}

// What a name stands for after it was given to other rows is told by the records that follow.
std::string_view TypeName(SchemaChangeKind kind) {
  switch (kind) {
    case SchemaChangeKind::kCreate:
      return "CREATE";
    case SchemaChangeKind::kDrop:
      return "DROP";
    case SchemaChangeKind::kAlter:
    case SchemaChangeKind::kReplace:
      break;
  }
  return "ALTER";
}

void AppendChange(std::string& out, const SchemaChange& change) {
  fmt::format_to(std::back_inserter(out), R"({{"type":"{}","id":)", TypeName(change.kind));
  AppendJsonString(out, fmt::format(R"("{}"."{}")", change.table.database, change.table.table));
  out += ",\"table\":";
  if (change.kind == SchemaChangeKind::kDrop || change.after == nullptr) {
    out += "null}";
    return;
  }
  AppendTable(out, *change.after);
  out += '}';
}

// One statement may drop several tables: each gets its own.
std::string StatementOf(const SchemaChange& change) {
  if (change.kind != SchemaChangeKind::kDrop) return change.ddl;
  return fmt::format("DROP TABLE `{}`.`{}`", change.table.database, change.table.table);
}

}  // namespace

kafka::OutgoingRecord SchemaChangeRecord(const SchemaChange& change, EventSource source,
                                         Timestamp now, const EventOptions& options) {
  source.database = change.table.database;
  source.table = change.table.table;
  kafka::OutgoingRecord record;
  record.topic = TopicName(options.prefix);
  record.partition = 0;
  std::string key = options.schemas ? KeyBegin(options) : "";
  key += "{\"databaseName\":";
  AppendJsonString(key, change.table.database);
  key += options.schemas ? "}}" : "}";
  std::string value = options.schemas ? ValueBegin(options) : "";
  value += "{\"source\":";
  AppendSource(value, source, options);
  fmt::format_to(std::back_inserter(value), R"(,"ts_ms":{},"databaseName":)", now.value() / 1000);
  AppendJsonString(value, change.table.database);
  value += ",\"schemaName\":null,\"ddl\":";
  AppendJsonString(value, StatementOf(change));
  value += ",\"tableChanges\":[";
  AppendChange(value, change);
  value += options.schemas ? "]}}" : "]}";
  record.key = std::move(key);
  record.value = std::move(value);
  record.headers = ContextHeaders(options);
  return record;
}

}  // namespace foreset::debezium
