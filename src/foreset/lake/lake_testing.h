// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/api.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/delta/table_scan.h"
#include "foreset/lake/bronze_table.h"
#include "foreset/lake/catch_up.h"
#include "foreset/lake/gold_dimension.h"
#include "foreset/lake/silver_table.h"
#include "foreset/storage/memory/faulty_store.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::lake {

// For tests: a source table `Shop (ID int PRIMARY KEY, Name varchar, Qty int)`.
struct ShopRow {
  int id = 0;
  std::string name;
  int qty = 0;
  auto operator<=>(const ShopRow&) const = default;
};

inline TableSchema ShopSchema(KeyKind key_kind = KeyKind::kPrimary) {
  TableSchema schema{{"store", "Shop"}, SchemaVersion(1), {}, key_kind, {}};
  if (key_kind != KeyKind::kWholeRow) schema.key = {0};
  schema.columns.push_back({.name = "ID", .nullable = false, .declared_type = "int"});
  schema.columns.push_back(
      {.name = "Name", .type = SourceType::kVarChar, .length = 50, .declared_type = "varchar(50)"});
  schema.columns.push_back({.name = "Qty", .declared_type = "int"});
  return schema;
}

// Where the n-th transaction of the source begins.
inline SourcePosition PositionOf(std::uint64_t n) {
  return {.server = "s", .file = "binlog.000001", .offset = n * 100};
}

// Builds the changes of one round. Columns beyond the three of ShopRow are NULL.
class ShopChanges {
 public:
  // `first`: the ordinal of the first transaction.
  ShopChanges(std::shared_ptr<const TableSchema> schema, std::uint64_t first)
      : schema_(std::move(schema)), next_(first) {}

  void Insert(const ShopRow& after) { Add(Operation::kInsert, {}, after); }
  void Update(const ShopRow& before, const ShopRow& after) {
    Add(Operation::kUpdate, before, after);
  }
  void Delete(const ShopRow& before) { Add(Operation::kDelete, before, {}); }
  void Truncate() { Add(Operation::kTruncate, {}, {}); }
  // The n-th row of a backfill at the first transaction.
  void Snapshot(const ShopRow& row, std::uint64_t ordinal) {
    Add(Operation::kSnapshot, {}, row);
    batch_.sequences.back() = PositionOf(next_ - 1).ForSnapshotRow(ordinal);
    --next_;
  }

  std::uint64_t next() const { return next_; }
  bool empty() const { return batch_.empty(); }

  std::shared_ptr<const ChangeBatch> Build() {
    auto batch = std::make_shared<ChangeBatch>(batch_);
    batch->schema = schema_;
    batch->before = Image(before_);
    batch->after = Image(after_);
    return batch;
  }

 private:
  void Add(Operation operation, std::optional<ShopRow> before, std::optional<ShopRow> after) {
    const SourcePosition at = PositionOf(next_++);
    batch_.operations.push_back(operation);
    batch_.sequences.emplace_back(0, 1, at.offset + 50, 0, operation);
    batch_.event_rows.push_back(0);
    batch_.event_offsets.push_back(at.offset + 50);
    batch_.transaction_of.push_back(static_cast<std::uint32_t>(batch_.transactions.size()));
    batch_.transactions.push_back(
        {.id = fmt::format("s:{}", at.offset),
         .gtid = fmt::format("s:{}", at.offset),
         .file = at.file,
         .offset = at.offset,
         .committed_at = Timestamp(1'000'000 + static_cast<std::int64_t>(at.offset))});
    before_.push_back(std::move(before));
    after_.push_back(std::move(after));
  }

  std::shared_ptr<arrow::RecordBatch> Image(const std::vector<std::optional<ShopRow>>& rows) {
    const auto columns = ArrowSchemaOf(*schema_);
    auto builder =
        arrow::RecordBatchBuilder::Make(columns, arrow::default_memory_pool()).ValueOrDie();
    const auto append = [&](int column, const auto& value) {
      auto* field = builder->GetField(column);
      switch (columns->field(column)->type()->id()) {
        case arrow::Type::INT64:
          return static_cast<arrow::Int64Builder*>(field)->Append(value);
        default:
          return static_cast<arrow::Int32Builder*>(field)->Append(value);
      }
    };
    for (const auto& row : rows) {
      for (int i = 0; i < columns->num_fields(); ++i) {
        const std::string& name = columns->field(i)->name();
        auto* field = builder->GetField(i);
        arrow::Status status;
        if (row && name == "ID") {
          status = append(i, row->id);
        } else if (row && name == "Qty") {
          status = append(i, row->qty);
        } else if (row && name == "Name") {
          status = static_cast<arrow::StringBuilder*>(field)->Append(row->name);
        } else {
          status = field->AppendNull();
        }
        EXPECT_TRUE(status.ok());
      }
    }
    return builder->Flush().ValueOrDie();
  }

  std::shared_ptr<const TableSchema> schema_;
  std::uint64_t next_;
  ChangeBatch batch_;
  std::vector<std::optional<ShopRow>> before_;
  std::vector<std::optional<ShopRow>> after_;
};

// For ASSERT_TRUE: says what went wrong.
template <typename T>
testing::AssertionResult IsOk(const Result<T>& result) {
  if (result) return testing::AssertionSuccess();
  return testing::AssertionFailure() << result.error().ToString();
}

class LakeFixture : public testing::Test {
 protected:
  LakeOptions Options(UpsertMode upsert = UpsertMode::kDeletionVectors) {
    LakeOptions options;
    options.name = "test";
    options.clock = &clock_;
    options.make_id = [this] { return fmt::format("00000000-0000-0000-0000-{:012x}", ++ids_); };
    options.upsert = upsert;
    options.checkpoint_every = 7;
    return options;
  }

  std::shared_ptr<ObjectStore> Folder(const std::string& name) { return SubStore(store_, name); }

  // Every row as text, cells joined by '|', sorted.
  static std::vector<std::string> Rows(const LakeTable& table) {
    std::vector<std::string> rows;
    const auto read = [&](const delta::ScannedBatch& scanned) -> Status {
      for (std::int64_t row = 0; row < scanned.batch->num_rows(); ++row) {
        std::string line;
        for (int i = 0; i < scanned.batch->num_columns(); ++i) {
          const auto scalar = scanned.batch->column(i)->GetScalar(row).ValueOrDie();
          line += (i == 0 ? "" : "|") + (scalar->is_valid ? scalar->ToString() : "NULL");
        }
        rows.push_back(std::move(line));
      }
      return {};
    };
    const auto snapshot = delta::Snapshot::Load(table.shared_store());
    EXPECT_TRUE(snapshot) << snapshot.error().ToString();
    if (!snapshot) return rows;
    const Status scanned = delta::ScanTable(table.store(), **snapshot, {}, read);
    EXPECT_TRUE(scanned) << scanned.error().ToString();
    std::ranges::sort(rows);
    return rows;
  }

  ManualClock clock_{Timestamp(1'700'000'000'000'000)};
  std::shared_ptr<MemoryStore> memory_ = std::make_shared<MemoryStore>(clock_);
  std::shared_ptr<FaultyStore> store_ = std::make_shared<FaultyStore>(memory_);
  std::uint64_t ids_ = 0;
};

}  // namespace foreset::lake
