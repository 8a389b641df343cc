// SPDX-License-Identifier: MIT
#include "foreset/delta/snapshot.h"

#include <algorithm>
#include <utility>

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/delta/actions_json.h"
#include "foreset/delta/checkpoint_reader.h"
#include "foreset/delta/data_path.h"
#include "foreset/delta/log_files.h"
#include "foreset/delta/log_segment.h"
#include "foreset/delta/schema_json.h"
#include "foreset/delta/table_features.h"
#include "foreset/delta/table_history.h"

namespace foreset::delta {
namespace {

std::string VectorId(const std::optional<DeletionVectorDescriptor>& vector) {
  return vector ? vector->UniqueId() : std::string();
}

std::int64_t Milliseconds(Timestamp time) { return time.value() / 1000; }

Result<bool> IsThere(const ObjectStore& store, const CheckpointFiles& checkpoint) {
  for (const std::string& path : checkpoint.paths) {
    const auto info = store.Stat(path);
    if (!info && info.error().kind == ErrorKind::kNotFound) return false;
    if (!info) return std::unexpected(info.error());
  }
  return true;
}

// Nothing when that version has not been committed.
Result<std::optional<std::vector<Action>>> ReadCommit(const ObjectStore& store, Version version) {
  const std::string path = CommitPath(version);
  const auto text = store.Read(path);
  if (!text) {
    if (text.error().kind == ErrorKind::kNotFound) return std::nullopt;
    return std::unexpected(text.error());
  }
  auto actions = ParseCommit(*text);
  if (!actions) return std::unexpected(std::move(actions).error().Within("reading " + path));
  return *std::move(actions);
}

}  // namespace

FileKey KeyOf(const AddFile& file) {
  return {CanonicalPath(file.path), VectorId(file.deletion_vector)};
}

FileKey KeyOf(const RemoveFile& file) {
  return {CanonicalPath(file.path), VectorId(file.deletion_vector)};
}

// Builds the next state of a snapshot that nobody else sees yet (PROTOCOL.md, "Action
// Reconciliation").
struct Replay {
  std::shared_ptr<Snapshot> next;
  // What the version's own commit says of itself.
  std::optional<CommitInfo> info = {};

  static Replay On(const Snapshot& snapshot) { return {std::make_shared<Snapshot>(snapshot)}; }
  static Replay Empty(std::shared_ptr<ObjectStore> store) {
    Replay replay{std::make_shared<Snapshot>(Snapshot::Private())};
    replay.next->store_ = std::move(store);
    return replay;
  }

  void operator()(const CommitInfo& action) { info = action; }
  void operator()(const Protocol& action) {
    next->protocol_ = std::make_shared<const Protocol>(action);
    next->schema_ = nullptr;
  }
  void operator()(const Metadata& action) {
    next->metadata_ = std::make_shared<const Metadata>(action);
    next->schema_ = nullptr;
  }
  void operator()(const AddFile& action) {
    FileKey key = KeyOf(action);
    next->tombstones_.Erase(key);
    next->files_.Insert(std::move(key), action);
  }
  void operator()(const RemoveFile& action) {
    FileKey key = KeyOf(action);
    next->files_.Erase(key);
    next->tombstones_.Insert(std::move(key), action);
  }
  void operator()(const CdcFile&) {}
  void operator()(const SetTransaction& action) {
    next->transactions_.Insert(action.app_id, action);
  }
  void operator()(const DomainMetadata& action) {
    if (action.removed) {
      next->domains_.Erase(action.domain);
    } else {
      next->domains_.Insert(action.domain, action);
    }
  }
  void operator()(const UnknownAction&) {}

  void Commit(Version version, const std::vector<Action>& actions) {
    info.reset();
    for (const Action& action : actions) std::visit(*this, action);
    next->version_ = version;
  }

