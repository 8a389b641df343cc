// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/ddl_parser.h"

#include <array>
#include <optional>
#include <utility>

#include "foreset/capture/mysql/column_definition_parser.h"
#include "foreset/capture/mysql/followed_forms.h"

namespace foreset::mysql {
namespace {

constexpr std::size_t kQuotedBytes = 60;

// Operations on partitions and tablespaces that take rows away or bring some.
constexpr auto kRowChangers =
    std::to_array<std::array<std::string_view, 2>>({{"DROP", "PARTITION"},
                                                    {"TRUNCATE", "PARTITION"},
                                                    {"REPAIR", "PARTITION"},
                                                    {"EXCHANGE", "PARTITION"},
                                                    {"CONVERT", "PARTITION"},
                                                    {"CONVERT", "TABLE"},
                                                    {"DISCARD", "TABLESPACE"},
                                                    {"IMPORT", "TABLESPACE"},
                                                    {"DISCARD", "PARTITION"},
                                                    {"IMPORT", "PARTITION"},
                                                    {"ADD", "SYSTEM"},
                                                    {"DROP", "SYSTEM"}});

class Parser {
 public:
  Parser(std::string_view sql, std::string_view database, const SqlDialect& dialect)
      : sql_(sql),
        database_(database),
        dialect_(dialect),
        tokens_(TokenizeSql(sql, dialect)),
        cursor_(tokens_) {}

  ParsedDdl Statement() {
    // MariaDB: SET STATEMENT variable = value FOR statement.
    if (cursor_.TakeWords({"SET", "STATEMENT"})) {
      while (!cursor_.AtEnd() && !cursor_.TakeWord("FOR")) cursor_.Next();
    }
    if (cursor_.TakeWord("CREATE")) return Create();
    if (cursor_.TakeWord("ALTER")) return Alter();
    if (cursor_.TakeWord("DROP")) return Drop();
    if (cursor_.TakeWord("TRUNCATE")) {
      cursor_.TakeWord("TABLE");
      return TruncateTable{Table()};
    }
    if (cursor_.TakeWords({"RENAME", "TABLE"}) || cursor_.TakeWords({"RENAME", "TABLES"})) {
      return Rename();
    }
    return Irrelevant{};
  }

 private:
  // "t", "d.t"; ".t" is a table of the default database (MariaDB).
  TableId Table() {
    cursor_.TakeSymbol('.');
    std::string name = cursor_.Next().text;
    if (!cursor_.TakeSymbol('.')) return {database_, std::move(name)};
    return {std::move(name), cursor_.Next().text};
  }

  void SkipWait() {
    if (cursor_.TakeWord("WAIT")) cursor_.Next();
    cursor_.TakeWord("NOWAIT");
  }

  NotUnderstood NotClear(const TableId& table, bool creates = false) const {
    return {table, std::string(sql_.substr(cursor_.Peek().offset, kQuotedBytes)), creates};
  }

  // CREATE …

  ParsedDdl Create() {
    const bool or_replace = cursor_.TakeWords({"OR", "REPLACE"});
    if (cursor_.TakeWord("TABLE")) return CreateTableStatement(or_replace);
    AddKey add;
    add.key.kind = TakeIndexKind();
    if (!cursor_.TakeWord("INDEX")) return Irrelevant{};
    cursor_.TakeWords({"IF", "NOT", "EXISTS"});
    add.key.name = cursor_.Next().text;
    while (!cursor_.AtEnd() && !cursor_.TakeWord("ON")) cursor_.Next();
    AlterTable alter{Table(), false, false, {}};
    ReadKeyColumns(add.key);
    if (or_replace) alter.clauses.emplace_back(DropKey{add.key.name});
    alter.clauses.emplace_back(std::move(add));
    return alter;
  }

