// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/column_description.h"

#include <algorithm>

#include <fmt/format.h>

#include "foreset/base/ascii.h"
#include "foreset/capture/mysql/column_type.h"

namespace foreset::debezium {
namespace {

std::string QuotedLabel(const std::string& label) {
  std::string quoted = "'";
  for (const char c : label) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

// The type as SHOW COLUMNS prints it: what is in parentheses stands before UNSIGNED.
std::string Declaration(const ColumnDescription& description) {
  std::string name = AsciiLower(description.type);
  std::string attributes;
  for (const std::string_view word : {" unsigned", " zerofill", " signed"}) {
    if (const std::size_t at = name.find(word); at != std::string::npos) {
      attributes = name.substr(at) + attributes;
      name.resize(at);
    }
  }
  if (name == "enum" || name == "set") {
    std::string list;
    for (const std::string& label : description.labels) {
      list += (list.empty() ? "" : ",") + QuotedLabel(label);
    }
    return fmt::format("{}({}){}", name, list, attributes);
  }
  if (!description.length) return name + attributes;
  if (description.scale) {
    return fmt::format("{}({},{}){}", name, *description.length, *description.scale, attributes);
  }
  return fmt::format("{}({}){}", name, *description.length, attributes);
}

}  // namespace

Result<ColumnSchema> ToColumn(const ColumnDescription& description, bool is_mariadb) {
  const std::string declaration = Declaration(description);
  // A character type in the character set `binary` is one of bytes.
  const std::string whole =
      description.charset == "binary" ? declaration + " character set binary" : declaration;
  const auto type = mysql::ParseColumnType(whole, is_mariadb);
  if (!type) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kColumnTypeUnsupported,
               fmt::format("column {} {}", description.name, declaration));
  }
  ColumnSchema column;
  column.name = description.name;
  mysql::AssignType(*type, column);
  column.declared_type = declaration;
  column.nullable = description.nullable;
  if (!mysql::HasCharset(column.type)) {
    column.charset.clear();
    column.collation.clear();
  } else if (!description.charset.empty()) {
    column.charset = AsciiLower(description.charset);
  }
  return column;
}

}  // namespace foreset::debezium