  // The many files of a checkpoint are put in place at once, the rest one by one.
  void Checkpoint(const CheckpointFiles& checkpoint, std::vector<Action> actions) {
    std::vector<Snapshot::Files::Item> files;
    for (Action& action : actions) {
      if (auto* add = std::get_if<AddFile>(&action)) {
        FileKey key = KeyOf(*add);
        files.push_back({std::move(key), std::move(*add)});
      } else {
        std::visit(*this, action);
      }
    }
    next->files_ = Snapshot::Files::FromItems(std::move(files));
    next->checkpoint_ = checkpoint;
    next->version_ = checkpoint.version;
  }

  bool HasInCommitTimestamp() const {
    if (!info || !info->in_commit_timestamp_ms) return false;
    const auto since = InCommitTimestampsSince(*next->metadata_);
    return since && next->version_ >= *since;
  }

  std::unexpected<Error> Lacks(std::string_view what) const {
    return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt,
               fmt::format("{} at version {} has no {} action", next->store_->Describe(),
                           next->version_.value(), what));
  }

  // Checks what was built; a protocol or schema that did not change is not read again.
  Result<std::shared_ptr<const Snapshot>> Finish(std::int64_t timestamp_ms) {
    Snapshot& s = *next;
    if (!s.protocol_) return Lacks("protocol");
    if (!s.metadata_) return Lacks("metaData");
    if (!s.schema_) {
      auto fault = [&](Error error) {
        return std::unexpected(std::move(error).Within(s.store_->Describe()));
      };
      if (Status readable = CheckReadable(*s.protocol_); !readable) return fault(readable.error());
      auto mode = ColumnMappingModeOf(*s.metadata_);
      if (!mode) return fault(mode.error());
      auto schema = SchemaFromJson(s.metadata_->schema_json);
      if (!schema) return fault(schema.error());
      s.schema_ = *std::move(schema);
    }
    s.timestamp_ms_ = HasInCommitTimestamp() ? *info->in_commit_timestamp_ms : timestamp_ms;
    return std::shared_ptr<const Snapshot>(next);
  }
};

namespace {

// The commit of a checkpoint's version holds what a checkpoint does not: the in-commit timestamp.
// It may have been cleaned up.
void ReadInfoOfCheckpoint(const ObjectStore& store, Replay& replay) {
  const auto actions = ReadCommit(store, replay.next->version());
  if (!actions || !*actions) return;
  for (const Action& action : **actions) {
    if (const auto* info = std::get_if<CommitInfo>(&action)) replay.info = *info;
  }
}

Result<std::shared_ptr<const Snapshot>> LoadSegment(std::shared_ptr<ObjectStore> store,
                                                    const LogSegment& segment) {
  Replay replay = Replay::Empty(store);
  if (segment.checkpoint) {
    replay.Checkpoint(*segment.checkpoint, TRY(ReadCheckpoint(*store, *segment.checkpoint)));
    if (segment.commits.empty()) ReadInfoOfCheckpoint(*store, replay);
  }
  for (const CommitFile& commit : segment.commits) {
    const auto actions = TRY(ReadCommit(*store, commit.version));
    if (!actions) {
      return Err(ErrorKind::kTransient, ErrorCode::kDeltaVersionNotFound,
                 fmt::format("the commit of version {} of {} went while it was being read",
                             commit.version.value(), store->Describe()));
    }
    replay.Commit(commit.version, *actions);
  }
  return replay.Finish(Milliseconds(segment.modified_at));
}

}  // namespace

Result<std::shared_ptr<const Snapshot>> Snapshot::Load(std::shared_ptr<ObjectStore> store,
                                                       std::optional<Version> version) {
  const LogSegment segment = TRY(FindLogSegment(*store, version));
  return LoadSegment(std::move(store), segment);
}