  KeyDefinition::Kind TakeIndexKind() {
    if (cursor_.TakeWord("UNIQUE")) return KeyDefinition::Kind::kUnique;
    cursor_.TakeWord("FULLTEXT") || cursor_.TakeWord("SPATIAL") || cursor_.TakeWord("VECTOR");
    return KeyDefinition::Kind::kOther;
  }

  ParsedDdl CreateTableStatement(bool or_replace) {
    CreateTable create;
    create.or_replace = or_replace;
    create.if_not_exists = cursor_.TakeWords({"IF", "NOT", "EXISTS"});
    create.table = Table();
    if (cursor_.TakeWord("LIKE")) {
      create.like = Table();
      return create;
    }
    if (cursor_.IsSymbol('(') && cursor_.IsWord("LIKE", 1)) {
      cursor_.Next();
      cursor_.Next();
      create.like = Table();
      return create;
    }
    if (cursor_.IsSymbol('(') && !cursor_.IsWord("SELECT", 1) && !cursor_.IsSymbol('(', 1)) {
      cursor_.Next();
      do {
        if (!ReadTableElement(create)) return NotClear(create.table, /*creates=*/true);
      } while (cursor_.TakeSymbol(','));
      if (!cursor_.TakeSymbol(')')) return NotClear(create.table, /*creates=*/true);
    }
    ReadTableOptions(create);
    return create;
  }

  bool ReadTableElement(CreateTable& create) {
    if (std::optional<KeyDefinition> key = TakeKey()) {
      if (!key->columns.empty() || key->over_expression) create.keys.push_back(*std::move(key));
      return true;
    }
    std::optional<ReadColumn> read = ReadColumnDefinition(cursor_, dialect_);
    if (!read) return false;
    create.columns.push_back(std::move(read->column));
    return true;
  }

  // A key, constraint or index and nothing more; one without columns does not matter.
  std::optional<KeyDefinition> TakeKey() {
    KeyDefinition key;
    const bool constraint = cursor_.TakeWord("CONSTRAINT");
    if (constraint && !AtConstraintKind()) key.name = cursor_.Next().text;
    if (cursor_.TakeWord("PRIMARY")) {
      cursor_.TakeWord("KEY");
      key.kind = KeyDefinition::Kind::kPrimary;
    } else if (cursor_.TakeWord("UNIQUE")) {
      cursor_.TakeWord("KEY") || cursor_.TakeWord("INDEX");
      key.kind = KeyDefinition::Kind::kUnique;
    } else if (AtConstraintKind() || AtPlainIndex()) {
      SkipClause(cursor_);
      return key;
    } else {
      return constraint ? std::optional(key) : std::nullopt;
    }
    while (!cursor_.AtEnd() && !cursor_.IsSymbol('(')) {
      if (key.name.empty() && cursor_.IsName() && !cursor_.IsWord("USING")) {
        key.name = cursor_.Peek().text;
      }
      cursor_.Next();
    }
    ReadKeyColumns(key);
    SkipClause(cursor_);
    return key;
  }

  bool AtConstraintKind() const {
    return cursor_.IsWord("PRIMARY") || cursor_.IsWord("UNIQUE") || cursor_.IsWord("FOREIGN") ||
           cursor_.IsWord("CHECK");
  }

  bool AtPlainIndex() const {
    if (cursor_.IsWord("PERIOD") && cursor_.IsWord("FOR", 1)) return true;
    return cursor_.IsWord("INDEX") || cursor_.IsWord("KEY") || cursor_.IsWord("FULLTEXT") ||
           cursor_.IsWord("SPATIAL") ||
           (cursor_.IsWord("VECTOR") && (cursor_.IsWord("INDEX", 1) || cursor_.IsWord("KEY", 1)));
  }

  // "(a, b(10) DESC, (c + 1))"
  void ReadKeyColumns(KeyDefinition& key) {
    if (!cursor_.TakeSymbol('(')) return;
    while (!cursor_.AtEnd() && !cursor_.IsSymbol(')')) {
      if (cursor_.IsSymbol('(')) {
        key.over_expression = true;
      } else if (cursor_.IsName()) {
        key.columns.push_back(cursor_.Peek().text);
      }
      SkipClause(cursor_);
      cursor_.TakeSymbol(',');
    }
    cursor_.TakeSymbol(')');
  }

