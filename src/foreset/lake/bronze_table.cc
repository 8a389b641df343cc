// SPDX-License-Identifier: MIT
#include "foreset/lake/bronze_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/lake/bronze_codec.h"
#include "foreset/lake/bronze_replay.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/lake_names.h"
#include "foreset/lake/rewrite.h"
#include "foreset/lake/schema_evolution.h"

namespace foreset::lake {
namespace {

constexpr int kMaxCommitAttempts = 10;
constexpr char kTakenAgain[] = "RETRY FROM QUARANTINE";

// Rows that are not in yet: streamed changes at or after the floor, and all backfilled ones.
bool IsNew(const ChangeBatch& batch, std::size_t row, Sequence floor) {
  return batch.operations[row] == Operation::kSnapshot || batch.sequences[row] >= floor;
}

LakeOptions Parted(LakeOptions options) {
  options.parted_by_date = true;
  return options;
}

}  // namespace

BronzeTable::BronzeTable(LakeTable table) : table_(std::move(table)), writer_(table_.NewWriter()) {}

Result<std::unique_ptr<BronzeTable>> BronzeTable::Create(std::shared_ptr<ObjectStore> store,
                                                         const LakeOptions& options,
                                                         const TableSchema& schema,
                                                         const SourcePosition& position) {
  const auto columns =
      BronzeSchema(ArrowSchemaOf(schema, options.datetime())->fields(), position.from_topics);
  Progress progress;
  progress.position = position;
  LakeTable table = TRY(LakeTable::Create(std::move(store), schema.id.table, Parted(options),
                                          *columns, WithoutLakeNames(schema), std::move(progress)));
  return std::unique_ptr<BronzeTable>(new BronzeTable(std::move(table)));
}

Result<std::unique_ptr<BronzeTable>> BronzeTable::Open(std::shared_ptr<ObjectStore> store,
                                                       std::string table,
                                                       const LakeOptions& options) {
  LakeTable opened = TRY(LakeTable::Open(std::move(store), std::move(table), Parted(options)));
  return std::unique_ptr<BronzeTable>(new BronzeTable(std::move(opened)));
}

Result<std::size_t> BronzeTable::Stage(const ChangeBatch& batch) {
  if (batch.from_topics() != from_topics()) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("{} is given changes of another kind of source", table_.name()));
  }
  if (from_topics()) return StageRecords(batch);
  const Sequence floor = progress().Floor();
  return Write(batch, [&](std::size_t row) { return IsNew(batch, row, floor); });
}

// What is staged cannot be asked yet, so a second batch before the commit might hide a repeat.
Result<std::size_t> BronzeTable::StageRecords(const ChangeBatch& batch) {
  if (staged_rows_ > 0) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("a second batch of records for {} in one commit", table_.name()));
  }
  const Arrivals arrivals = TRY(CheckArrivals(batch, table_));
  as_given_ = arrivals.all_plain;
  return Take(batch, arrivals);
}

Result<std::size_t> BronzeTable::Take(const ChangeBatch& batch, const Arrivals& arrivals) {
  repeats_ += arrivals.repeated;
  for (std::size_t row = 0; row < batch.size(); ++row) {
    if (arrivals.taken[row] == 0) continue;
    const RecordPlace& place = batch.places[row];
    auto& partition = PartitionIn(staged_, batch.topics[place.topic], place.partition);
    partition.highest = std::max(partition.highest, batch.sequences[row]);
    if (batch.operations[row] == Operation::kTruncate) staged_truncate_ = batch.sequences[row];
  }
  const auto wanted = [&](std::size_t row) { return arrivals.taken[row] != 0; };
  if (arrivals.late.empty()) return Write(batch, wanted);
  ChangeBatch marked = batch;
  marked.late = arrivals.late;
  return Write(marked, wanted);
}

Result<std::size_t> BronzeTable::Write(const ChangeBatch& batch,
                                       const std::function<bool(std::size_t)>& wanted) {
  const auto& columns = table_.columns();
  // Capture does not know what its columns are called here.
  const bool current = batch.schema->version == schema()->version;
  const TableSchema& named = current ? *schema() : *batch.schema;
  const Timestamp now = table_.options().clock->Now();
  std::size_t taken = 0;
  for (std::size_t first = 0; first < batch.size();) {
    std::size_t end = first;
    while (end < batch.size() && wanted(end)) ++end;
    if (end > first) {
      RETURN_IF_ERROR(writer_.SetFolder(table_.FolderNow()));
      const auto rows = TRY(ToBronze(batch, named, first, end - first, columns, next_batch(), now));
      TRY(writer_.Write(columns, *rows));
      taken += end - first;
    }
    first = end + 1;
  }
  staged_rows_ += taken;
  return taken;
}

Status BronzeTable::Evolve(const SchemaChange& change) {
  Progress next = progress();
  if (change.sequence <= next.schema_sequence) return {};
  RETURN_IF_ERROR(CheckFollowed(change));
  next.schema_sequence = change.sequence;
  next.dropped = change.kind == SchemaChangeKind::kDrop;
  if (change.kind == SchemaChangeKind::kDrop) {
    return table_.Commit(table_.Begin(), std::move(next));
  }
  if (change.after->version <= next.schema) return {};
  const arrow::FieldVector existing = ImageFields(*table_.columns());
  const TableSchema named = NameColumns(existing, *schema(), change, table_.datetime());
  const AppendedColumns images = TRY(AppendColumns(existing, LakeFields(named, table_.datetime())));
  delta::Transaction transaction = table_.Begin();
  const auto columns = TRY(table_.SetColumns(
      transaction, BronzeSchema(images.fields, from_topics()), change.after->version));
  if (images.widened) RETURN_IF_ERROR(RewriteWidened(table_, columns, transaction));
  transaction.Describe("CHANGE SCHEMA", {{"ddl", change.ddl}}, {});
  return table_.Commit(std::move(transaction), std::move(next), &named);
}

