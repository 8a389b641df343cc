// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// The state of a table at one version: the replay of its log. Immutable; shared between threads.
class Snapshot {
 public:
  // Reads the log under `store`'s root ("_delta_log/"). Without a version: the latest. kNotFound
  // (kDeltaTableNotFound, kDeltaVersionNotFound) when there is no table or that version is gone;
  // kUnsupported names the reader feature; kCorruption names the file and the fault.
  static Result<std::shared_ptr<const Snapshot>> Load(std::shared_ptr<ObjectStore> store,
                                                      std::optional<Version> version = {});
  // The latest version whose timestamp (in-commit where enabled, else the file's) is not after `at`.
  static Result<std::shared_ptr<const Snapshot>> LoadAt(std::shared_ptr<ObjectStore> store,
                                                        Timestamp at);
  // The same table with the commits after this version applied; this one when there are none.
  // Costs O(new commits).
  Result<std::shared_ptr<const Snapshot>> Advance() const;
  // This state with the actions of version()+1 applied: what a committer has just written.
  Result<std::shared_ptr<const Snapshot>> Apply(const std::vector<Action>& actions) const;

  Version version() const { return version_; }
  const Protocol& protocol() const { return protocol_; }
  const Metadata& metadata() const { return metadata_; }
  // The table's logical columns, nested too; Delta's field metadata stand in the Arrow fields'.
  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  bool HasFeature(const std::string& name) const;
  std::string Property(const std::string& key, std::string otherwise) const;

  // Live files, by (path, deletion vector), in no particular order but stable for a snapshot.
  const std::vector<AddFile>& files() const;
  const AddFile* FindFile(const std::string& path) const;
  // Tombstones that a checkpoint must keep.
  const std::vector<RemoveFile>& tombstones() const;
  std::optional<SetTransaction> FindTransaction(const std::string& app_id) const;
  std::optional<std::string> FindDomain(const std::string& domain) const;
  // The latest of each application; the live ones of each domain. For a checkpoint.
  std::vector<SetTransaction> transactions() const;
  std::vector<DomainMetadata> domains() const;
  // Milliseconds since the epoch; the in-commit timestamp where the table has them.
  std::int64_t timestamp_ms() const { return timestamp_ms_; }

 private:
  Version version_;
  Protocol protocol_;
  Metadata metadata_;
  std::shared_ptr<arrow::Schema> schema_;
  std::int64_t timestamp_ms_ = 0;
};

}  // namespace foreset::delta