  void ReadTableOptions(CreateTable& create) {
    while (!cursor_.AtEnd() && !cursor_.IsWord("SELECT") && !cursor_.IsWord("PARTITION")) {
      if (cursor_.TakeWords({"WITH", "SYSTEM", "VERSIONING"})) {
        create.versioned = true;
      } else if (cursor_.TakeWord("SEQUENCE")) {
        cursor_.TakeSymbol('=');
        create.sequence = cursor_.Next().text != "0";
      } else if (!TakeCharset(create.charset, create.collation)) {
        if (cursor_.IsSymbol('(')) {
          cursor_.SkipParentheses();
        } else {
          cursor_.Next();
        }
      }
    }
  }

  // [DEFAULT] CHARACTER SET [=] x, COLLATE [=] x
  bool TakeCharset(std::string& charset, std::string& collation) {
    if (cursor_.TakeWord("CHARSET") || cursor_.TakeWords({"CHARACTER", "SET"}) ||
        cursor_.TakeWords({"CHAR", "SET"})) {
      cursor_.TakeSymbol('=');
      charset = ReadCharsetName(cursor_);
      return true;
    }
    if (cursor_.TakeWord("COLLATE")) {
      cursor_.TakeSymbol('=');
      collation = ReadCharsetName(cursor_);
      if (charset.empty()) charset = CharsetOfCollation(collation);
      return true;
    }
    return false;
  }

  // ALTER …

  ParsedDdl Alter() {
    const bool online = cursor_.TakeWord("ONLINE");
    AlterTable alter;
    alter.ignore = cursor_.TakeWord("IGNORE");
    if (online) alter.ignore = alter.ignore || cursor_.TakeWord("IGNORE");
    if (!cursor_.TakeWord("TABLE")) return Irrelevant{};
    cursor_.TakeWords({"IF", "EXISTS"});
    alter.table = Table();
    SkipWait();
    while (!AtStatementEnd()) {
      if (!ReadClause(alter)) return NotClear(alter.table);
      // Table options and PARTITION BY stand behind others without a comma.
      cursor_.TakeSymbol(',');
    }
    return alter;
  }

  bool AtStatementEnd() const {
    return cursor_.AtEnd() || (cursor_.IsSymbol(';') && cursor_.Peek(1).kind == TokenKind::kEnd);
  }

  // False: a word of it is not known.
  bool ReadClause(AlterTable& alter) {
    for (const auto& [verb, object] : kRowChangers) {
      if (!cursor_.IsWord(verb) || !cursor_.IsWord(object, 1)) continue;
      if (object == "SYSTEM" && !cursor_.IsWord("VERSIONING", 2)) continue;
      ReadRowChange(alter, std::string(verb) + " " + std::string(object));
      return true;
    }
    alter.copies = alter.copies || MayCopyRows(cursor_);
    if (TakeHarmlessClause(cursor_)) return true;
    if (cursor_.TakeWord("ADD")) return ReadAdd(alter);
    if (cursor_.TakeWord("DROP")) return ReadDrop(alter);
    if (cursor_.TakeWord("MODIFY")) return ReadChange(alter, /*with_old_name=*/false);
    if (cursor_.TakeWord("CHANGE")) return ReadChange(alter, /*with_old_name=*/true);
    if (cursor_.TakeWord("RENAME")) return ReadRename(alter);
    if (cursor_.TakeWord("ALTER")) return ReadAlterColumn(alter);
    if (cursor_.TakeWords({"CONVERT", "TO"})) {
      ConvertCharset convert;
      while (TakeCharset(convert.charset, convert.collation)) {
      }
      alter.clauses.emplace_back(std::move(convert));
      return true;
    }
    if (cursor_.TakeWord("ENGINE") || cursor_.TakeWord("TYPE")) {
      alter.copies = true;
      cursor_.TakeSymbol('=');
      const std::string engine = cursor_.Next().text;
      if (!EngineKeepsRows(engine))
        alter.clauses.emplace_back(ChangesRows{"ENGINE " + engine, {}, false});
      return true;
    }
    cursor_.TakeWord("DEFAULT");
    DefaultCharset charset;
    if (!TakeCharset(charset.charset, charset.collation)) return false;
    alter.clauses.emplace_back(std::move(charset));
    return true;
  }