Result<std::size_t> BronzeTable::Admit(const ChangeBatch& batch,
                                       const std::vector<std::string>& ids) {
  if (staged_rows_ > 0 || !from_topics()) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("{} cannot take records out of the quarantine now", table_.name()));
  }
  Arrivals arrivals = TRY(CheckArrivals(batch, table_, true));
  const std::set<std::string> before(progress().admitted.begin(), progress().admitted.end());
  for (std::size_t row = 0; row < batch.size(); ++row) {
    if (before.contains(ids[row])) arrivals.taken[row] = 0;
  }
  const std::size_t taken = TRY(Take(batch, arrivals));
  if (taken == 0) return taken;
  finished_ = TRY(writer_.Finish());
  Progress next = progress();
  next.batch = next_batch();
  next.rows = next.rows.value_or(LiveRows(*table_.snapshot())) + static_cast<std::int64_t>(taken);
  next.position = Advanced(progress().position);
  next.truncated = std::max(next.truncated, staged_truncate_);
  next.admitted.insert(next.admitted.end(), ids.begin(), ids.end());
  RETURN_IF_ERROR(CommitStaged(std::move(next), kTakenAgain));
  return taken;
}

Status BronzeTable::ForgetAdmitted() {
  if (progress().admitted.empty()) return {};
  Progress next = progress();
  next.admitted.clear();
  return table_.Commit(table_.Begin(), std::move(next));
}

Status BronzeTable::Commit(const SourcePosition& covered, std::optional<BackfillState> backfill) {
  auto closed = TRY(writer_.Finish());
  finished_.insert(finished_.end(), std::make_move_iterator(closed.begin()),
                   std::make_move_iterator(closed.end()));
  if (finished_.empty() && !backfill) return {};
  Progress next = progress();
  if (!finished_.empty()) next.batch = next_batch();
  next.rows =
      next.rows.value_or(LiveRows(*table_.snapshot())) + static_cast<std::int64_t>(staged_rows_);
  if (from_topics()) {
    next.position = Advanced(covered);
    next.truncated = std::max(next.truncated, staged_truncate_);
  } else if (next.position.empty() || next.Floor() <= covered.Floor()) {
    next.position = covered;
  }
  if (backfill) next.backfill = std::move(backfill);
  return CommitStaged(std::move(next), "STREAMING UPDATE");
}

Status BronzeTable::CommitStaged(Progress next, const std::string& operation) {
  for (int attempt = 1;; ++attempt) {
    delta::Transaction transaction = table_.Begin();
    for (delta::AddFile& file : finished_) {
      file.tags = OrderedTags();
      transaction.Add(file);
    }
    transaction.Describe(operation, {{"batch", std::to_string(next.batch.value())}},
                         {{"numOutputRows", std::to_string(staged_rows_)}});
    Status committed = table_.Commit(std::move(transaction), next);
    if (committed) break;
    // What is staged may be in by now; and two that capture would hinder each other for ever.
    if (committed.error().code == ErrorCode::kLakeLocked) {
      committed.error().kind = ErrorKind::kInvalidInput;
      return committed;
    }
    const bool moved = committed.error().code == ErrorCode::kLakeTableMoved;
    if (!moved || attempt == kMaxCommitAttempts) return committed;
  }
  ForgetStaged();
  return {};
}

// A table keeps the offsets of the topics that feed it, whatever else the round covers.
SourcePosition BronzeTable::Advanced(const SourcePosition& covered) const {
  SourcePosition next = covered;
  const auto& own = progress().position.partitions;
  const auto feeds = [&](const std::string& topic) {
    return std::ranges::find(own, topic, &PartitionPosition::topic) != own.end() ||
           std::ranges::find(staged_, topic, &PartitionPosition::topic) != staged_.end();
  };
  std::erase_if(next.partitions,
                [&](const PartitionPosition& partition) { return !feeds(partition.topic); });
  for (PartitionPosition& partition : next.partitions) {
    partition.highest = {};
    for (const auto* from : {&own, &staged_}) {
      const auto* known = FindPartition(*from, partition.topic, partition.partition);
      if (known == nullptr) continue;
      partition.highest = std::max(partition.highest, known->highest);
      partition.next_offset = std::max(partition.next_offset, known->next_offset);
      partition.keys_moved = partition.keys_moved || known->keys_moved;
    }
  }
  return next;
}

void BronzeTable::ForgetStaged() {
  finished_.clear();
  staged_rows_ = 0;
  staged_.clear();
  staged_truncate_ = {};
}

Status BronzeTable::Refresh() {
  writer_.Abandon();
  ForgetStaged();
  return table_.Refresh();
}

Status BronzeTable::Replay(BatchNumber after, BatchNumber up_to,
                           std::span<const SchemaChange> changes, const ReplaySink& sink) const {
  return ReplayBronze(table_, after, up_to, changes, sink);
}

}  // namespace foreset::lake
