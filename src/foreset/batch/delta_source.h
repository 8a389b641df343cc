// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/source.h"
#include "foreset/delta/snapshot.h"
#include "foreset/storage/object_store.h"
#include "foreset/storage/open.h"

namespace foreset::batch {

struct DeltaSourceOptions {
  std::string location;                                  // a folder or URI: a folder a table
  std::string database;                                  // of which the tables are said to be
  std::map<std::string, std::vector<std::string>> keys;  // columns of each table that has a key
  StoreOptions stores;
};

// A table as it was when it was looked at.
struct DeltaTable {
  std::shared_ptr<ObjectStore> store;
  std::shared_ptr<const delta::Snapshot> snapshot;
};
using DeltaTables = std::map<std::string, DeltaTable>;  // by the folders' names

// Plain Delta tables as a source that does not change: what a lake can be filled from when there is
// no server any more. Its position is the tables' versions ("Items@0,Orders@3", where servers have
// GTIDs) and their sum. A table that comes later is copied then; one that has another version than
// was copied ends the run (kSourceReplaced), since what changed in it is not known.
class DeltaSource final : public Source {
 public:
  DeltaSource(DeltaSourceOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  Result<SourceDescription> Describe() override;
  Result<std::vector<TableId>> ListTables() override;
  // Keys are checked here against the columns (kKeyMissing), types too (kTypeNotCaptured). The
  // cursor of a table is its version and the next of its files, by path.
  Result<Backfill> BeginBackfill(std::size_t readers, SourceEpoch epoch) override;
  Result<std::unique_ptr<ChangeStream>> Follow(const SourcePosition& from,
                                               std::vector<FollowedTable> tables) override;

 private:
  // The tables of the location, as they are now. kInputMissing when there are none.
  Result<DeltaTables> LoadTables() const;
  Result<TableSchema> SchemaOf(const std::string& table, const delta::Snapshot& snapshot) const;
  SourcePosition PositionOf(const DeltaTables& tables) const;

  DeltaSourceOptions options_;
  const Clock& clock_;
};

}  // namespace foreset::batch