  // … EXCHANGE PARTITION p WITH TABLE t, CONVERT TABLE t TO PARTITION p, CONVERT PARTITION p TO
  // TABLE t: two tables.
  void ReadRowChange(AlterTable& alter, std::string what) {
    ChangesRows change{std::move(what), {}, false};
    const bool makes = change.what == "CONVERT PARTITION";
    const bool joins = change.what == "CONVERT TABLE" || change.what == "EXCHANGE PARTITION";
    while (!cursor_.AtEnd()) {
      const bool names_table = cursor_.TakeWord("TABLE");
      if (names_table && (makes || joins) && !change.other) {
        cursor_.TakeWords({"IF", "NOT", "EXISTS"});
        change.other = Table();
        change.makes_other = makes;
      } else if (!names_table) {
        cursor_.Next();
      }
    }
    alter.clauses.emplace_back(std::move(change));
  }

  bool ReadAdd(AlterTable& alter) {
    if (cursor_.IsWord("PERIOD") && cursor_.IsWord("FOR", 1)) return false;
    if (std::optional<KeyDefinition> key = TakeKey()) {
      if (!key->columns.empty() || key->over_expression) {
        alter.clauses.emplace_back(AddKey{*std::move(key)});
      }
      return true;
    }
    cursor_.TakeWord("COLUMN");
    const bool if_not_exists = cursor_.TakeWords({"IF", "NOT", "EXISTS"});
    if (!cursor_.TakeSymbol('(')) return ReadAddedColumn(alter, if_not_exists);
    do {
      if (std::optional<KeyDefinition> key = TakeKey()) {
        alter.clauses.emplace_back(AddKey{*std::move(key)});
      } else if (!ReadAddedColumn(alter, if_not_exists)) {
        return false;
      }
    } while (cursor_.TakeSymbol(','));
    return cursor_.TakeSymbol(')');
  }

  bool ReadAddedColumn(AlterTable& alter, bool if_not_exists) {
    std::optional<ReadColumn> read = ReadColumnDefinition(cursor_, dialect_);
    if (!read) return false;
    alter.clauses.emplace_back(
        AddColumn{std::move(read->column), std::move(read->place), if_not_exists});
    return true;
  }

  bool ReadDrop(AlterTable& alter) {
    if (cursor_.TakeWords({"PRIMARY", "KEY"})) {
      alter.clauses.emplace_back(DropPrimaryKey{});
      return true;
    }
    if (cursor_.IsWord("PERIOD") && cursor_.IsWord("FOR", 1)) return false;
    if (cursor_.TakeWord("INDEX") || cursor_.TakeWord("KEY") || cursor_.TakeWord("CONSTRAINT")) {
      cursor_.TakeWords({"IF", "EXISTS"});
      alter.clauses.push_back(DropOfKey(cursor_.Next().text));
      return true;
    }
    cursor_.TakeWord("COLUMN");
    const bool if_exists = cursor_.TakeWords({"IF", "EXISTS"});
    std::string name = ReadColumnName(cursor_);
    if (name.empty()) return false;
    cursor_.TakeWord("RESTRICT") || cursor_.TakeWord("CASCADE");
    alter.clauses.emplace_back(DropColumn{std::move(name), if_exists});
    return true;
  }

