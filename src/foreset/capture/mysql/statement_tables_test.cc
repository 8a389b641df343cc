// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/statement_tables.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace foreset::mysql {
namespace {

bool Names(std::string_view sql, const TableId& table) {
  const auto tables = TablesChangedBy(sql, "shop", {});
  return tables && std::ranges::find(*tables, table) != tables->end();
}

TEST(StatementTablesTest, WhatAStatementChangesIsNamed) {
  for (const char* sql : {
           "UPDATE t SET v = 3 WHERE id = 1",
           "update low_priority ignore `t` set v = 3",
           "UPDATE o JOIN shop.t ON o.id = t.id SET t.v = 1",
           "UPDATE (o, t) SET t.v = o.v",
           "DELETE FROM t WHERE id = 1",
           "DELETE t.* FROM o, t WHERE o.id = t.id",
           "DELETE FROM shop.t USING t JOIN o",
           "INSERT INTO t VALUES (1, 'o')",
           "INSERT LOW_PRIORITY IGNORE t(id) SELECT id FROM o",
           "/* hint */ REPLACE INTO `shop`.`t` SET id = 1",
           "WITH x AS (SELECT 1) UPDATE t, x SET v = 2",
           "LOAD DATA INFILE '/tmp/a' REPLACE INTO TABLE `t` FIELDS TERMINATED BY ','",
           "UPDATE shop . t SET v = 2",
           "SET STATEMENT max_statement_time = 10 FOR UPDATE t SET v = 2",
       }) {
    EXPECT_TRUE(Names(sql, {"shop", "t"})) << sql;
  }
}

TEST(StatementTablesTest, WhatItOnlyReadsOrSaysIsNot) {
  for (const char* sql : {
           "INSERT INTO o SELECT * FROM t",
           "UPDATE o SET v = 't' WHERE id IN (SELECT id FROM t)",
           "DELETE FROM o WHERE v = 't'",
           "UPDATE other.t SET v = 1",
       }) {
    EXPECT_FALSE(Names(sql, {"shop", "t"})) << sql;
    EXPECT_TRUE(TablesChangedBy(sql, "shop", {})) << sql;
  }
}

TEST(StatementTablesTest, WhatTheTextDoesNotTellIsUnknown) {
  for (const char* sql : {"CALL fill()", "DO f()", "SELECT shop.f(1)", "LOAD", "", "INSERT"}) {
    EXPECT_FALSE(TablesChangedBy(sql, "shop", {})) << sql;
  }
}

}  // namespace
}  // namespace foreset::mysql
