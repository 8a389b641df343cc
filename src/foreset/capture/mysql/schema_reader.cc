// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/schema_reader.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/mysql/column_type.h"
#include "foreset/capture/mysql/sql_tokens.h"

namespace foreset::mysql {
namespace {

std::string TextIn(const std::optional<std::string>& value) { return value.value_or(""); }

std::uint64_t NumberIn(const std::optional<std::string>& value) {
  std::uint64_t number = 0;
  if (value) std::from_chars(value->data(), value->data() + value->size(), number);
  return number;
}

bool Contains(std::string_view text, std::string_view lower_case) {
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  return !std::ranges::search(text, lower_case, same).empty();
}

// "CURRENT_TIMESTAMP(6)" of MySQL, "current_timestamp(6)" of MariaDB.
bool IsNow(std::string_view text) {
  return text.size() >= 17 && SameName(text.substr(0, 17), "current_timestamp");
}

// "IN ('a','b')" over the databases that can match; empty when there is none.
Result<std::string> DatabaseList(Connection& connection, const TableFilter& filter) {
  std::string list;
  for (const SqlRow& row :
       TRY(connection.Query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA", 1))) {
    if (!filter.MayMatchDatabase(TextIn(row[0]))) continue;
    list += list.empty() ? "IN (" : ",";
    list += connection.Quote(TextIn(row[0]));
  }
  return list.empty() ? list : list + ")";
}

using Tables = std::map<TableId, DescribedTable>;

Status ReadTableList(Connection& connection, const TableFilter& filter, const std::string& in,
                     Tables& tables) {
  const std::string sql =
      "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_ROWS, ENGINE, TABLE_TYPE "
      "FROM information_schema.TABLES "
      "WHERE TABLE_TYPE IN ('BASE TABLE','SYSTEM VERSIONED') AND TABLE_SCHEMA " +
      in;
  for (const SqlRow& row : TRY(connection.Query(sql, 5))) {
    TableId id{TextIn(row[0]), TextIn(row[1])};
    if (!filter.Matches(id)) continue;
    DescribedTable& table = tables[id];
    table.schema.id = id;
    table.estimated_rows = NumberIn(row[2]);
    table.engine = TextIn(row[3]);
    table.versioned = TextIn(row[4]) == "SYSTEM VERSIONED";
  }
  return {};
}

void AddColumn(const SqlRow& row, bool is_mariadb, DescribedTable& table) {
  ColumnSchema column;
  column.name = TextIn(row[2]);
  const std::string declared = TextIn(row[3]);
  const std::string extra = TextIn(row[8]);
  const std::optional<ColumnType> type = ParseColumnType(declared, is_mariadb);
  if (!type) {
    table.unsupported.push_back(fmt::format("{}: type {}", column.name, declared));
  } else {
    AssignType(*type, column);
  }
  column.declared_type = declared;
  column.nullable = TextIn(row[4]) == "YES";
  if (HasCharset(column.type)) {
    column.charset = TextIn(row[5]);
    column.collation = TextIn(row[6]);
  }
  column.default_value = ConstantDefault(row[7], extra, is_mariadb);
  column.default_now = IsNow(TextIn(row[7]));
  column.auto_filled = Contains(extra, "auto_increment") || Contains(extra, "on update");
  column.generated = extra.find("GENERATED") != std::string::npos &&
                     extra.find("DEFAULT_GENERATED") == std::string::npos;
  table.schema.columns.push_back(std::move(column));
}

Status ReadColumns(Connection& connection, const std::string& in, Tables& tables) {
  const std::string sql =
      "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, "
      "CHARACTER_SET_NAME, COLLATION_NAME, COLUMN_DEFAULT, EXTRA "
      "FROM information_schema.COLUMNS WHERE TABLE_SCHEMA " +
      in + " ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION";
  for (const SqlRow& row : TRY(connection.Query(sql, 9))) {
    const auto it = tables.find(TableId{TextIn(row[0]), TextIn(row[1])});
    if (it != tables.end()) AddColumn(row, connection.version().is_mariadb, it->second);
  }
  return {};
}

// The columns of one unique index, in key order; unusable when one is NULL-able or an expression.
struct UniqueIndex {
  std::vector<std::size_t> columns;
  bool usable = true;
};

void ReadKey(const std::map<std::string, UniqueIndex>& indexes, TableSchema& schema) {
  const UniqueIndex* chosen = nullptr;
  for (const auto& [name, index] : indexes) {
    if (!index.usable) continue;
    if (name == "PRIMARY") {
      schema.key_kind = KeyKind::kPrimary;
      schema.key = index.columns;
      return;
    }
    if (chosen == nullptr || index.columns.size() < chosen->columns.size()) chosen = &index;
  }
  if (chosen == nullptr) return;
  schema.key_kind = KeyKind::kUnique;
  schema.key = chosen->columns;
}

Status ReadKeys(Connection& connection, const std::string& in, Tables& tables) {
  const std::string sql =
      "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS "
      "WHERE NON_UNIQUE = 0 AND TABLE_SCHEMA " +
      in + " ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";
  std::map<TableId, std::map<std::string, UniqueIndex>> indexes;
  for (const SqlRow& row : TRY(connection.Query(sql, 4))) {
    const TableId id{TextIn(row[0]), TextIn(row[1])};
    const auto it = tables.find(id);
    if (it == tables.end()) continue;
    UniqueIndex& index = indexes[id][TextIn(row[2])];
    const TableSchema& schema = it->second.schema;
    const auto column = row[3] ? schema.FindColumn(*row[3]) : std::nullopt;
    if (!column || schema.columns[*column].nullable) {
      index.usable = false;
    } else {
      index.columns.push_back(*column);
    }
  }
  for (const auto& [id, by_name] : indexes) ReadKey(by_name, tables[id].schema);
  return {};
}

}  // namespace

std::optional<std::string> ConstantDefault(const std::optional<std::string>& text,
                                           std::string_view extra, bool is_mariadb) {
  if (!text || extra.find("DEFAULT_GENERATED") != std::string_view::npos) return std::nullopt;
  if (!is_mariadb) {
    // MySQL says CURRENT_TIMESTAMP without any mark before 8.0.
    return text->starts_with("CURRENT_TIMESTAMP") ? std::nullopt : text;
  }
  const std::vector<SqlToken> tokens = TokenizeSql(*text, SqlDialect{.is_mariadb = true});
  const bool negative = tokens[0].kind == TokenKind::kSymbol && tokens[0].text == "-";
  const SqlToken& value = tokens[negative ? 1 : 0];
  if (tokens.size() > (negative ? 3U : 2U)) return std::nullopt;
  switch (value.kind) {
    case TokenKind::kString:
    case TokenKind::kNumber:
    case TokenKind::kHex:
      return (negative ? "-" : "") + value.text;
    case TokenKind::kBits:
      return "b'" + value.text + "'";
    default:
      return std::nullopt;
  }
}

Status ReadStatements(Connection& connection, std::vector<DescribedTable>& tables) {
  for (DescribedTable& table : tables) {
    const TableId& id = table.schema.id;
    const auto rows = TRY(connection.Query(
        fmt::format("SHOW CREATE TABLE {}.{}", QuoteName(id.database), QuoteName(id.table)), 2));
    if (!rows.empty()) table.statement = TextIn(rows[0][1]);
  }
  return {};
}

Result<std::vector<DescribedTable>> ReadTables(Connection& connection, const TableFilter& filter) {
  Tables tables;
  const std::string in = TRY(DatabaseList(connection, filter));
  if (!in.empty()) {
    RETURN_IF_ERROR(ReadTableList(connection, filter, in, tables));
    RETURN_IF_ERROR(ReadColumns(connection, in, tables));
    RETURN_IF_ERROR(ReadKeys(connection, in, tables));
  }
  std::vector<DescribedTable> ordered;
  ordered.reserve(tables.size());
  for (auto& [id, table] : tables) ordered.push_back(std::move(table));
  return ordered;
}

}  // namespace foreset::mysql
