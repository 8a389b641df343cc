// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/lake/compaction.h"
#include "foreset/lake/lake_table.h"
#include "foreset/model/source_position.h"

namespace foreset::lake {

// One consistent cut through all bronze tables.
struct Epoch {
  SourcePosition position;                         // every bronze table is complete up to it
  std::map<std::string, delta::Version> versions;  // of the bronze tables there, by folder
  std::map<std::string, std::string> ids;          // their metaData.id; older programs: none
  Timestamp newest_commit;                         // of the source before it; zero: none seen
};

// `bronze/_epochs`: a row for every cut. Columns: position (JSON), epoch, server, file, pos, gtid,
// versions (JSON), newest_commit, committed_at. The domain foreset.bronze names the tables of the
// last cut by folder. Not thread-safe.
class EpochsTable {
 public:
  // kNotFound (kLakeEmpty) when there is none; makes nothing.
  static Result<std::unique_ptr<EpochsTable>> Open(std::shared_ptr<ObjectStore> store,
                                                   const LakeOptions& options);
  static Result<std::unique_ptr<EpochsTable>> OpenOrCreate(std::shared_ptr<ObjectStore> store,
                                                           const LakeOptions& options);

  // Durable on return. A position below the latest is refused (kInternal): cuts never go back.
  Status Append(const Epoch& epoch);
  // The position to restart from; nothing before the first epoch.
  std::optional<SourcePosition> latest() const;
  // The last cut; nothing before the first. Reads the newest files.
  Result<std::optional<Epoch>> Last() const;
  const LakeTable& table() const { return table_; }
  Result<bool> Maintain(const CompactionPolicy& policy);

 private:
  explicit EpochsTable(LakeTable table) : table_(std::move(table)) {}

  LakeTable table_;
};

}  // namespace foreset::lake