Result<std::shared_ptr<const Snapshot>> Snapshot::LoadAt(std::shared_ptr<ObjectStore> store,
                                                         Timestamp at) {
  auto latest = TRY(Load(store));
  if (latest->timestamp_ms() <= Milliseconds(at)) return latest;
  return Load(store, TRY(FindVersionAt(*store, latest->metadata(), at)));
}

Result<std::shared_ptr<const Snapshot>> Snapshot::Advance() const {
  Replay replay = Replay::On(*this);
  Version last = version_;
  for (Version version = version_.Next();; version = version.Next()) {
    const auto actions = TRY(ReadCommit(*store_, version));
    if (!actions) break;
    replay.Commit(version, *actions);
    last = version;
  }
  // A table that was left alone so long that the log was cleaned up is found by its checkpoint.
  const std::optional<Version> hint = ReadCheckpointHint(*store_);
  if (hint && *hint > last) return Load(store_);
  if (last == version_) return shared_from_this();
  std::int64_t timestamp_ms = 0;
  if (!replay.HasInCommitTimestamp()) {
    timestamp_ms = Milliseconds(TRY(store_->Stat(CommitPath(last))).modified_at);
  }
  return replay.Finish(timestamp_ms);
}

Result<std::shared_ptr<const Snapshot>> Snapshot::Apply(const std::vector<Action>& actions) const {
  Replay replay = Replay::On(*this);
  replay.Commit(version_.Next(), actions);
  const std::int64_t stated =
      replay.info && replay.info->timestamp_ms ? *replay.info->timestamp_ms : timestamp_ms_;
  return replay.Finish(stated);
}

// A file that the commits after the checkpoint added again, or removed again, is theirs to tell.
Status Snapshot::ForEachTombstone(const std::function<Status(const RemoveFile&)>& each) const {
  if (checkpoint_ && !TRY(IsThere(*store_, *checkpoint_))) {
    // Cleaned up, now that there are later ones.
    return TRY(Load(store_, version_))->ForEachTombstone(each);
  }
  for (const RemoveFile& file : tombstones_.values()) RETURN_IF_ERROR(each(file));
  if (!checkpoint_) return {};
  return ReadTombstones(*store_, *checkpoint_, [&](const RemoveFile& file) {
    const FileKey key = KeyOf(file);
    const bool told = files_.Find(key) != nullptr || tombstones_.Find(key) != nullptr;
    return told ? Status() : each(file);
  });
}

std::shared_ptr<const Snapshot> Snapshot::ReadFrom(CheckpointFiles checkpoint) const {
  auto same = std::make_shared<Snapshot>(*this);
  same->checkpoint_ = std::move(checkpoint);
  same->tombstones_ = {};
  return same;
}

bool Snapshot::HasFeature(const std::string& name) const {
  return SupportsFeature(*protocol_, name);
}

std::string Snapshot::Property(const std::string& key, std::string otherwise) const {
  const auto at = metadata_->configuration.find(key);
  if (at == metadata_->configuration.end()) return otherwise;
  return at->second;
}

const AddFile* Snapshot::FindFile(const std::string& path) const {
  const FileKey wanted{CanonicalPath(path), ""};
  const Files::Item* item = files_.LowerBound(wanted);
  return item != nullptr && item->key.path == wanted.path ? &item->value : nullptr;
}

std::optional<SetTransaction> Snapshot::FindTransaction(const std::string& app_id) const {
  const SetTransaction* txn = transactions_.Find(app_id);
  return txn == nullptr ? std::nullopt : std::optional(*txn);
}

std::optional<std::string> Snapshot::FindDomain(const std::string& domain) const {
  const DomainMetadata* found = domains_.Find(domain);
  return found == nullptr ? std::nullopt : std::optional(found->configuration);
}

std::vector<SetTransaction> Snapshot::transactions() const {
  return {transactions_.values().begin(), transactions_.values().end()};
}

std::vector<DomainMetadata> Snapshot::domains() const {
  return {domains_.values().begin(), domains_.values().end()};
}

}  // namespace foreset::delta
