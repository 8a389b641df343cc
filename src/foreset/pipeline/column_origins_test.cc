// SPDX-License-Identifier: MIT
#include "foreset/pipeline/column_origins.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "foreset/model/arrow_types.h"

namespace foreset::pipeline {
namespace {

// A table of integers under the given names, with its statements one after another.
class ColumnOriginsTest : public ::testing::Test {
 protected:
  static TableSchema Schema(const std::vector<std::string>& names, int version) {
    TableSchema schema{{"shop", "T"}, SchemaVersion(version), {}, KeyKind::kPrimary, {0}};
    for (const std::string& name : names) {
      schema.columns.push_back({.name = name, .type = SourceType::kInt});
    }
    return schema;
  }
  static Sequence At(std::uint64_t place) { return {0, 1, place, 0, Operation::kTruncate}; }

  void Does(SchemaChangeKind kind, const std::vector<std::string>& names,
            std::vector<ColumnChange> columns = {}) {
    SchemaChange change;
    change.kind = kind;
    change.table = {"shop", "T"};
    change.sequence = At(100 * (changes_.size() + 1));
    if (kind != SchemaChangeKind::kDrop) {
      last_ = Schema(names, static_cast<int>(changes_.size()) + 1);
      change.after = std::make_shared<const TableSchema>(last_);
    }
    change.columns = std::move(columns);
    changes_.push_back(std::move(change));
  }

  // A row with those values, written after the `nth` statement, as the last schema has it.
  std::string Mapped(std::size_t nth, const std::vector<std::pair<std::string, int>>& values) {
    const ColumnOrigins origins(last_, changes_, At(1'000'000));
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const auto& [name, value] : values) {
      arrow::Int32Builder builder;
      if (!builder.Append(value).ok()) return "no memory";
      arrays.push_back(builder.Finish().ValueOrDie());
      fields.push_back(arrow::field(name, arrow::int32()));
    }
    const auto rows = arrow::RecordBatch::Make(arrow::schema(fields), 1, arrays);
    const auto mapped = origins.Map(*rows, origins.PeriodOf(At(100 * nth + 50)));
    if (!mapped) return mapped.error().ToString();
    std::string text;
    for (int i = 0; i < (*mapped)->num_columns(); ++i) {
      text += (text.empty() ? "" : " ") + (*mapped)->schema()->field(i)->name() + "=" +
              (*mapped)->column(i)->GetScalar(0).ValueOrDie()->ToString();
    }
    return text;
  }

  std::vector<SchemaChange> changes_;
  TableSchema last_;
};

TEST_F(ColumnOriginsTest, ANameThereAndBackKeepsWhatWasWrittenUnderTheOther) {
  Does(SchemaChangeKind::kCreate, {"id", "v"});
  Does(SchemaChangeKind::kAlter, {"id", "w"}, {ColumnRenamed{"v", "w"}});
  Does(SchemaChangeKind::kAlter, {"id", "v"}, {ColumnRenamed{"w", "v"}});
  EXPECT_EQ(Mapped(1, {{"id", 1}, {"v", 7}, {"w", 0}}), "id=1 v=7");
  EXPECT_EQ(Mapped(2, {{"id", 1}, {"v", 0}, {"w", 8}}), "id=1 v=8");
  EXPECT_EQ(Mapped(3, {{"id", 1}, {"v", 9}, {"w", 0}}), "id=1 v=9");
}

TEST_F(ColumnOriginsTest, ColumnsThatChangeNamesWithEachOtherDoItAtOnce) {
  Does(SchemaChangeKind::kCreate, {"id", "a", "b"});
  Does(SchemaChangeKind::kAlter, {"id", "b", "a"},
       {ColumnRenamed{"a", "b"}, ColumnRenamed{"b", "a"}});
  EXPECT_EQ(Mapped(1, {{"id", 1}, {"a", 2}, {"b", 3}}), "id=1 b=2 a=3");
}

TEST_F(ColumnOriginsTest, ANameThatDiffersInCaseAloneIsTheSameColumnOfTheLake) {
  Does(SchemaChangeKind::kCreate, {"id", "name"});
  Does(SchemaChangeKind::kAlter, {"id", "Name"}, {ColumnRenamed{"name", "Name"}});
  EXPECT_EQ(Mapped(1, {{"id", 1}, {"name", 4}}), "id=1 Name=4");
  EXPECT_EQ(Mapped(2, {{"id", 1}, {"name", 5}}), "id=1 Name=5");
}

TEST_F(ColumnOriginsTest, ExistingRowsHaveWhatTheStatementGaveThemUnderAnyLaterName) {
  Does(SchemaChangeKind::kCreate, {"id"});
  Does(SchemaChangeKind::kAlter, {"id", "x"}, {ColumnAdded{"x", "5"}});
  Does(SchemaChangeKind::kAlter, {"id", "y"}, {ColumnRenamed{"x", "y"}});
  EXPECT_EQ(Mapped(1, {{"id", 1}}), "id=1 y=5");
  EXPECT_EQ(Mapped(2, {{"id", 1}, {"x", 6}}), "id=1 y=6");
}

TEST_F(ColumnOriginsTest, ANameThatIsDroppedAndAddedAgainIsAnotherColumn) {
  Does(SchemaChangeKind::kCreate, {"id", "a"});
  Does(SchemaChangeKind::kAlter, {"id"}, {ColumnDropped{"a"}});
  Does(SchemaChangeKind::kAlter, {"id", "a"}, {ColumnAdded{"a", std::nullopt}});
  EXPECT_EQ(Mapped(1, {{"id", 1}, {"a", 2}}), "id=1 a=null");
  EXPECT_EQ(Mapped(3, {{"id", 1}, {"a", 3}}), "id=1 a=3");
}

TEST_F(ColumnOriginsTest, RowsOfATableThatWasDroppedAreGone) {
  Does(SchemaChangeKind::kCreate, {"id", "a"});
  Does(SchemaChangeKind::kDrop, {});
  Does(SchemaChangeKind::kCreate, {"id", "b"});
  EXPECT_EQ(ColumnOrigins(last_, changes_, At(1'000'000)).made(), changes_.back().sequence);
  EXPECT_EQ(ColumnOrigins(last_, changes_, At(250)).made(), Sequence()) << "not made again yet";
}

TEST_F(ColumnOriginsTest, AColumnThatShouldBeThereIsMissed) {
  Does(SchemaChangeKind::kCreate, {"id", "a"});
  EXPECT_NE(Mapped(1, {{"id", 1}}).find("E6204"), std::string::npos);
}

}  // namespace
}  // namespace foreset::pipeline
