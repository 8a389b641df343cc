// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "foreset/lake/follower.h"
#include "foreset/lake/upsert_table.h"

namespace foreset::lake {

// `silver/<Table>`: the source's current rows: its columns, `_seq`, `_source_ts`.
class SilverTable final : public Follower {
 public:
  // `schema` as bronze has it at batch 0 of the replay, which then brings everything.
  static Result<std::unique_ptr<SilverTable>> Create(std::shared_ptr<ObjectStore> store,
                                                     const LakeOptions& options,
                                                     const TableSchema& schema);
  static Result<std::unique_ptr<SilverTable>> Open(std::shared_ptr<ObjectStore> store,
                                                   std::string table, const LakeOptions& options);

  const std::string& name() const override { return name_; }
  const Progress& progress() const override;
  Status Stage(const ChangeBatch& batch) override;
  Status Evolve(const SchemaChange& change) override;
  Status Commit(BatchNumber batch, const std::optional<SourcePosition>& position) override;
  Status Flush() override;
  Status Refresh() override;
  Result<bool> Maintain(const CompactionPolicy& policy) override;
  ApplyCounts counts() const override;
  std::size_t memory_bytes() const override;

  const LakeTable& table() const { return rows_->table(); }

 private:
  SilverTable(std::unique_ptr<UpsertTable> rows, std::string table);

  std::unique_ptr<UpsertTable> rows_;
  std::string name_;
};

}  // namespace foreset::lake
