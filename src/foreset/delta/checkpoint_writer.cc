// SPDX-License-Identifier: MIT
#include "foreset/delta/checkpoint_writer.h"

#include <charconv>
#include <memory>
#include <set>
#include <utility>
#include <variant>

#include <arrow/type.h>

#include "foreset/base/json_writer.h"
#include "foreset/columnar/parquet_writer.h"
#include "foreset/delta/checkpoint_rows.h"
#include "foreset/delta/data_path.h"
#include "foreset/delta/log_files.h"
#include "foreset/delta/log_segment.h"
#include "foreset/delta/named_files.h"
#include "foreset/delta/table_features.h"

namespace foreset::delta {
namespace {

constexpr std::int64_t kDefaultInterval = 10;
constexpr std::int64_t kBatchActions = 16'384;

struct Totals {
  std::int64_t actions = 0;
  std::int64_t adds = 0;
  std::int64_t bytes = 0;
};

// Collects actions into batches and hands them to the file.
class CheckpointFile {
 public:
  static Result<CheckpointFile> Open(ObjectStore& store, const std::string& path) {
    return CheckpointFile(TRY(ParquetWriter::Open(store, path, CheckpointRows::schema())));
  }

  Status Append(const Action& action) {
    rows_.Append(action);
    ++totals_.actions;
    totals_.adds += std::holds_alternative<AddFile>(action) ? 1 : 0;
    return rows_.size() < kBatchActions ? Status() : Flush();
  }
  Result<Totals> Finish() {
    RETURN_IF_ERROR(Flush());
    totals_.bytes = TRY(parquet_->Finish());
    return totals_;
  }

 private:
  explicit CheckpointFile(std::unique_ptr<ParquetWriter> parquet) : parquet_(std::move(parquet)) {}

  Status Flush() {
    const auto batch = TRY(rows_.Take());
    return parquet_->Write(*batch);
  }

  std::unique_ptr<ParquetWriter> parquet_;
  CheckpointRows rows_;
  Totals totals_;
};

// Tells tombstones that a checkpoint keeps from those that have had their time.
class Expiry {
 public:
  Expiry(const ObjectStore& store, const Snapshot& snapshot, Timestamp now)
      : store_(store),
        snapshot_(snapshot),
        named_(store),
        oldest_ms_(now.value() / 1000 - TombstoneRetentionMs(snapshot.metadata())) {}

  Result<bool> Keep(const RemoveFile& file) {
    const bool old = file.deletion_timestamp_ms.value_or(0) < oldest_ms_;
    if (old && left_out_.size() < kMaxLeftOut) {
      left_out_.push_back(file);
      return false;
    }
    RETURN_IF_ERROR(named_.Add(file));
    return true;
  }
  // What only those named that were left out.
  Result<std::vector<std::string>> Unneeded() {
    std::set<std::string> unneeded;
    if (left_out_.empty()) return std::vector<std::string>();
    for (const AddFile& file : snapshot_.files()) RETURN_IF_ERROR(named_.Add(file));
    for (const RemoveFile& file : left_out_) {
      for (const std::string& path : TRY(PathsOf(file))) {
        auto below = PathBelow(store_, path);
        if (below && !named_.Contains(*below)) unneeded.insert(*std::move(below));
      }
    }
    return std::vector<std::string>(unneeded.begin(), unneeded.end());
  }

 private:
  const ObjectStore& store_;
  const Snapshot& snapshot_;
  NamedFiles named_;
  const std::int64_t oldest_ms_;
  std::vector<RemoveFile> left_out_;
};

Result<Totals> WriteActions(ObjectStore& store, const Snapshot& snapshot, Expiry& expiry) {
  CheckpointFile file = TRY(CheckpointFile::Open(store, ClassicCheckpointPath(snapshot.version())));
  RETURN_IF_ERROR(file.Append(snapshot.protocol()));
  RETURN_IF_ERROR(file.Append(snapshot.metadata()));
  for (const SetTransaction& action : snapshot.transactions()) {
    RETURN_IF_ERROR(file.Append(action));
  }
  for (const DomainMetadata& action : snapshot.domains()) RETURN_IF_ERROR(file.Append(action));
  RETURN_IF_ERROR(snapshot.ForEachTombstone([&](const RemoveFile& action) -> Status {
    return TRY(expiry.Keep(action)) ? file.Append(action) : Status();
  }));
  for (const AddFile& action : snapshot.files()) RETURN_IF_ERROR(file.Append(action));
  return file.Finish();
}

// "Last Checkpoint File".
std::string HintText(Version version, const Totals& totals) {
  JsonWriter json;
  json.BeginObject()
      .Member("version", version.value())
      .Member("size", totals.actions)
      .Member("sizeInBytes", totals.bytes)
      .Member("numOfAddFiles", totals.adds);
  return json.EndObject().Take();
}

}  // namespace

bool IsCheckpointDue(const Snapshot& snapshot) {
  const std::string text = snapshot.Property("delta.checkpointInterval", "");
  std::int64_t interval = kDefaultInterval;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), interval);
  if (read.ec != std::errc() || interval < 1) interval = kDefaultInterval;
  return snapshot.version().value() > 0 && snapshot.version().value() % interval == 0;
}

Result<WrittenCheckpoint> WriteCheckpoint(ObjectStore& store, const Snapshot& snapshot,
                                          Timestamp now) {
  WrittenCheckpoint written;
  written.files = {snapshot.version(), {ClassicCheckpointPath(snapshot.version())}, false, now};
  if (store.Stat(written.files.paths.front())) return written;
  Expiry expiry(store, snapshot, now);
  const Totals totals = TRY(WriteActions(store, snapshot, expiry));
  const auto hint = ReadCheckpointHint(store);
  if (!hint || *hint <= snapshot.version()) {
    RETURN_IF_ERROR(store.Put(kLastCheckpointPath, AsBytes(HintText(snapshot.version(), totals))));
  }
  written.unneeded = TRY(expiry.Unneeded());
  return written;
}

}  // namespace foreset::delta
