// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/schema_follower.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "foreset/base/errors/topics.h"
#include "foreset/capture/debezium/declared_table.h"
#include "foreset/capture/debezium/schema_difference.h"

namespace foreset::debezium {
namespace {

constexpr SourceEpoch kEpoch(0);
using Columns = std::vector<std::pair<std::string, std::string>>;
const Columns kIdV = {{"id", "int"}, {"v", "varchar(20)"}};

TableSchema Table(const std::string& name, Columns columns) {
  return *SchemaOf({{"d", name}, std::move(columns), {"id"}}, false);
}

SchemaRecord Record(std::string ddl, std::uint64_t position, const TableSchema& table,
                    std::optional<TableId> renamed_from = {}) {
  SchemaRecord record;
  record.file = "b.000001";
  record.position = position;
  record.database = "d";
  record.ddl = std::move(ddl);
  record.changes.push_back({TableChangeKind::kAlter, table.id, std::move(renamed_from), table});
  return record;
}

SchemaRecord Described(std::uint64_t position, const TableSchema& table) {
  SchemaRecord record = Record("CREATE TABLE " + table.id.table, position, table);
  record.snapshot = SnapshotKind::kInitial;
  return record;
}

std::vector<SchemaChange> Apply(SchemaFollower& follower, const SchemaRecord& record) {
  std::vector<SchemaChange> changes;
  const auto effects = follower.Apply(record, kEpoch);
  EXPECT_TRUE(effects);
  for (const auto& effect : *effects) changes.push_back(std::get<SchemaChange>(effect));
  return changes;
}

SchemaFollower Follower(mysql::SchemaRegistry known = {}) {
  return {mysql::TableFilter({"*"}, {}), std::move(known)};
}

TEST(SchemaFollower, ATableWhoseRowsCameWithItsNameStops) {
  SchemaFollower follower = Follower();
  ASSERT_EQ(Apply(follower, Described(100, Table("A", kIdV))).size(), 1U);
  const auto renamed =
      Apply(follower, Record("RENAME TABLE A TO A2", 200, Table("A2", kIdV), TableId{"d", "A"}));
  ASSERT_EQ(renamed.size(), 2U);
  const auto arrived = std::ranges::find(renamed, TableId{"d", "A2"}, &SchemaChange::table);
  ASSERT_NE(arrived, renamed.end());
  ASSERT_TRUE(arrived->cannot_follow);
  EXPECT_EQ(arrived->cannot_follow->code, topics_error::kRowsNotTold);
  // Whatever becomes of its columns, its rows are not there.
  const Columns wider = {{"id", "int"}, {"v", "varchar(20)"}, {"w", "int"}};
  const auto altered = Apply(follower, Record("ALTER TABLE A2 ADD w INT", 300, Table("A2", wider)));
  ASSERT_EQ(altered.size(), 1U);
  EXPECT_TRUE(altered[0].cannot_follow);
  // Until a snapshot brings them.
  const auto copied = Apply(follower, Described(400, Table("A2", wider)));
  ASSERT_EQ(copied.size(), 1U);
  EXPECT_EQ(copied[0].kind, SchemaChangeKind::kCreate);
  EXPECT_FALSE(copied[0].cannot_follow);
}

TEST(SchemaFollower, ATableWhoseFirstRecordIsGoneBeginsWithTheNext) {
  SchemaFollower follower = Follower();
  const auto changes = Apply(follower, Record("ALTER TABLE A ADD v INT", 200, Table("A", kIdV)));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].kind, SchemaChangeKind::kCreate);
  EXPECT_FALSE(changes[0].cannot_follow);
  EXPECT_TRUE(follower.Tells({"d", "A"}));
  EXPECT_FALSE(follower.Tells({"d", "B"}));
}

TEST(SchemaFollower, ColumnsThatAreLeftOutAreNoColumnsEver) {
  const Columns all = {{"id", "int"}, {"secret", "varchar(20)"}, {"v", "varchar(20)"}};
  Columns wider = all;
  wider.emplace_back("w", "int");
  SchemaFollower follower = Follower();
  Apply(follower, Described(100, Table("A", all)));
  const auto rest = std::make_shared<const TableSchema>(Without(Table("A", all), {"secret"}));
  const Sequence since(0, 1, 150, 0, Operation::kInsert);
  follower.LeaveOut(rest, {"secret"}, since);
  mysql::SchemaRegistry known;
  known.Put(rest, since);
  SchemaFollower restarted = Follower(known);
  EXPECT_TRUE(Apply(restarted, Described(100, Table("A", all))).empty());
  for (SchemaFollower* each : {&follower, &restarted}) {
    const auto changes = Apply(*each, Record("ALTER TABLE A ADD w INT", 200, Table("A", wider)));
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_FALSE(changes[0].cannot_follow);
    EXPECT_TRUE(changes[0].after->FindColumn("w"));
    EXPECT_FALSE(changes[0].after->FindColumn("secret"));
  }
}

TEST(SchemaDifference, AColumnGoneBesideOneThatHasComeMayBeRenamed) {
  const TableSchema before = Table("A", kIdV);
  const auto to = [&](Columns columns) { return DifferenceOf(before, Table("A", columns), {}); };
  EXPECT_TRUE(to({{"id", "int"}, {"w", "varchar(20)"}}).cannot_follow);
  EXPECT_FALSE(to({{"id", "int"}}).cannot_follow);
  EXPECT_FALSE(to({{"id", "int"}, {"v", "varchar(20)"}, {"w", "int"}}).cannot_follow);
  EXPECT_TRUE(to({{"id", "int"}, {"v", "int"}}).cannot_follow);
}

TEST(SchemaDifference, TellsWhatARowLacks) {
  const TableSchema table = Table("A", {{"id", "int"}, {"v", "int"}, {"secret", "int"}});
  EXPECT_EQ(LeftOut(table, R"({"id":1,"v":2})"), std::set<std::string>{"secret"});
  EXPECT_TRUE(LeftOut(table, R"({"id":1,"v":2,"secret":null})").empty());
  EXPECT_TRUE(LeftOut(table, R"({"id":1,"v":2,"other":3})").empty());  // renamed, maybe
  EXPECT_TRUE(LeftOut(table, R"({"v":2,"secret":3})").empty());        // of the key
  const TableSchema rest = Without(table, {"v"});
  EXPECT_EQ(rest.columns.size(), 2U);
  EXPECT_EQ(rest.key, std::vector<std::size_t>{0});
}

}  // namespace
}  // namespace foreset::debezium