  // The primary key is an index of that name.
  static AlterClause DropOfKey(std::string name) {
    if (SameName(name, "PRIMARY")) return DropPrimaryKey{};
    return DropKey{std::move(name)};
  }

  bool ReadChange(AlterTable& alter, bool with_old_name) {
    cursor_.TakeWord("COLUMN");
    ChangeColumn change;
    change.if_exists = cursor_.TakeWords({"IF", "EXISTS"});
    if (with_old_name) change.name = ReadColumnName(cursor_);
    std::optional<ReadColumn> read = ReadColumnDefinition(cursor_, dialect_);
    if (!read) return false;
    if (!with_old_name) change.name = read->column.name;
    change.column = std::move(read->column);
    change.place = std::move(read->place);
    alter.clauses.emplace_back(std::move(change));
    return true;
  }

  bool ReadRename(AlterTable& alter) {
    if (cursor_.TakeWord("COLUMN")) {
      RenameColumn rename;
      rename.if_exists = cursor_.TakeWords({"IF", "EXISTS"});
      rename.from = ReadColumnName(cursor_);
      if (!cursor_.TakeWord("TO")) return false;
      rename.to = ReadColumnName(cursor_);
      alter.clauses.emplace_back(std::move(rename));
      return true;
    }
    cursor_.TakeWord("TO") || cursor_.TakeWord("AS") || cursor_.TakeSymbol('=');
    alter.clauses.emplace_back(RenameTo{Table()});
    return true;
  }

  bool ReadAlterColumn(AlterTable& alter) {
    cursor_.TakeWord("COLUMN");
    cursor_.TakeWords({"IF", "EXISTS"});
    AlterDefault change{ReadColumnName(cursor_), {}};
    if (cursor_.TakeWords({"SET", "VISIBLE"}) || cursor_.TakeWords({"SET", "INVISIBLE"})) {
      return true;
    }
    if (cursor_.TakeWords({"SET", "DEFAULT"})) {
      change.value = ReadDefault(cursor_);
    } else if (!cursor_.TakeWords({"DROP", "DEFAULT"})) {
      return false;
    }
    alter.clauses.emplace_back(std::move(change));
    return true;
  }

  // DROP, RENAME

  ParsedDdl Drop() {
    if (cursor_.TakeWord("DATABASE") || cursor_.TakeWord("SCHEMA")) {
      cursor_.TakeWords({"IF", "EXISTS"});
      return DropDatabase{cursor_.Next().text};
    }
    if (cursor_.TakeWord("INDEX")) {
      cursor_.TakeWords({"IF", "EXISTS"});
      AlterClause drop = DropOfKey(cursor_.Next().text);
      if (!cursor_.TakeWord("ON")) return Irrelevant{};
      AlterTable alter{Table(), false, false, {}};
      alter.clauses.push_back(std::move(drop));
      return alter;
    }
    if (!cursor_.TakeWord("TABLE") && !cursor_.TakeWord("TABLES")) return Irrelevant{};
    cursor_.TakeWords({"IF", "EXISTS"});
    DropTables drop;
    do {
      drop.tables.push_back(Table());
    } while (cursor_.TakeSymbol(','));
    return drop;
  }

  ParsedDdl Rename() {
    cursor_.TakeWords({"IF", "EXISTS"});
    RenameTables rename;
    do {
      TableId from = Table();
      SkipWait();
      if (!cursor_.TakeWord("TO")) return NotClear(from);
      rename.renames.emplace_back(std::move(from), Table());
    } while (cursor_.TakeSymbol(','));
    return rename;
  }

  const std::string_view sql_;
  const std::string database_;
  const SqlDialect dialect_;
  const std::vector<SqlToken> tokens_;
  SqlCursor cursor_;
};

}  // namespace

ParsedDdl ParseDdl(std::string_view sql, std::string_view default_database,
                   const SqlDialect& dialect) {
  return Parser(sql, default_database, dialect).Statement();
}

}  // namespace foreset::mysql
