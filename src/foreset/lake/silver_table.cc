// SPDX-License-Identifier: MIT
#include "foreset/lake/silver_table.h"

#include <utility>

namespace foreset::lake {
namespace {

UpsertShape SilverShape() { return {.time_column = "_source_ts", .columns = {}}; }

}  // namespace

SilverTable::SilverTable(std::unique_ptr<UpsertTable> rows, std::string table)
    : rows_(std::move(rows)), name_("silver/" + std::move(table)) {}

Result<std::unique_ptr<SilverTable>> SilverTable::Create(std::shared_ptr<ObjectStore> store,
                                                         const LakeOptions& options,
                                                         const TableSchema& schema) {
  const std::string table = schema.id.table;
  auto rows = TRY(UpsertTable::Create(std::move(store), table, options, SilverShape(), schema));
  return std::unique_ptr<SilverTable>(new SilverTable(std::move(rows), table));
}

Result<std::unique_ptr<SilverTable>> SilverTable::Open(std::shared_ptr<ObjectStore> store,
                                                       std::string table,
                                                       const LakeOptions& options) {
  auto rows = TRY(UpsertTable::Open(std::move(store), table, options, SilverShape()));
  return std::unique_ptr<SilverTable>(new SilverTable(std::move(rows), std::move(table)));
}

const Progress& SilverTable::progress() const { return rows_->progress(); }

Status SilverTable::Stage(const ChangeBatch& batch) {
  const KeyedChanges changes = TRY(rows_->Key(batch));
  return rows_->Stage(changes, TRY(rows_->Reduce(changes)));
}

Status SilverTable::Evolve(const SchemaChange& change) { return rows_->Evolve(change); }

Status SilverTable::Commit(BatchNumber batch, const std::optional<SourcePosition>& position) {
  return rows_->Commit(batch, position);
}

Status SilverTable::Flush() { return rows_->Flush(); }

Status SilverTable::Refresh() { return rows_->Refresh(); }

Result<bool> SilverTable::Maintain(const CompactionPolicy& policy) {
  return rows_->Maintain(policy);
}

ApplyCounts SilverTable::counts() const { return rows_->counts(); }

std::size_t SilverTable::memory_bytes() const { return rows_->memory_bytes(); }

}  // namespace foreset::lake
