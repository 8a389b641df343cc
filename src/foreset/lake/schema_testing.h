// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <arrow/api.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/lake/lake_testing.h"
#include "foreset/model/schema_change.h"

namespace foreset::lake {

// For tests: what a source's table went through, statement by statement and row by row, with the
// rows that it has in the end. Names come and go with all types; a number reads the same under
// each.
class TableScript {
 public:
  using Item = std::variant<SchemaChange, std::shared_ptr<const ChangeBatch>>;
  using Row = std::map<std::string, std::optional<std::string>>;  // by column

  explicit TableScript(unsigned seed) : random_(seed) {
    TableSchema schema{{"store", "T"}, SchemaVersion(1), {}, KeyKind::kPrimary, {0}};
    schema.columns = {Column("id", SourceType::kInt), Column("a", SourceType::kInt),
                      Column("b", SourceType::kVarChar)};
    schema.columns[0].nullable = false;
    first_ = schema_ = std::make_shared<const TableSchema>(schema);
  }

  static ColumnSchema Column(std::string name, SourceType type) {
    ColumnSchema column;
    column.name = std::move(name);
    column.type = type;
    column.length = type == SourceType::kVarChar ? 20 : 0;
    column.declared_type = type == SourceType::kInt      ? "int"
                           : type == SourceType::kBigInt ? "bigint"
                                                         : "varchar(20)";
    return column;
  }

  // `count` items, some of them statements.
  void Play(int count) {
    for (int i = 0; i < count; ++i) {
      switch (random_() % 8) {
        case 0:
          Add(FreeName(), AnyType(),
              random_() % 2 == 0 ? std::optional<std::string>("7") : std::nullopt);
          break;
        case 1:
          if (const auto name = AnyColumn()) Drop(*name);
          break;
        case 2:
          if (const auto name = AnyColumn()) Rename(*name, FreeName());
          break;
        case 3:
          if (const auto name = AnyColumn()) Replace(*name, AnyType());
          break;
        case 4:
          if (random_() % 4 == 0) MakeAnew(AnyType());
          break;
        default:
          ChangeRows(1 + random_() % 5);
      }
    }
    ChangeRows(3);
  }

  void Add(const std::string& name, SourceType type, const std::optional<std::string>& value) {
    TableSchema after = *schema_;
    after.columns.push_back(Column(name, type));
    for (auto& [key, row] : rows_) row[name] = value;
    Alter(std::move(after), {ColumnAdded{name, value}});
  }
  void Drop(const std::string& name) {
    TableSchema after = *schema_;
    std::erase_if(after.columns, [&](const auto& column) { return column.name == name; });
    for (auto& [key, row] : rows_) row.erase(name);
    Alter(std::move(after), {ColumnDropped{name}});
  }
  void Rename(const std::string& from, const std::string& to) {
    TableSchema after = *schema_;
    after.columns[*after.FindColumn(from)].name = to;
    for (auto& [key, row] : rows_) {
      auto moved = row.extract(from);
      moved.key() = to;
      row.insert(std::move(moved));
    }
    Alter(std::move(after), {ColumnRenamed{from, to}});
  }
  // ALTER TABLE … DROP COLUMN a, ADD COLUMN a.
  void Replace(const std::string& name, SourceType type) {
    TableSchema after = *schema_;
    std::erase_if(after.columns, [&](const auto& column) { return column.name == name; });
    after.columns.push_back(Column(name, type));
    for (auto& [key, row] : rows_) row[name] = "7";
    Alter(std::move(after), {ColumnDropped{name}, ColumnAdded{name, "7"}});
  }
  // ALTER TABLE … RENAME COLUMN a TO b, RENAME COLUMN b TO a.
  void Swap(const std::string& one, const std::string& other) {
    TableSchema after = *schema_;
    std::swap(after.columns[*after.FindColumn(one)].name,
              after.columns[*after.FindColumn(other)].name);
    for (auto& [key, row] : rows_) std::swap(row.at(one), row.at(other));
    Alter(std::move(after), {ColumnRenamed{one, other}, ColumnRenamed{other, one}});
  }
  // DROP TABLE and CREATE TABLE with other types.
  void MakeAnew(SourceType key_type) {
    SchemaChange drop = Change(SchemaChangeKind::kDrop);
    items_.emplace_back(std::move(drop));
    TableSchema after = *schema_;
    after.version = schema_->version.Next();
    after.columns = {Column("id", key_type), Column("b", AnyType()), Column("a", AnyType())};
    after.columns[0].nullable = false;
    rows_.clear();
    SchemaChange create = Change(SchemaChangeKind::kCreate);
    schema_ = create.after = std::make_shared<const TableSchema>(std::move(after));
    items_.emplace_back(std::move(create));
  }
  // Inserts, updates and deletes.
  void ChangeRows(std::size_t count) {
    BatchOf batch(schema_);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = std::to_string(random_() % 6);
      const auto old = rows_.find(key);
      std::optional<Row> before;
      std::optional<Row> after;
      if (old != rows_.end()) before = old->second;
      if (!before || random_() % 3 != 0) {
        after = Row{};
        for (const ColumnSchema& column : schema_->columns) {
          (*after)[column.name] = std::to_string(random_() % 10);
        }
        (*after)["id"] = key;
      }
      const Operation operation = !before  ? Operation::kInsert
                                  : !after ? Operation::kDelete
                                           : Operation::kUpdate;
      batch.Add(operation, before, after, next_++);
      if (after) {
        rows_[key] = *after;
      } else {
        rows_.erase(key);
      }
    }
    items_.emplace_back(batch.Finish());
  }

