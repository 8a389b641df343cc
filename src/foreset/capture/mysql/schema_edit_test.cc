// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/schema_edit.h"

#include <gtest/gtest.h>

#include "foreset/capture/mysql/ddl_parser.h"

namespace foreset::mysql {
namespace {

// 2024-03-01 12:00:00.25 UTC
constexpr std::int64_t kStart = 1'709'294'400'250'000;

EditContext Context() {
  EditContext context;
  context.form.strict = true;
  context.started_at = Timestamp(kStart);
  context.time_zone = "+02:00";
  return context;
}

TableSchema Table(std::string_view sql) {
  return BuildSchema(std::get<CreateTable>(ParseDdl(sql, "db", {})), Context());
}

SchemaEdit Edit(const TableSchema& before, std::string_view sql, EditContext context = Context()) {
  return EditSchema(before, std::get<AlterTable>(ParseDdl(sql, "db", {})), context);
}

const char* const kTable = "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10), b DECIMAL(10,2))";

std::string Names(const TableSchema& schema) {
  std::string names;
  for (const ColumnSchema& column : schema.columns) {
    names += (names.empty() ? "" : " ") + column.name;
  }
  return names;
}

// What existing rows get for `definition` as a new column; "NULL", or "?" when not known.
std::string Added(std::string_view definition) {
  const SchemaEdit edit = Edit(Table(kTable), "ALTER TABLE t ADD x " + std::string(definition));
  if (edit.cannot_follow) return "?";
  return std::get<ColumnAdded>(edit.columns.at(0)).existing_rows_get.value_or("NULL");
}

TEST(BuildSchema, FindsKeysAndTypes) {
  const TableSchema schema = Table(
      "CREATE TABLE `t` (`id` bigint unsigned NOT NULL AUTO_INCREMENT, `e` enum('a','b''c') "
      "CHARACTER SET latin1 NOT NULL DEFAULT 'a', `n` int(11) DEFAULT NULL COMMENT 'x, y)', "
      "g int GENERATED ALWAYS AS (n + 1) STORED, PRIMARY KEY (`id`,`e`), KEY k (n), "
      "CONSTRAINT c FOREIGN KEY (n) REFERENCES o (id) ON DELETE SET NULL) ENGINE=InnoDB "
      "DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci");
  EXPECT_EQ(Names(schema), "id e n g");
  EXPECT_EQ(schema.id, (TableId{"db", "t"}));
  EXPECT_EQ(schema.key_kind, KeyKind::kPrimary);
  EXPECT_EQ(schema.key, (std::vector<std::size_t>{0, 1}));
  EXPECT_TRUE(schema.columns[0].is_unsigned);
  EXPECT_FALSE(schema.columns[0].nullable);
  EXPECT_EQ(schema.columns[1].labels, (std::vector<std::string>{"a", "b'c"}));
  EXPECT_EQ(schema.columns[1].charset, "latin1");
  EXPECT_EQ(schema.columns[1].default_value, "a");
  EXPECT_TRUE(schema.columns[3].generated);
}

TEST(BuildSchema, UniqueKeyOverNotNullColumnsStandsInForAPrimary) {
  const TableSchema unique =
      Table("CREATE TABLE t (a INT NOT NULL, b INT, UNIQUE (a, b), UNIQUE KEY k (a))");
  EXPECT_EQ(unique.key_kind, KeyKind::kUnique);
  EXPECT_EQ(unique.key, (std::vector<std::size_t>{0}));
  EXPECT_EQ(Table("CREATE TABLE t (a INT UNIQUE, b INT)").key_kind, KeyKind::kWholeRow);
  EXPECT_EQ(Table("CREATE TABLE t (a SERIAL)").key_kind, KeyKind::kUnique);
}

TEST(EditSchema, AddsColumnsWhereTheyAreWanted) {
  const SchemaEdit edit = Edit(Table(kTable),
                               "ALTER TABLE t ADD COLUMN c INT AFTER id, ADD d INT FIRST, "
                               "ADD (e INT, f INT), DROP COLUMN a, ENGINE=InnoDB, ALGORITHM=COPY");
  EXPECT_FALSE(edit.cannot_follow);
  EXPECT_EQ(Names(edit.after), "d id c b e f");
  EXPECT_EQ(edit.after.key, (std::vector<std::size_t>{1}));
  EXPECT_EQ(edit.after.version.value(), 2);
  EXPECT_EQ(edit.columns.size(), 5U);
}

TEST(EditSchema, KnowsWhatExistingRowsGet) {
  EXPECT_EQ(Added("INT"), "NULL");
  EXPECT_EQ(Added("INT NOT NULL"), "0");
  EXPECT_EQ(Added("INT DEFAULT -5"), "-5");
  EXPECT_EQ(Added("DECIMAL(8,2) NOT NULL"), "0.00");
  EXPECT_EQ(Added("VARCHAR(5) NOT NULL"), "");
  EXPECT_EQ(Added("VARCHAR(5) DEFAULT 'a''b' COMMENT 'c'"), "a'b");
  EXPECT_EQ(Added("VARCHAR(5) DEFAULT _utf8mb4'x'"), "x");
  EXPECT_EQ(Added("ENUM('p','q') NOT NULL"), "p");
  EXPECT_EQ(Added("DATE NOT NULL"), "NULL");
  EXPECT_EQ(Added("TIME(2) NOT NULL"), "00:00:00.00");
  EXPECT_EQ(Added("BOOL DEFAULT TRUE"), "1");
  EXPECT_EQ(Added("BIT(9) DEFAULT b'100000001'"), "b'100000001'");
  EXPECT_EQ(Added("TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
            "2024-03-01 12:00:00");
  EXPECT_EQ(Added("DATETIME(3) DEFAULT NOW(3)"), "2024-03-01 14:00:00.250");
  EXPECT_EQ(Added("VARCHAR(36) DEFAULT (UUID())"), "?");
  EXPECT_EQ(Added("INT AS (id + 1)"), "?");
  EXPECT_EQ(Added("INT AUTO_INCREMENT UNIQUE"), "?");
  EXPECT_EQ(Added("INT DEFAULT 1 + 1"), "?");
  EXPECT_EQ(Added("TIMESTAMP"), "NULL");
}

TEST(EditSchema, TakesOnlyTheServersWordForDefaultsThatItComputes) {
  const TableSchema before = Table(kTable);
  const SchemaEdit edit =
      Edit(before, "ALTER TABLE t ADD y YEAR DEFAULT '26', ADD n INT DEFAULT 5");
  EXPECT_TRUE(edit.cannot_follow);
  EXPECT_TRUE(edit.server_may_tell);
  EXPECT_EQ(edit.unknown_defaults, (std::vector<std::string>{"y"}));
  TableAfter server;
  server.defaults["y"] = "2026";
  EditContext context = Context();
  context.server = &server;
  const SchemaEdit told =
      Edit(before, "ALTER TABLE t ADD y YEAR DEFAULT '26', ADD n INT DEFAULT 5", context);
  EXPECT_FALSE(told.cannot_follow);
  EXPECT_EQ(told.columns[0], ColumnChange(ColumnAdded{"y", "2026"}));
  server.defaults.clear();
  EXPECT_TRUE(Edit(before, "ALTER TABLE t ADD y YEAR DEFAULT '26'", context).cannot_follow);
  server.was_empty = true;
  EXPECT_FALSE(Edit(before, "ALTER TABLE t ADD y YEAR DEFAULT '26'", context).cannot_follow);
}

TEST(EditSchema, AllClausesActAtOnce) {
  const TableSchema before = Table("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, c INT)");
  const auto names = [&](std::string_view sql) {
    const SchemaEdit edit = Edit(before, sql);
    return edit.cannot_follow ? *edit.cannot_follow : Names(edit.after);
  };
  EXPECT_EQ(names("ALTER TABLE t CHANGE a b INT, CHANGE b a INT, ADD d INT AFTER a"), "id b a d c");
  EXPECT_EQ(names("ALTER TABLE t RENAME COLUMN a TO b, DROP b, ADD a INT FIRST"), "a id b c");
  EXPECT_EQ(names("ALTER TABLE t ADD a DATE, DROP a"), "id b c a");
  EXPECT_EQ(names("ALTER TABLE t MODIFY a INT AFTER c, MODIFY c INT AFTER id, ADD x INT, "
                  "ADD y INT FIRST, MODIFY b INT FIRST"),
            "b y id c a x");
  EXPECT_EQ(names("ALTER TABLE t MODIFY a INT AFTER b, MODIFY b INT AFTER c"), "id a c b");
  EXPECT_EQ(names("ALTER TABLE t RENAME COLUMN a TO z, DROP z"), "there is no column z");
  EXPECT_EQ(names("ALTER TABLE t CHANGE id pk INT, MODIFY t.a INT, DROP db.t.b"), "pk a c");
  const SchemaEdit swap = Edit(before, "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a");
  EXPECT_EQ(swap.columns,
            (std::vector<ColumnChange>{ColumnRenamed{"a", "b"}, ColumnRenamed{"b", "a"}}));
}

TEST(EditSchema, AKeyThatNoLongerTellsRowsApartStopsTheTable) {
  const TableSchema unique = Table("CREATE TABLE t (a VARCHAR(9) NOT NULL UNIQUE, b INT)");
  EXPECT_TRUE(Edit(unique, "ALTER TABLE t MODIFY a VARCHAR(9) NULL").cannot_follow);
  EXPECT_TRUE(Edit(unique, "ALTER TABLE t MODIFY a VARCHAR(9)").cannot_follow);
  EXPECT_FALSE(Edit(unique, "ALTER TABLE t CHANGE a k VARCHAR(20) NOT NULL").cannot_follow);
  EXPECT_FALSE(Edit(Table(kTable), "ALTER TABLE t MODIFY id BIGINT NULL").cannot_follow);
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t DROP INDEX `PRIMARY`").cannot_follow);
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t MODIFY id INT AUTO_INCREMENT").cannot_follow);
}

TEST(EditSchema, EnginesThatKeepNoRowsStopTheTable) {
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t ENGINE=BLACKHOLE").cannot_follow);
  EXPECT_FALSE(Edit(Table(kTable), "ALTER TABLE t ENGINE MyISAM COMMENT='x'").cannot_follow);
}

TEST(EditSchema, RenamesAreFollowedInTheKeyToo) {
  const SchemaEdit edit =
      Edit(Table(kTable), "ALTER TABLE t RENAME COLUMN id TO pk, CHANGE a `name` VARCHAR(20)");
  EXPECT_FALSE(edit.cannot_follow);
  EXPECT_EQ(Names(edit.after), "pk name b");
  EXPECT_EQ(edit.after.key, (std::vector<std::size_t>{0}));
  ASSERT_EQ(edit.columns.size(), 3U);
  EXPECT_EQ(edit.columns[0], ColumnChange(ColumnRenamed{"id", "pk"}));
  EXPECT_EQ(edit.columns[1], ColumnChange(ColumnRenamed{"a", "name"}));
  EXPECT_EQ(edit.columns[2], ColumnChange(ColumnRetyped{"name"}));
}

TEST(EditSchema, WideningIsFollowedAndNarrowingIsNot) {
  EXPECT_FALSE(Edit(Table(kTable), "ALTER TABLE t MODIFY id BIGINT").cannot_follow);
  EXPECT_FALSE(Edit(Table(kTable), "ALTER TABLE t MODIFY b DECIMAL(12,4)").cannot_follow);
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t MODIFY b DECIMAL(10,1)").cannot_follow);
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t MODIFY a INT").cannot_follow);
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t MODIFY b VARCHAR(20)").cannot_follow);
  EditContext lax = Context();
  lax.form.strict = false;
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t MODIFY a VARCHAR(5)", lax).cannot_follow);
  // A shorter one only where the text is not converted: what the table's default is, is not told.
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t MODIFY a VARCHAR(5)").cannot_follow);
  const TableSchema latin =
      Table("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9)) CHARSET latin1");
  EXPECT_FALSE(Edit(latin, "ALTER TABLE t MODIFY a VARCHAR(5) CHARACTER SET LATIN1").cannot_follow);
  EXPECT_TRUE(
      Edit(Table(kTable), "ALTER TABLE t MODIFY a VARCHAR(10) NOT NULL", lax).cannot_follow);
}

TEST(EditSchema, ChangesOfTheKeyAreNotFollowed) {
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t DROP COLUMN id").cannot_follow);
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t DROP PRIMARY KEY").cannot_follow);
  EXPECT_TRUE(
      Edit(Table(kTable), "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)").cannot_follow);
  EXPECT_FALSE(
      Edit(Table(kTable), "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id)").cannot_follow);
  EXPECT_FALSE(
      Edit(Table(kTable), "ALTER TABLE t ADD UNIQUE KEY u (a), DROP INDEX v").cannot_follow);
  EXPECT_TRUE(
      Edit(Table("CREATE TABLE t (a INT)"), "ALTER TABLE t ADD PRIMARY KEY (a)").cannot_follow);
}

TEST(EditSchema, RowsThatGoWithoutEventsStopTheTable) {
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t DROP PARTITION p0").cannot_follow);
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t TRUNCATE PARTITION p0").cannot_follow);
  EXPECT_TRUE(Edit(Table(kTable), "ALTER TABLE t IMPORT TABLESPACE").cannot_follow);
  EXPECT_FALSE(
      Edit(Table(kTable), "ALTER TABLE t ADD PARTITION (PARTITION p VALUES IN (1))").cannot_follow);
}

TEST(EditSchema, WhatDoesNotConcernColumnsChangesNothing) {
  const TableSchema before = Table(kTable);
  for (const char* sql :
       {"ALTER TABLE t ENGINE=InnoDB", "ALTER TABLE t COMMENT = 'a, b'", "ALTER TABLE t FORCE",
        "ALTER TABLE t ADD INDEX i (a), ADD FULLTEXT KEY f (a), DROP FOREIGN KEY x",
        "ALTER TABLE t AUTO_INCREMENT = 5, ROW_FORMAT=DYNAMIC", "ALTER TABLE t ORDER BY a, b",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 'x')", "ALTER TABLE t RENAME INDEX a TO b",
        "CREATE INDEX i ON t (a)", "ALTER TABLE t DEFAULT CHARSET=latin1"}) {
    const SchemaEdit edit = Edit(before, sql);
    EXPECT_FALSE(edit.cannot_follow) << sql << ": " << *edit.cannot_follow;
    EXPECT_EQ(edit.after, before) << sql;
  }
}

}  // namespace
}  // namespace foreset::mysql
