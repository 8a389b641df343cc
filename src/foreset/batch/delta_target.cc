// SPDX-License-Identifier: MIT
#include "foreset/batch/delta_target.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/messages.h"
#include "foreset/batch/kept_types.h"
#include "foreset/delta/checkpoint_writer.h"
#include "foreset/delta/schema_json.h"
#include "foreset/delta/write_support.h"
#include "foreset/lake/column_ids.h"
#include "foreset/lake/conform.h"
#include "foreset/lake/progress.h"
#include "foreset/model/table_schema.h"

namespace foreset::batch {
namespace {

constexpr int kAttempts = 10;
// Its version counts how often the table was replaced. A source counts as loaded when its own
// `txn` has the present number: what was loaded before that is gone. (A `txn`, unlike a domain,
// asks no feature of a table that another program made.)
constexpr char kGeneration[] = "foreset/load";
// A property: unlike a domain, it asks no feature of who writes to the table later.
constexpr char kStateProperty[] = "foreset.load";

std::string AppId(const std::string& source) { return fmt::format("foreset/load/{}", source); }

Status RefuseKept(const ObjectStore& store, const delta::Snapshot& snapshot) {
  if (snapshot.FindDomain(lake::kProgressDomain)) {
    return Err(ErrorKind::kInvalidInput, batch_error::kTargetKept,
               fmt::format("{} is kept by a pipeline", store.Describe()));
  }
  if (!snapshot.metadata().partition_columns.empty()) {
    return Err(ErrorKind::kInvalidInput, batch_error::kTargetKept,
               fmt::format("{} is partitioned", store.Describe()));
  }
  return delta::CheckWritable(snapshot.protocol(), snapshot.metadata(), {});
}

std::shared_ptr<arrow::Field> FindField(const arrow::Schema& schema, const std::string& name) {
  for (const auto& field : schema.fields()) {
    if (SameName(field->name(), name)) return field;
  }
  return nullptr;
}

// Without what Foreset's own tables need: any program may write to these.
delta::Protocol Plainest(delta::Protocol protocol) {
  if (protocol.writer_features) std::erase(*protocol.writer_features, "domainMetadata");
  const bool plain = !protocol.reader_features && protocol.writer_features->empty();
  return plain ? delta::Protocol{.min_reader_version = 1, .min_writer_version = 2} : protocol;
}

std::shared_ptr<arrow::Schema> AllNullable(const arrow::Schema& columns) {
  arrow::FieldVector fields;
  for (const auto& field : columns.fields()) {
    fields.push_back(arrow::field(field->name(), field->type()));
  }
  return arrow::schema(std::move(fields));
}

}  // namespace

DeltaTarget::DeltaTarget(std::shared_ptr<ObjectStore> store, const Options& options)
    : store_(std::move(store)),
      options_(options),
      committer_(std::make_unique<delta::Committer>(store_, *options.clock, options.make_id)),
      writer_(
          store_, *options.clock,
          [make_id = options.make_id] { return fmt::format("part-{}.parquet", make_id()); },
          options.target_file_bytes) {}

Result<DeltaTarget> DeltaTarget::Open(std::shared_ptr<ObjectStore> store, const Options& options) {
  DeltaTarget target(std::move(store), options);
  auto snapshot = delta::Snapshot::Load(target.store_);
  if (!snapshot) {
    if (snapshot.error().code != ErrorCode::kDeltaTableNotFound) {
      return std::unexpected(std::move(snapshot).error());
    }
    return target;
  }
  RETURN_IF_ERROR(RefuseKept(*target.store_, **snapshot));
  target.snapshot_ = *std::move(snapshot);
  target.columns_ = target.snapshot_->schema();
  return target;
}

std::int64_t DeltaTarget::Generation() const {
  if (snapshot_ == nullptr) return 0;
  const auto found = snapshot_->FindTransaction(kGeneration);
  return found ? found->version : 0;
}

bool DeltaTarget::Holds(const std::string& source) const {
  if (snapshot_ == nullptr) return false;
  const auto found = snapshot_->FindTransaction(AppId(source));
  return found && found->version == Generation();
}

std::optional<std::string> DeltaTarget::State() const {
  if (snapshot_ == nullptr) return std::nullopt;
  std::string state = snapshot_->Property(kStateProperty, "");
  if (state.empty()) return std::nullopt;
  return state;
}

Status DeltaTarget::Plan(const arrow::Schema& columns, Growth growth) {
  metadata_.reset();
  protocol_.reset();
  replace_ = growth == Growth::kReplace && snapshot_ != nullptr;
  return snapshot_ == nullptr ? PlanNew(columns) : PlanGrown(columns, growth);
}

Status DeltaTarget::PlanNew(const arrow::Schema& columns) {
  if (definition_ && columns_ != nullptr && columns_->num_fields() == columns.num_fields()) {
    return PlanGrown(columns, Growth::kNone);
  }
  delta::TableWish wish{.name = options_.name, .in_commit_timestamps = false};
  wish.column_mapping = !lake::HasPlainNames(columns);
  definition_ =
      TRY(delta::DefineTable(*AllNullable(columns), wish, options_.make_id, options_.clock->Now()));
  definition_->protocol = Plainest(std::move(definition_->protocol));
  columns_ = TRY(delta::SchemaFromJson(definition_->metadata.schema_json));
  return {};
}

Status DeltaTarget::PlanGrown(const arrow::Schema& columns, Growth growth) {
  arrow::FieldVector fields = replace_ ? arrow::FieldVector() : columns_->fields();
  arrow::FieldVector added;
  for (const auto& field : columns.fields()) {
    const auto known = replace_ ? nullptr : FindField(*columns_, field->name());
    if (known == nullptr) added.push_back(arrow::field(field->name(), field->type()));
  }
  if (added.empty() && !replace_) return {};
  if (growth == Growth::kNone) {
    return Err(ErrorKind::kInvalidInput, batch_error::kColumnsDiffer,
               fmt::format("{} has no column \"{}\"", store_->Describe(), added.front()->name()));
  }
  fields.insert(fields.end(), added.begin(), added.end());
  delta::Metadata metadata = snapshot_->metadata();
  columns_ = TRY(lake::WithColumnIds(arrow::schema(std::move(fields)), *snapshot_->schema(),
                                     metadata, options_.make_id));
  metadata.schema_json = TRY(delta::SchemaToJson(*columns_));
  if (metadata != snapshot_->metadata()) metadata_ = std::move(metadata);
  // Only what is new can need more of readers than the table already asks of them.
  delta::TableWish wish{.in_commit_timestamps = false};
  wish.column_mapping = !lake::HasPlainNames(*arrow::schema(added));
  const delta::Protocol needs = delta::ProtocolFor(*arrow::schema(added), wish);
  if (!needs.reader_features) return {};
  const delta::Protocol joined = delta::JoinProtocols(snapshot_->protocol(), needs);
  if (joined != snapshot_->protocol()) protocol_ = joined;
  return {};
}

Status DeltaTarget::Write(const arrow::RecordBatch& batch) {
  if (batch.num_rows() == 0) return {};
  RETURN_IF_ERROR(CheckKept(batch, *columns_));
  auto rows = lake::ConformBatch(batch, columns_);
  if (!rows) {
    Error error = std::move(rows).error();
    if (error.code == ErrorCode::kIncompatibleSchemaChange) {
      error.code = batch_error::kColumnsDiffer;
    }
    return std::unexpected(std::move(error));
  }
  RETURN_IF_ERROR(writer_.Write(columns_, **rows));
  return {};
}

Status DeltaTarget::CreateTable() {
  auto outcome = TRY(committer_->Create(definition_->protocol, definition_->metadata, {}));
  auto* committed = std::get_if<delta::Committed>(&outcome);
  if (committed == nullptr) {
    return Err(ErrorKind::kTransient, batch_error::kTargetBusy,
               fmt::format("{} was made by another program just now", store_->Describe()));
  }
  snapshot_ = std::move(committed->snapshot);
  definition_.reset();
  return {};
}

Result<delta::Transaction> DeltaTarget::Build(const Load& load,
                                              const std::vector<delta::AddFile>& written) const {
  const bool blind = !replace_ && load.removed.empty() && !metadata_ && !load.state;
  delta::Transaction transaction(snapshot_,
                                 blind ? delta::Isolation::kBlindAppend : delta::Isolation::kOwner);
  const std::int64_t now_ms = options_.clock->Now().value() / 1000;
  const std::int64_t generation = Generation() + (replace_ ? 1 : 0);
  if (replace_) {
    for (const delta::AddFile& file : snapshot_->files()) transaction.Remove(file);
  }
  // With each commit: whoever replaces the table meanwhile is a conflict.
  transaction.SetProgress({kGeneration, generation, now_ms});
  for (const delta::AddFile& file : load.removed) transaction.Remove(file);
  delta::Metadata metadata = metadata_.value_or(snapshot_->metadata());
  if (load.state) metadata.configuration[kStateProperty] = *load.state;
  if (metadata != snapshot_->metadata()) transaction.SetMetadata(std::move(metadata));
  if (protocol_) transaction.SetProtocol(*protocol_);
  for (const delta::AddFile& file : written) transaction.Add(file);
  for (const std::string& source : load.sources) {
    transaction.SetProgress({AppId(source), generation, now_ms});
  }
  transaction.Describe(load.operation, load.parameters, load.metrics);
  return transaction;
}

Result<bool> DeltaTarget::Commit(const Load& load) {
  if (snapshot_ == nullptr) RETURN_IF_ERROR(CreateTable());
  const std::vector<delta::AddFile> written = TRY(writer_.Finish());
  std::string reason;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const delta::Transaction transaction = TRY(Build(load, written));
    auto outcome = TRY(committer_->Commit(transaction));
    if (auto* committed = std::get_if<delta::Committed>(&outcome)) {
      snapshot_ = std::move(committed->snapshot);
      columns_ = snapshot_->schema();
      metadata_.reset();
      protocol_.reset();
      replace_ = false;
      CheckpointWhenDue();
      return true;
    }
    auto& conflict = std::get<delta::Conflict>(outcome);
    reason = conflict.reason;
    const bool same_columns = conflict.latest->schema()->Equals(*snapshot_->schema());
    const bool append = !replace_ && load.removed.empty() && !metadata_ && !load.state;
    snapshot_ = std::move(conflict.latest);
    if (!load.sources.empty() && std::ranges::all_of(load.sources, [&](const std::string& source) {
          return Holds(source);
        })) {
      columns_ = snapshot_->schema();
      return false;
    }
    if (!append || !same_columns) break;
  }
  return Err(ErrorKind::kTransient, batch_error::kTargetBusy,
             fmt::format("{}: {}", store_->Describe(), reason));
}

// The commit is in already: a checkpoint that fails costs the next reader time, no more.
void DeltaTarget::CheckpointWhenDue() const {
  if (!delta::IsCheckpointDue(*snapshot_)) return;
  const auto written = delta::WriteCheckpoint(*store_, *snapshot_, options_.clock->Now());
  if (!written) Warn("{}: no checkpoint: {}", store_->Describe(), written.error().message);
}

}  // namespace foreset::batch
