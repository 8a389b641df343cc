// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/column_type.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "foreset/base/ascii.h"

namespace foreset::mysql {
namespace {

constexpr std::uint32_t kFloatMaxPrecision = 24;

// What stands in parentheses after the name.
enum class Arguments : std::uint8_t { kNone, kIgnored, kLength, kScale, kLengthAndScale, kLabels };

struct TypeName {
  std::string_view word;
  SourceType type;
  Arguments arguments;
  std::uint32_t default_length = 0;
  std::string_view canonical = {};  // what SHOW COLUMNS calls it; empty: the word itself
};

constexpr auto kTypeNames = std::to_array<TypeName>({
    {"tinyint", SourceType::kTinyInt, Arguments::kIgnored},
    {"int1", SourceType::kTinyInt, Arguments::kIgnored, 0, "tinyint"},
    {"smallint", SourceType::kSmallInt, Arguments::kIgnored},
    {"int2", SourceType::kSmallInt, Arguments::kIgnored, 0, "smallint"},
    {"mediumint", SourceType::kMediumInt, Arguments::kIgnored},
    {"int3", SourceType::kMediumInt, Arguments::kIgnored, 0, "mediumint"},
    {"middleint", SourceType::kMediumInt, Arguments::kIgnored, 0, "mediumint"},
    {"int", SourceType::kInt, Arguments::kIgnored},
    {"integer", SourceType::kInt, Arguments::kIgnored, 0, "int"},
    {"int4", SourceType::kInt, Arguments::kIgnored, 0, "int"},
    {"bigint", SourceType::kBigInt, Arguments::kIgnored},
    {"int8", SourceType::kBigInt, Arguments::kIgnored, 0, "bigint"},
    {"float4", SourceType::kFloat, Arguments::kIgnored, 0, "float"},
    {"float", SourceType::kFloat, Arguments::kLengthAndScale},
    {"double", SourceType::kDouble, Arguments::kLengthAndScale},
    {"float8", SourceType::kDouble, Arguments::kLengthAndScale, 0, "double"},
    {"real", SourceType::kDouble, Arguments::kLengthAndScale, 0, "double"},
    {"decimal", SourceType::kDecimal, Arguments::kLengthAndScale, 10},
    {"dec", SourceType::kDecimal, Arguments::kLengthAndScale, 10, "decimal"},
    {"numeric", SourceType::kDecimal, Arguments::kLengthAndScale, 10, "decimal"},
    {"fixed", SourceType::kDecimal, Arguments::kLengthAndScale, 10, "decimal"},
    {"bit", SourceType::kBit, Arguments::kLength, 1},
    {"year", SourceType::kYear, Arguments::kIgnored},
    {"date", SourceType::kDate, Arguments::kNone},
    {"time", SourceType::kTime, Arguments::kScale},
    {"datetime", SourceType::kDateTime, Arguments::kScale},
    {"timestamp", SourceType::kTimestamp, Arguments::kScale},
    {"char", SourceType::kChar, Arguments::kLength, 1},
    {"varchar", SourceType::kVarChar, Arguments::kLength},
    {"tinytext", SourceType::kText, Arguments::kIgnored},
    {"text", SourceType::kText, Arguments::kIgnored},
    {"mediumtext", SourceType::kText, Arguments::kIgnored},
    {"longtext", SourceType::kText, Arguments::kIgnored},
    {"binary", SourceType::kBinary, Arguments::kLength, 1},
    {"varbinary", SourceType::kVarBinary, Arguments::kLength},
    {"tinyblob", SourceType::kBlob, Arguments::kIgnored},
    {"blob", SourceType::kBlob, Arguments::kIgnored},
    {"mediumblob", SourceType::kBlob, Arguments::kIgnored},
    {"longblob", SourceType::kBlob, Arguments::kIgnored},
    {"enum", SourceType::kEnum, Arguments::kLabels},
    {"set", SourceType::kSet, Arguments::kLabels},
    {"json", SourceType::kJson, Arguments::kNone},
    {"geometry", SourceType::kGeometry, Arguments::kNone},
    {"point", SourceType::kGeometry, Arguments::kNone},
    {"linestring", SourceType::kGeometry, Arguments::kNone},
    {"polygon", SourceType::kGeometry, Arguments::kNone},
    {"multipoint", SourceType::kGeometry, Arguments::kNone},
    {"multilinestring", SourceType::kGeometry, Arguments::kNone},
    {"multipolygon", SourceType::kGeometry, Arguments::kNone},
    {"geometrycollection", SourceType::kGeometry, Arguments::kNone},
    {"geomcollection", SourceType::kGeometry, Arguments::kNone},
    {"vector", SourceType::kVector, Arguments::kLength, 2048},
    {"uuid", SourceType::kUuid, Arguments::kNone},
    {"inet4", SourceType::kInet4, Arguments::kNone},
    {"inet6", SourceType::kInet6, Arguments::kNone},
});

const TypeName* FindTypeName(std::string_view word) {
  const auto* it = std::ranges::find_if(
      kTypeNames, [&](const TypeName& name) { return SameName(name.word, word); });
  return it == kTypeNames.end() ? nullptr : &*it;
}

std::uint32_t NumberOf(const SqlToken& token) {
  std::uint32_t number = 0;
  std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
  return number;
}

// The names that are more than one word or stand for another type with arguments of its own.
const TypeName* ReadTypeName(SqlCursor& cursor, ColumnType& type) {
  const bool national =
      cursor.TakeWord("NATIONAL") || cursor.IsWord("NCHAR") || cursor.IsWord("NVARCHAR");
  if (national) type.charset = "utf8mb3";
  if (cursor.TakeWord("NVARCHAR")) return FindTypeName("varchar");
  if (cursor.TakeWord("NCHAR") || cursor.IsWord("CHARACTER") || cursor.IsWord("CHAR")) {
    cursor.TakeWord("CHARACTER") || cursor.TakeWord("CHAR");
    return FindTypeName(cursor.TakeWord("VARYING") ? "varchar" : "char");
  }
  if (cursor.TakeWord("VARCHARACTER")) return FindTypeName("varchar");
  if (cursor.TakeWord("BOOL") || cursor.TakeWord("BOOLEAN")) return FindTypeName("tinyint");
  if (cursor.TakeWord("SERIAL")) {
    type.serial = true;
    type.is_unsigned = true;
    return FindTypeName("bigint");
  }
  if (cursor.TakeWord("LONG")) {
    if (cursor.TakeWord("VARBINARY")) return FindTypeName("mediumblob");
    cursor.TakeWord("VARCHAR") || cursor.TakeWord("VARCHARACTER");
    return FindTypeName("mediumtext");
  }
  const TypeName* name = FindTypeName(cursor.Peek().text);
  if (name == nullptr || cursor.Peek().kind != TokenKind::kWord) return nullptr;
  cursor.Next();
  if (name->type == SourceType::kDouble) cursor.TakeWord("PRECISION");
  if (name->type == SourceType::kChar) cursor.TakeWord("VARYING");
  return name;
}

void ReadLabels(SqlCursor& cursor, ColumnType& type) {
  while (!cursor.AtEnd() && !cursor.IsSymbol(')')) {
    if (cursor.IsSymbol(',')) {
      cursor.Next();
      continue;
    }
    std::string label = cursor.Next().text;
    // The server drops trailing spaces of labels.
    label.erase(label.find_last_not_of(' ') + 1);
    type.labels.push_back(std::move(label));
  }
}

void ReadArguments(SqlCursor& cursor, const TypeName& name, ColumnType& type) {
  if (!cursor.IsSymbol('(')) return;
  const std::size_t open = cursor.index();
  cursor.Next();
  if (name.arguments == Arguments::kLabels) {
    ReadLabels(cursor, type);
  } else {
    const std::uint32_t first = NumberOf(cursor.Peek());
    if (name.arguments == Arguments::kLength || name.arguments == Arguments::kLengthAndScale) {
      type.length = first;
    }
    if (name.arguments == Arguments::kScale) type.scale = first;
    // Of TEXT(n), which is the smallest TEXT that holds so much.
    const bool is_sized = name.type == SourceType::kText || name.type == SourceType::kBlob;
    if (is_sized && first > 0) type.display = fmt::format("({})", first);
    if (name.arguments == Arguments::kLengthAndScale && cursor.IsSymbol(',', 1)) {
      type.scale = NumberOf(cursor.Peek(2));
      type.display = fmt::format("({},{})", type.length, type.scale);
    }
  }
  cursor.Seek(open);
  cursor.SkipParentheses();
}

void ReadAttributes(SqlCursor& cursor, ColumnType& type) {
  while (true) {
    if (cursor.TakeWord("UNSIGNED")) {
      type.is_unsigned = true;
    } else if (cursor.TakeWord("ZEROFILL")) {
      type.is_unsigned = true;
      type.zero_filled = true;
    } else if (cursor.TakeWord("SIGNED")) {
    } else if (cursor.TakeWord("CHARSET") || cursor.TakeWords({"CHARACTER", "SET"}) ||
               cursor.TakeWords({"CHAR", "SET"})) {
      type.charset = ReadCharsetName(cursor);
    } else if (cursor.TakeWord("ASCII")) {
      type.charset = "latin1";
    } else if (cursor.TakeWord("UNICODE")) {
      type.charset = "ucs2";
    } else if (cursor.TakeWord("BYTE")) {
      type.charset = "binary";
    } else if (cursor.TakeWord("BINARY")) {
      type.binary_collation = true;
    } else if (cursor.TakeWord("COLLATE")) {
      type.collation = ReadCharsetName(cursor);
    } else if (cursor.TakeWord("COMPRESSED")) {
      if (cursor.TakeSymbol('=')) cursor.Next();
    } else {
      return;
    }
  }
}

// CHAR, VARCHAR and TEXT in the character set `binary` are byte types.
void TurnBinary(ColumnType& type) {
  if (type.charset != "binary") return;
  if (type.type == SourceType::kChar) type.type = SourceType::kBinary;
  if (type.type == SourceType::kVarChar) type.type = SourceType::kVarBinary;
  if (type.type == SourceType::kText) type.type = SourceType::kBlob;
  if (type.type != SourceType::kEnum && type.type != SourceType::kSet) type.charset.clear();
}

std::string Declare(const TypeName& name, const ColumnType& type) {
  std::string text(name.canonical.empty() ? name.word : name.canonical);
  if (name.type == SourceType::kFloat && type.type == SourceType::kDouble) text = "double";
  if (name.type == SourceType::kDouble && type.type == SourceType::kFloat) text = "float";
  if (name.arguments == Arguments::kLabels) {
    text += '(';
    for (const std::string& label : type.labels) {
      if (text.back() != '(') text += ',';
      std::string quoted = label;
      for (std::size_t i = 0; (i = quoted.find('\'', i)) != std::string::npos; i += 2) {
        quoted.insert(i, 1, '\'');
      }
      text += "'" + quoted + "'";
    }
    text += ')';
  } else if (type.type == SourceType::kDecimal) {
    text += fmt::format("({},{})", type.length, type.scale);
  } else if (!type.display.empty()) {
    text += type.display;
  } else if (type.length > 0) {
    text += fmt::format("({})", type.length);
  } else if (type.scale > 0) {
    text += fmt::format("({})", type.scale);
  }
  if (type.is_unsigned) text += " unsigned";
  if (type.zero_filled) text += " zerofill";
  return text;
}

}  // namespace

std::string ReadCharsetName(SqlCursor& cursor) {
  const bool is_default = cursor.IsWord("DEFAULT");
  std::string name = AsciiLower(cursor.Next().text);
  return is_default ? std::string() : name;
}

std::optional<ColumnType> ReadColumnType(SqlCursor& cursor, const SqlDialect& dialect) {
  const bool is_mariadb = dialect.is_mariadb;
  ColumnType type;
  const bool is_real = cursor.IsWord("REAL");
  const TypeName* name = ReadTypeName(cursor, type);
  if (name == nullptr) return std::nullopt;
  type.type = name->type;
  type.length = name->default_length;
  ReadArguments(cursor, *name, type);
  ReadAttributes(cursor, type);
  if (type.charset.empty() && !type.collation.empty()) {
    type.charset = CharsetOfCollation(type.collation);
  }
  if (is_real && dialect.real_is_float) type.type = SourceType::kFloat;
  if (type.type == SourceType::kFloat || type.type == SourceType::kDouble) {
    // FLOAT(p) chooses the width by precision; (m,d) only rounds.
    const bool wide = type.length > kFloatMaxPrecision && type.display.empty();
    if (type.type == SourceType::kFloat && wide) type.type = SourceType::kDouble;
    type.length = 0;
    type.scale = 0;
  }
  if (type.type == SourceType::kDecimal && type.length == 0) type.length = 10;
  if (type.type == SourceType::kBit && type.length == 0) type.length = 1;
  type.declared = Declare(*name, type);
  TurnBinary(type);
  // MariaDB's JSON is another name for LONGTEXT.
  if (type.type == SourceType::kJson && is_mariadb) {
    type.type = SourceType::kText;
    type.declared = "longtext";
    type.charset = "utf8mb4";
    type.collation = "utf8mb4_bin";
  }
  return type;
}

std::optional<ColumnType> ParseColumnType(std::string_view text, bool is_mariadb) {
  const std::vector<SqlToken> tokens = TokenizeSql(text, SqlDialect{.is_mariadb = is_mariadb});
  SqlCursor cursor(tokens);
  std::optional<ColumnType> type = ReadColumnType(cursor, SqlDialect{.is_mariadb = is_mariadb});
  // COLUMN_TYPE may go on with remarks such as /* mariadb-5.3 */, which are no tokens.
  if (type && !cursor.AtEnd()) return std::nullopt;
  return type;
}

bool IsCharacterType(SourceType type) {
  return type == SourceType::kChar || type == SourceType::kVarChar || type == SourceType::kText;
}

bool HasCharset(SourceType type) {
  return IsCharacterType(type) || type == SourceType::kEnum || type == SourceType::kSet;
}

std::string CharsetOfCollation(std::string_view collation) {
  if (collation == "binary") return "binary";
  // MariaDB's collations of UCA 14 serve several character sets.
  if (collation.starts_with("uca1400")) return {};
  return std::string(collation.substr(0, collation.find('_')));
}

bool IsZeroFilled(const ColumnSchema& column) { return column.declared_type.ends_with("zerofill"); }

void AssignType(const ColumnType& type, ColumnSchema& column) {
  column.type = type.type;
  column.is_unsigned = type.is_unsigned;
  column.length = type.length;
  column.scale = type.scale;
  column.labels = type.labels;
  column.charset = type.charset;
  column.collation = type.collation;
  column.declared_type = type.declared;
}

}  // namespace foreset::mysql
