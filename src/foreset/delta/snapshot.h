// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/delta/log_segment.h"
#include "foreset/delta/persistent_map.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// What tells logical files apart ("Action Reconciliation"): the path in its one spelling, and the
// unique id of the deletion vector (empty: none).
struct FileKey {
  std::string path;
  std::string deletion_vector;
  auto operator<=>(const FileKey&) const = default;
};
FileKey KeyOf(const AddFile& file);
FileKey KeyOf(const RemoveFile& file);

// The state of a table at one version: the replay of its log. Immutable; shared between threads.
// Successive snapshots share what did not change, so that holding several costs little.
class Snapshot : public std::enable_shared_from_this<Snapshot> {
  // Only this class makes snapshots, though std::make_shared must reach the constructor.
  struct Private {};

 public:
  using Files = PersistentMap<FileKey, AddFile>;

  // Reads the log under `store`'s root ("_delta_log/"). Without a version: the latest. kNotFound
  // (kDeltaTableNotFound, kDeltaVersionNotFound) when there is no table or that version is gone;
  // kUnsupported names the reader feature; kCorruption names the file and the fault.
  static Result<std::shared_ptr<const Snapshot>> Load(std::shared_ptr<ObjectStore> store,
                                                      std::optional<Version> version = {});
  // The latest version whose timestamp is not after `at` (in-commit where enabled, else the
  // file's). kNotFound when every version that is kept is later.
  static Result<std::shared_ptr<const Snapshot>> LoadAt(std::shared_ptr<ObjectStore> store,
                                                        Timestamp at);
  // The same table with the commits after this version applied; this one when there are none.
  // Costs O(new commits).
  Result<std::shared_ptr<const Snapshot>> Advance() const;
  // This state with the actions of version()+1 applied: what a committer has just written. Costs
  // O(actions), not O(files).
  Result<std::shared_ptr<const Snapshot>> Apply(const std::vector<Action>& actions) const;

  Version version() const { return version_; }
  const Protocol& protocol() const { return *protocol_; }
  const Metadata& metadata() const { return *metadata_; }
  // The table's logical columns, nested too; Delta's field metadata stand in the Arrow fields'.
  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  bool HasFeature(const std::string& name) const;
  std::string Property(const std::string& key, std::string otherwise) const;

  // Live files, ordered by path and deletion vector. A view of this snapshot: use it while the
  // snapshot lives; a file's address is the same in every snapshot that shares it.
  Files::Values files() const { return files_.values(); }
  // By path, in any spelling; null when there is none.
  const AddFile* FindFile(const std::string& path) const;
  // The tombstones that the log still holds, until `each` fails. Those of the checkpoint that this
  // state was read from are not kept in memory but read now, in no order. kNotFound when the log
  // was cleaned up so far that this version is gone.
  Status ForEachTombstone(const std::function<Status(const RemoveFile&)>& each) const;
  // The same state, read from that checkpoint of its version, which has just been written.
  std::shared_ptr<const Snapshot> ReadFrom(CheckpointFiles checkpoint) const;
  std::optional<SetTransaction> FindTransaction(const std::string& app_id) const;
  std::optional<std::string> FindDomain(const std::string& domain) const;
  // The latest of each application; the live ones of each domain. For a checkpoint.
  std::vector<SetTransaction> transactions() const;
  std::vector<DomainMetadata> domains() const;
  // Milliseconds since the epoch; the in-commit timestamp where the table has them.
  std::int64_t timestamp_ms() const { return timestamp_ms_; }

  explicit Snapshot(Private) {}

 private:
  friend struct Replay;

  std::shared_ptr<ObjectStore> store_;
  Version version_;
  std::shared_ptr<const Protocol> protocol_;
  std::shared_ptr<const Metadata> metadata_;
  std::shared_ptr<arrow::Schema> schema_;
  Files files_;
  std::optional<CheckpointFiles> checkpoint_;      // what the state was read from
  PersistentMap<FileKey, RemoveFile> tombstones_;  // of the commits after it
  PersistentMap<std::string, SetTransaction> transactions_;
  PersistentMap<std::string, DomainMetadata> domains_;
  std::int64_t timestamp_ms_ = 0;
};

}  // namespace foreset::delta
