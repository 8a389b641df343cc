// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/declared_table.h"

#include <fmt/format.h>

#include "foreset/capture/mysql/column_definition_parser.h"
#include "foreset/capture/mysql/schema_edit.h"

namespace foreset::debezium {
namespace {

std::unexpected<Error> Invalid(const DeclaredTable& declared, std::string what) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kDeclaredTableInvalid,
             fmt::format("table {}: {}", declared.id.ToString(), what));
}

// One column definition, which must be the whole text.
std::optional<mysql::ColumnDefinition> ReadDefinition(const std::string& name,
                                                      const std::string& type, bool is_mariadb) {
  std::string quoted = "`";
  for (const char c : name) quoted += c == '`' ? std::string("``") : std::string(1, c);
  const mysql::SqlDialect dialect{.is_mariadb = is_mariadb};
  const auto tokens = mysql::TokenizeSql(quoted + "` " + type, dialect);
  mysql::SqlCursor cursor(tokens);
  auto read = mysql::ReadColumnDefinition(cursor, dialect);
  if (!read || !cursor.AtEnd()) return std::nullopt;
  return std::move(read->column);
}

}  // namespace

Result<TableSchema> SchemaOf(const DeclaredTable& declared, bool is_mariadb) {
  mysql::CreateTable create;
  create.table = declared.id;
  create.charset = "utf8mb4";
  if (declared.columns.empty()) return Invalid(declared, "no column is declared");
  for (const auto& [name, type] : declared.columns) {
    auto column = ReadDefinition(name, type, is_mariadb);
    if (!column) return Invalid(declared, fmt::format("column {}: type '{}'", name, type));
    for (const mysql::ColumnDefinition& other : create.columns) {
      if (SameName(other.name, name)) {
        return Invalid(declared, fmt::format("column {} is declared twice", name));
      }
    }
    create.columns.push_back(*std::move(column));
  }
  if (!declared.key.empty()) {
    create.keys.push_back({mysql::KeyDefinition::Kind::kPrimary, "PRIMARY", declared.key, false});
  }
  mysql::EditContext context;
  context.form.is_mariadb = is_mariadb;
  TableSchema schema = mysql::BuildSchema(create, context);
  for (const std::string& name : declared.key) {
    const auto column = schema.FindColumn(name);
    if (!column) return Invalid(declared, fmt::format("the key's column {} is not declared", name));
    schema.columns[*column].nullable = false;
  }
  return schema;
}

}  // namespace foreset::debezium
