// SPDX-License-Identifier: MIT
#include "foreset/pipeline/warehouse/model_table.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/warehouse.h"
#include "foreset/base/time_units.h"
#include "foreset/delta/actions_json.h"
#include "foreset/delta/checkpoint_writer.h"
#include "foreset/delta/deletion_vector.h"
#include "foreset/delta/schema_json.h"
#include "foreset/delta/table_creation.h"
#include "foreset/lake/conform.h"
#include "foreset/lake/file_stats.h"

namespace foreset::pipeline {
namespace {

// More files than that, and smaller ones on the average, are written anew by the next load.
constexpr std::size_t kScatteredFiles = 32;
constexpr std::int64_t kSmallFileBytes = 32L << 20U;

bool ChangesData(const delta::Action& action) {
  if (const auto* add = std::get_if<delta::AddFile>(&action)) return add->data_change;
  if (const auto* remove = std::get_if<delta::RemoveFile>(&action)) return remove->data_change;
  return false;
}

bool IsOf(const std::vector<delta::Action>& commit, const std::string& app_id) {
  return std::ranges::any_of(commit, [&](const delta::Action& action) {
    const auto* progress = std::get_if<delta::SetTransaction>(&action);
    return progress != nullptr && progress->app_id == app_id;
  });
}

delta::TableWish WishFor(const std::string& model, const lake::LakeOptions& options) {
  delta::TableWish wish{.name = model};
  wish.deletion_vectors = options.upsert == lake::UpsertMode::kDeletionVectors;
  wish.properties["delta.checkpointInterval"] = std::to_string(options.checkpoint_every);
  return wish;
}

// What has the features of both.
delta::Protocol Joined(delta::Protocol has, const delta::Protocol& needs) {
  has.min_reader_version = std::max(has.min_reader_version, needs.min_reader_version);
  has.min_writer_version = std::max(has.min_writer_version, needs.min_writer_version);
  const auto add = [](auto& features, const auto& more) {
    if (more && !features) features.emplace();
    for (const std::string& feature : more.value_or(std::vector<std::string>())) {
      if (std::ranges::find(*features, feature) == features->end()) features->push_back(feature);
    }
  };
  add(has.reader_features, needs.reader_features);
  add(has.writer_features, needs.writer_features);
  return has;
}

}  // namespace

ModelTable::ModelTable(std::shared_ptr<ObjectStore> store, std::string model,
                       const lake::LakeOptions& options)
    : store_(std::move(store)),
      model_(std::move(model)),
      options_(options),
      committer_(std::make_unique<delta::Committer>(store_, *options_.clock, options_.make_id)) {}

Result<ModelTable> ModelTable::Open(std::shared_ptr<ObjectStore> store, std::string model,
                                    const lake::LakeOptions& options) {
  ModelTable table(std::move(store), std::move(model), options);
  auto snapshot = delta::Snapshot::Load(table.store_);
  if (!snapshot && snapshot.error().code == ErrorCode::kDeltaTableNotFound) return table;
  if (!snapshot) return std::unexpected(std::move(snapshot).error());
  RETURN_IF_ERROR(table.Load(*std::move(snapshot)));
  return table;
}

Status ModelTable::Load(std::shared_ptr<const delta::Snapshot> snapshot) {
  const auto domain = snapshot->FindDomain(kLoadDomain);
  if (!domain) {
    return Err(ErrorKind::kInvalidInput, warehouse_error::kModelTableTaken,
               fmt::format("{} was not made by a load of {}", store_->Describe(), model_));
  }
  record_ = TRY(LoadRecordFromJson(*domain));
  snapshot_ = std::move(snapshot);
  return {};
}

std::string ModelTable::app_id() const {
  return fmt::format("foreset/{}/warehouse/{}", options_.name, model_);
}

// Walks back to the last load: what came after it may only have moved rows.
Result<bool> ModelTable::ChangedByOthers() const {
  const std::int64_t latest = snapshot_ == nullptr ? -1 : snapshot_->version().value();
  for (std::int64_t version = latest; version >= 0; --version) {
    const auto text = store_->Read(fmt::format("_delta_log/{:020}.json", version));
    if (!text && text.error().kind == ErrorKind::kNotFound) return false;
    if (!text) return std::unexpected(text.error());
    const auto commit = TRY(delta::ParseCommit(*text));
    if (IsOf(commit, app_id())) return false;
    if (std::ranges::any_of(commit, ChangesData)) return true;
  }
  return false;
}

Result<bool> ModelTable::HasOtherColumns(const arrow::Schema& columns) const {
  const auto wanted = delta::DefineTable(columns, WishFor(model_, options_), options_.make_id,
                                         options_.clock->Now());
  if (!wanted) {
    Error error = wanted.error();
    error.code = warehouse_error::kModelInvalid;
    error.next_step = "Give the column a plain name and, by CAST, a type that Delta tables have.";
    return std::unexpected(std::move(error).Within(model_ + ".sql"));
  }
  return snapshot_ != nullptr && wanted->metadata.schema_json != snapshot_->metadata().schema_json;
}

bool ModelTable::IsScattered() const {
  if (snapshot_ == nullptr) return false;
  std::size_t files = 0;
  std::int64_t bytes = 0;
  for (const delta::AddFile& file : snapshot_->files()) {
    ++files;
    bytes += file.size_bytes;
  }
  return files > kScatteredFiles && bytes < static_cast<std::int64_t>(files) * kSmallFileBytes;
}

Status ModelTable::Write(sql::Engine& engine, const std::string& query,
                         const std::shared_ptr<arrow::Schema>& columns) {
  columns_ = columns;
  lake::RollingWriter writer(
      store_, *options_.clock,
      [this] { return fmt::format("part-{}.parquet", options_.make_id()); },
      options_.target_file_bytes);
  const auto rows = TRY(engine.Query(query));
  while (const auto batch = TRY(rows->Next())) {
    RETURN_IF_ERROR(writer.Write(columns, *TRY(lake::ConformBatch(*batch, columns))));
  }
  for (delta::AddFile& file : TRY(writer.Finish())) added_.push_back(std::move(file));
  return {};
}

Status ModelTable::Remove(const std::vector<const delta::AddFile*>& files, const Places& places) {
  std::vector<delta::DeletionVector> vectors;
  for (const auto& [file, rows] : places) {
    const delta::AddFile& live = *files[static_cast<std::size_t>(file)];
    if (copies_touched_files()) {
      removed_.push_back(live);
      continue;
    }
    delta::DeletionVector vector;
    if (live.deletion_vector) {
      vector = TRY(delta::ReadDeletionVector(*store_, *live.deletion_vector));
    }
    for (const std::int64_t row : rows) vector.Add(static_cast<std::uint64_t>(row));
    const auto records = lake::NumRecords(live);
    if (records && vector.cardinality() == static_cast<std::uint64_t>(*records)) {
      removed_.push_back(live);
      continue;
    }
    hidden_.emplace_back(live, delta::DeletionVectorDescriptor());
    vectors.push_back(std::move(vector));
  }
  if (vectors.empty()) return {};
  std::vector<const delta::DeletionVector*> pointers;
  for (const auto& vector : vectors) pointers.push_back(&vector);
  auto descriptors = TRY(delta::WriteDeletionVectors(*store_, pointers, options_.make_id()));
  for (std::size_t i = 0; i < hidden_.size(); ++i) hidden_[i].second = std::move(descriptors[i]);
  return {};
}

Status ModelTable::ReplaceAll(const arrow::Schema& columns) {
  for (const delta::AddFile& file : snapshot_->files()) removed_.push_back(file);
  if (!TRY(HasOtherColumns(columns))) return {};
  delta::Metadata metadata = snapshot_->metadata();
  metadata.schema_json = TRY(delta::SchemaToJson(columns));
  metadata_ = std::move(metadata);
  delta::Protocol joined =
      Joined(snapshot_->protocol(), delta::ProtocolFor(columns, WishFor(model_, options_)));
  if (joined != snapshot_->protocol()) protocol_ = std::move(joined);
  return {};
}

Result<delta::Transaction> ModelTable::Plan() const {
  delta::Transaction transaction(snapshot_, delta::Isolation::kOwner);
  if (protocol_) transaction.SetProtocol(*protocol_);
  if (metadata_) transaction.SetMetadata(*metadata_);
  for (const delta::AddFile& file : removed_) transaction.Remove(file);
  for (const auto& [file, vector] : hidden_) transaction.ReplaceDeletionVector(file, vector);
  for (const delta::AddFile& file : added_) transaction.Add(file);
  return transaction;
}

Result<std::shared_ptr<const delta::Snapshot>> ModelTable::Staged() {
  if (snapshot_ == nullptr) return nullptr;
  const delta::Transaction transaction = TRY(Plan());
  return snapshot_->Apply(TRY(transaction.Actions()));
}

Status ModelTable::Commit(LoadRecord record, std::int64_t rows_come, std::int64_t rows_gone) {
  record.loads = record_ ? record_->loads + 1 : 1;
  const delta::SetTransaction progress{app_id(), record.loads,
                                       options_.clock->Now().value() / kMicrosPerMilli};
  if (snapshot_ == nullptr) {
    const auto definition = TRY(delta::DefineTable(*columns_, WishFor(model_, options_),
                                                   options_.make_id, options_.clock->Now()));
    std::vector<delta::Action> with{progress, delta::DomainMetadata{kLoadDomain, ToJson(record)}};
    for (const delta::AddFile& file : added_) with.emplace_back(file);
    return Finish(committer_->Create(definition.protocol, definition.metadata, with));
  }
  delta::Transaction transaction = TRY(Plan());
  transaction.SetProgress(progress);
  transaction.SetDomain(kLoadDomain, ToJson(record));
  transaction.Describe("WAREHOUSE LOAD", {{"model", model_}},
                       {{"numTargetRowsInserted", std::to_string(rows_come)},
                        {"numTargetRowsDeleted", std::to_string(rows_gone)}});
  return Finish(committer_->Commit(transaction));
}

Status ModelTable::Finish(Result<delta::CommitOutcome> outcome) {
  if (!outcome) return std::unexpected(std::move(outcome).error());
  auto* committed = std::get_if<delta::Committed>(&*outcome);
  if (committed == nullptr) {
    return Err(
        ErrorKind::kTransient, warehouse_error::kLoadInterfered,
        fmt::format("{}: {}", store_->Describe(), std::get<delta::Conflict>(*outcome).reason));
  }
  added_.clear();
  removed_.clear();
  hidden_.clear();
  metadata_.reset();
  protocol_.reset();
  RETURN_IF_ERROR(Load(std::move(committed->snapshot)));
  // The commit is in already: a checkpoint that fails only costs the next reader time.
  if (delta::IsCheckpointDue(*snapshot_)) {
    const auto written = delta::WriteCheckpoint(*store_, *snapshot_, options_.clock->Now());
    (void)written;
  }
  return {};
}

void ModelTable::Abandon() {
  for (const delta::AddFile& file : added_) {
    // What cannot be deleted is an orphan for vacuum.
    const Status deleted = store_->Delete(file.path);
    (void)deleted;
  }
  added_.clear();
  removed_.clear();
  hidden_.clear();
  metadata_.reset();
  protocol_.reset();
}

}  // namespace foreset::pipeline