  const std::shared_ptr<const TableSchema>& first() const { return first_; }
  const std::shared_ptr<const TableSchema>& schema() const { return schema_; }
  const std::vector<Item>& items() const { return items_; }
  // Where the item ends.
  static SourcePosition EndOf(const Item& item) {
    const auto* change = std::get_if<SchemaChange>(&item);
    const Sequence last =
        change != nullptr ? change->sequence
                          : std::get<std::shared_ptr<const ChangeBatch>>(item)->sequences.back();
    SourcePosition end = PositionOf(0);
    end.offset = last.position() + 50;
    return end;
  }
  // The rows now, cells joined by '|' in the order of the columns, sorted.
  std::vector<std::string> Rows() const {
    std::vector<std::string> rows;
    for (const auto& [key, row] : rows_) {
      std::string line;
      for (const ColumnSchema& column : schema_->columns) {
        line += (line.empty() ? "" : "|") + row.at(column.name).value_or("NULL");
      }
      rows.push_back(line);
    }
    std::ranges::sort(rows);
    return rows;
  }

 private:
  // Builds one batch.
  class BatchOf {
   public:
    explicit BatchOf(std::shared_ptr<const TableSchema> schema) {
      batch_.schema = std::move(schema);
    }

    void Add(Operation operation, std::optional<Row> before, std::optional<Row> after,
             std::uint64_t ordinal) {
      const SourcePosition at = PositionOf(ordinal);
      batch_.operations.push_back(operation);
      batch_.sequences.emplace_back(0, 1, at.offset + 50, 0, operation);
      batch_.event_rows.push_back(0);
      batch_.event_offsets.push_back(at.offset + 50);
      batch_.transaction_of.push_back(static_cast<std::uint32_t>(batch_.transactions.size()));
      batch_.transactions.push_back(
          {.id = std::to_string(ordinal),
           .gtid = std::to_string(ordinal),
           .file = at.file,
           .offset = at.offset,
           .committed_at = Timestamp(static_cast<std::int64_t>(ordinal))});
      before_.push_back(std::move(before));
      after_.push_back(std::move(after));
    }

    std::shared_ptr<const ChangeBatch> Finish() {
      batch_.before = Image(before_);
      batch_.after = Image(after_);
      return std::make_shared<const ChangeBatch>(std::move(batch_));
    }

   private:
    std::shared_ptr<arrow::RecordBatch> Image(const std::vector<std::optional<Row>>& rows) const {
      const auto columns = ArrowSchemaOf(*batch_.schema);
      auto builder =
          arrow::RecordBatchBuilder::Make(columns, arrow::default_memory_pool()).ValueOrDie();
      for (const auto& row : rows) {
        for (int i = 0; i < columns->num_fields(); ++i) {
          const auto cell = row ? row->at(columns->field(i)->name()) : std::nullopt;
          auto* field = builder->GetField(i);
          arrow::Status status = arrow::Status::OK();
          if (!cell) {
            status = field->AppendNull();
          } else if (columns->field(i)->type()->id() == arrow::Type::STRING) {
            status = static_cast<arrow::StringBuilder*>(field)->Append(*cell);
          } else if (columns->field(i)->type()->id() == arrow::Type::INT64) {
            status = static_cast<arrow::Int64Builder*>(field)->Append(std::stoi(*cell));
          } else {
            status = static_cast<arrow::Int32Builder*>(field)->Append(std::stoi(*cell));
          }
          EXPECT_TRUE(status.ok());
        }
      }
      return builder->Flush().ValueOrDie();
    }

    ChangeBatch batch_;
    std::vector<std::optional<Row>> before_;
    std::vector<std::optional<Row>> after_;
  };

  SchemaChange Change(SchemaChangeKind kind) {
    SchemaChange change;
    change.kind = kind;
    change.table = schema_->id;
    change.sequence = Sequence(0, 1, PositionOf(next_++).offset + 50, 0, Operation::kTruncate);
    change.ddl = "statement";
    return change;
  }
  void Alter(TableSchema after, std::vector<ColumnChange> columns) {
    after.version = schema_->version.Next();
    SchemaChange change = Change(SchemaChangeKind::kAlter);
    schema_ = change.after = std::make_shared<const TableSchema>(std::move(after));
    change.columns = std::move(columns);
    items_.emplace_back(std::move(change));
  }

  SourceType AnyType() {
    constexpr SourceType kTypes[] = {SourceType::kInt, SourceType::kBigInt, SourceType::kVarChar};
    return kTypes[random_() % 3];
  }
  std::string FreeName() {
    const std::vector<std::string> names = {"a", "b", "a__2", "c", "a__3", "b__2"};
    for (;;) {
      const std::string& name = names[random_() % names.size()];
      if (!schema_->FindColumn(name)) return name;
      if (schema_->columns.size() > names.size()) return fmt::format("n{}", next_);
    }
  }
  // Not the key.
  std::optional<std::string> AnyColumn() {
    if (schema_->columns.size() < 2) return std::nullopt;
    return schema_->columns[1 + random_() % (schema_->columns.size() - 1)].name;
  }

  std::mt19937 random_;
  std::shared_ptr<const TableSchema> first_;
  std::shared_ptr<const TableSchema> schema_;
  std::map<std::string, Row> rows_;  // by key
  std::vector<Item> items_;
  std::uint64_t next_ = 1;
};

}  // namespace foreset::lake
