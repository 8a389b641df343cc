// SPDX-License-Identifier: MIT
#include "foreset/lake/lake_table.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/parquet_mode.h"
#include "foreset/base/time_units.h"
#include "foreset/delta/actions_json.h"
#include "foreset/delta/checkpoint_writer.h"
#include "foreset/delta/schema_json.h"
#include "foreset/delta/table_creation.h"
#include "foreset/lake/column_ids.h"
#include "foreset/lake/column_record.h"
#include "foreset/model/table_schema_json.h"

namespace foreset::lake {
namespace {

constexpr char kSchemaDomain[] = "foreset.schema";
constexpr char kFormatProperty[] = "foreset.format";
constexpr char kParquetMode[] = "parquet";
constexpr char kVectorsProperty[] = "delta.enableDeletionVectors";

std::int64_t NowMs(const LakeOptions& options) {
  return options.clock->Now().value() / kMicrosPerMilli;
}

std::string NewPath(const std::string& id) { return fmt::format("part-{}.parquet", id); }

// What the table says to every program that cleans up.
std::map<std::string, std::string> RetentionProperties(const LakeOptions& options) {
  if (!options.kept) return {};
  const std::string kept = fmt::format("interval {} seconds", options.kept->count());
  return {{"delta.deletedFileRetentionDuration", kept}, {"delta.logRetentionDuration", kept}};
}

void SetProperties(const std::map<std::string, std::string>& properties,
                   delta::Transaction& transaction) {
  const auto& said = transaction.metadata().configuration;
  const bool all = std::ranges::all_of(properties, [&](const auto& property) {
    const auto at = said.find(property.first);
    return at != said.end() && at->second == property.second;
  });
  if (all) return;
  delta::Metadata metadata = transaction.metadata();
  for (const auto& [key, value] : properties) metadata.configuration[key] = value;
  transaction.SetMetadata(std::move(metadata));
}

delta::TableWish WishFor(const std::string& table, const arrow::Schema& columns,
                         const LakeOptions& options, bool upserted) {
  delta::TableWish wish{.name = table};
  const bool parquet = options.format == TableFormat::kParquet;
  wish.deletion_vectors = upserted && !parquet && options.upsert == UpsertMode::kDeletionVectors;
  wish.column_mapping = !parquet && !HasPlainNames(columns);
  wish.any_names = parquet;
  wish.properties = RetentionProperties(options);
  if (parquet) wish.properties[kFormatProperty] = kParquetMode;
  wish.properties["delta.checkpointInterval"] = std::to_string(options.checkpoint_every);
  return wish;
}

// In a ParquetLayout that is the log of a Delta table, elsewhere the manifest.
Result<bool> IsOfOtherFormat(const ObjectStore& store) {
  return !TRY(store.List("_manifest/", "")).empty();
}

bool ChangesData(const delta::Action& action) {
  if (const auto* add = std::get_if<delta::AddFile>(&action)) return add->data_change;
  if (const auto* remove = std::get_if<delta::RemoveFile>(&action)) return remove->data_change;
  return false;
}

bool IsOurs(const std::vector<delta::Action>& commit, const std::string& app_id) {
  return std::ranges::any_of(commit, [&](const delta::Action& action) {
    const auto* progress = std::get_if<delta::SetTransaction>(&action);
    return progress != nullptr && progress->app_id == app_id;
  });
}

Error Repeatable(Error error) {
  if (error.kind == ErrorKind::kCommitUnknown) error.kind = ErrorKind::kTransient;
  return error;
}

bool HoldsWallClock(const arrow::FieldVector& fields) {
  return std::ranges::any_of(fields, [](const auto& field) {
    const auto& type = *field->type();
    if (type.id() != arrow::Type::TIMESTAMP) return HoldsWallClock(type.fields());
    return static_cast<const arrow::TimestampType&>(type).timezone().empty();
  });
}

}  // namespace

bool IsInParquetMode(const delta::Snapshot& snapshot) {
  return snapshot.Property(kFormatProperty, "") == kParquetMode;
}

LakeTable::LakeTable(std::shared_ptr<ObjectStore> store, std::string table,
                     const LakeOptions& options)
    : store_(std::move(store)),
      table_(std::move(table)),
      options_(options),
      committer_(std::make_unique<delta::Committer>(store_, *options.clock, options.make_id)) {}

Result<bool> LakeTable::Exists(const ObjectStore& store) {
  return !TRY(store.List("_delta_log/", "")).empty();
}

Result<bool> LakeTable::IsOccupied(const ObjectStore& store) {
  return TRY(Exists(store)) || TRY(IsOfOtherFormat(store));
}

Result<LakeTable> LakeTable::Create(std::shared_ptr<ObjectStore> store, std::string table,
                                    const LakeOptions& options, const arrow::Schema& columns,
                                    const TableSchema& source, Progress progress, bool upserted) {
  LakeTable lake_table(std::move(store), std::move(table), options);
  if (TRY(IsOfOtherFormat(*lake_table.store_))) {
    return Err(ErrorKind::kInvalidInput, parquet_mode_error::kLakeTableFormat,
               fmt::format("{} is not kept as {}", lake_table.store_->Describe(),
                           options.format == TableFormat::kParquet ? "parquet" : "delta"));
  }
  progress.app_id = fmt::format("foreset/{}/{}", options.name, lake_table.table_);
  progress.schema = source.version;
  std::vector<delta::Action> with = {
      delta::SetTransaction{progress.app_id, progress.commits, NowMs(options)},
      delta::DomainMetadata{kProgressDomain, ToJson(progress)},
      delta::DomainMetadata{kSchemaDomain, foreset::ToJson(source)}};
  const delta::TableDefinition definition =
      TRY(delta::DefineTable(columns, WishFor(lake_table.table_, columns, options, upserted),
                             options.make_id, options.clock->Now()));
  const auto columns_made = TRY(delta::SchemaFromJson(definition.metadata.schema_json));
  with.emplace_back(delta::DomainMetadata{
      kColumnsDomain, TRY(lake::ToJson(ColumnRecord{source.version, columns_made}))});
  auto created = lake_table.committer_->Create(definition.protocol, definition.metadata, with);
  // Who tries again finds it made, or not.
  if (!created) return std::unexpected(Repeatable(std::move(created).error()));
  delta::CommitOutcome& outcome = *created;
  if (auto* conflict = std::get_if<delta::Conflict>(&outcome)) {
    const bool ours = lake_table.Load(std::move(conflict->latest)).has_value() &&
                      lake_table.progress_.app_id == progress.app_id;
    return Err(ErrorKind::kInvalidInput,
               ours ? ErrorCode::kLakeLocked : ErrorCode::kLakeTableExists,
               fmt::format("{} {}", lake_table.store_->Describe(),
                           ours ? "has just been made by another process" : "is a table already"));
  }
  RETURN_IF_ERROR(lake_table.Load(std::get<delta::Committed>(outcome).snapshot));
  // The table is there. What fails here the first commit makes up for.
  (void)lake_table.TakeOver();
  return lake_table;
}

Result<LakeTable> LakeTable::Open(std::shared_ptr<ObjectStore> store, std::string table,
                                  const LakeOptions& options) {
  LakeTable lake_table(std::move(store), std::move(table), options);
  RETURN_IF_ERROR(lake_table.Load(TRY(delta::Snapshot::Load(lake_table.store_))));
  RETURN_IF_ERROR(lake_table.RefuseForeignChanges(*lake_table.snapshot_));
  return lake_table;
}

Status LakeTable::Refresh() {
  auto snapshot = TRY(snapshot_->Advance());
  RETURN_IF_ERROR(RefuseForeignChanges(*snapshot));
  return Load(std::move(snapshot));
}

Status LakeTable::TakeOver() const {
  return publisher_ ? publisher_->Sweep(*snapshot_, false) : Status();
}

Status LakeTable::Load(std::shared_ptr<const delta::Snapshot> snapshot) {
  const auto progress = snapshot->FindDomain(kProgressDomain);
  const auto schema = snapshot->FindDomain(kSchemaDomain);
  if (!progress || !schema) {
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
               fmt::format("{} carries no progress of Foreset", store_->Describe()));
  }
  progress_ = TRY(ProgressFromJson(*progress));
  TableSchema source = TRY(TableSchemaFromJson(*schema));
  source_ = std::make_shared<const TableSchema>(std::move(source));
  if (snapshot->schema() != compared_) {
    columns_ = TRY(ColumnsIn(*snapshot));
    compared_ = snapshot->schema();
  }
  snapshot_ = std::move(snapshot);
  if (publisher_ == nullptr && IsInParquetMode(*snapshot_)) {
    publisher_ = std::make_unique<PartPublisher>(*store_, *options_.clock, options_.replaced_kept,
                                                 !options_.parted_by_date);
  }
  return {};
}

// What older programs wrote carries no record, nor does a version from before it that was restored:
// such a table takes its columns as they are.
Result<std::shared_ptr<arrow::Schema>> LakeTable::ColumnsIn(const delta::Snapshot& snapshot) {
  recorded_ = false;
  const auto text = snapshot.FindDomain(kColumnsDomain);
  if (!text) return snapshot.schema();
  const ColumnRecord record = TRY(ColumnRecordFromJson(*text));
  if (record.schema != progress_.schema) return snapshot.schema();
  auto columns = InOrderOf(*record.columns, *snapshot.schema());
  if (!columns) {
    Error error = std::move(columns).error();
    error.message = fmt::format("{}: {}; the last version that is Foreset's is {}",
                                store_->Describe(), error.message, TRY(LastOwnVersion(snapshot)));
    return std::unexpected(std::move(error));
  }
  recorded_ = true;
  return columns;
}

Result<std::string> LakeTable::LastOwnVersion(const delta::Snapshot& snapshot) const {
  for (std::int64_t version = snapshot.version().value(); version >= 0; --version) {
    const auto text = store_->Read(fmt::format("_delta_log/{:020}.json", version));
    if (!text) break;
    if (IsOurs(TRY(delta::ParseCommit(*text)), progress_.app_id)) return std::to_string(version);
  }
  return std::string("not known");
}

// Walks back to the last commit of ours: what came after it may only have moved rows.
Status LakeTable::RefuseForeignChanges(const delta::Snapshot& snapshot) const {
  for (std::int64_t version = snapshot.version().value(); version >= 0; --version) {
    auto text = store_->Read(fmt::format("_delta_log/{:020}.json", version));
    if (!text) {
      // Cleaned up: checkpoints have taken its place, and ours is older than that.
      if (text.error().kind == ErrorKind::kNotFound) return {};
      return std::unexpected(std::move(text).error());
    }
    const std::vector<delta::Action> commit = TRY(delta::ParseCommit(*text));
    if (IsOurs(commit, progress_.app_id)) return {};
    if (std::ranges::any_of(commit, ChangesData)) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kForeignChange,
                 fmt::format("version {} of {} changed data and is not Foreset's", version,
                             store_->Describe()));
    }
  }
  return {};
}

delta::Transaction LakeTable::Begin() const { return {snapshot_, delta::Isolation::kOwner}; }

Result<std::shared_ptr<arrow::Schema>> LakeTable::SetColumns(
    delta::Transaction& transaction, const std::shared_ptr<arrow::Schema>& columns,
    SchemaVersion version) const {
  delta::Metadata metadata = transaction.metadata();
  // In Parquet mode a file's columns have the names that plain readers want.
  auto numbered =
      in_parquet_mode()
          ? columns
          : TRY(WithColumnIds(columns, *snapshot_->schema(), metadata, options_.make_id));
  metadata.schema_json = TRY(delta::SchemaToJson(*numbered));
  transaction.SetDomain(kColumnsDomain, TRY(lake::ToJson(ColumnRecord{version, numbered})));
  if (metadata != transaction.metadata()) transaction.SetMetadata(std::move(metadata));
  const delta::Protocol& has = transaction.protocol();
  const TableFormat format = in_parquet_mode() ? TableFormat::kParquet : TableFormat::kDelta;
  const delta::TableWish wish = WishFor(table_, *numbered, options_.As(format), false);
  delta::Protocol joined = delta::JoinProtocols(has, delta::ProtocolFor(*numbered, wish));
  if (joined != has) transaction.SetProtocol(std::move(joined));
  return numbered;
}

Status LakeTable::AllowDeletionVectors(delta::Transaction& transaction) const {
  const delta::TableWish wish = WishFor(table_, *snapshot_->schema(), options_, true);
  const delta::Protocol& has = transaction.protocol();
  delta::Protocol joined =
      delta::JoinProtocols(has, delta::ProtocolFor(*snapshot_->schema(), wish));
  if (joined != has) transaction.SetProtocol(std::move(joined));
  SetProperties({{kVectorsProperty, "true"}}, transaction);
  return {};
}

bool LakeTable::rewrites() const {
  return in_parquet_mode() || options_.upsert == UpsertMode::kRewrite ||
         snapshot_->Property(kVectorsProperty, "true") == "false";
}

// Only a DATETIME becomes a timestamp without zone.
DateTimeAs LakeTable::datetime() const {
  if (HoldsWallClock(columns_->fields())) return DateTimeAs::kWallClock;
  const bool has_datetime = std::ranges::any_of(source_->columns, [](const ColumnSchema& column) {
    return column.type == SourceType::kDateTime;
  });
  return has_datetime ? DateTimeAs::kUtc : options_.datetime();
}

delta::ScanOptions LakeTable::AllColumns() const {
  delta::ScanOptions options;
  options.columns = columns_->field_names();
  return options;
}

std::string LakeTable::NewFilePath() const { return NewPath(options_.make_id()); }

RollingWriter LakeTable::NewWriter() const {
  const auto written_as = [publisher = publisher_.get()](const std::string& path) {
    return publisher == nullptr ? path : publisher->Begin(path);
  };
  return {store_, *options_.clock, [make_id = options_.make_id] { return NewPath(make_id()); },
          options_.target_file_bytes, written_as};
}

std::string LakeTable::FolderNow() const {
  if (!in_parquet_mode() || !options_.parted_by_date) return {};
  const std::chrono::sys_time<std::chrono::microseconds> now(
      std::chrono::microseconds(options_.clock->Now().value()));
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(now));
  return fmt::format("date={:04}-{:02}-{:02}/", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Status LakeTable::Commit(delta::Transaction transaction, Progress progress,
                         const TableSchema* source) {
  progress.commits = progress_.commits + 1;
  if (source != nullptr) {
    progress.schema = source->version;
    transaction.SetDomain(kSchemaDomain, foreset::ToJson(*source));
  }
  if (source == nullptr && !recorded_) {
    transaction.SetDomain(kColumnsDomain,
                          TRY(lake::ToJson(ColumnRecord{progress_.schema, columns_})));
  }
  SetProperties(RetentionProperties(options_), transaction);
  progress.app_id = progress_.app_id;
  transaction.SetProgress({progress.app_id, progress.commits, NowMs(options_)});
  transaction.SetDomain(kProgressDomain, ToJson(progress));
  return Settle(transaction);
}

Status LakeTable::CommitMaintenance(const delta::Transaction& transaction) {
  return Settle(transaction);
}

Status LakeTable::Settle(const delta::Transaction& transaction) {
  auto settled = committer_->Commit(transaction);
  if (!settled) {
    // Whether an unknown commit is in, the table's own progress tells. Looked at now if that can
    // be, so that it is not taken for another process's when it gets in the way later.
    Error error = std::move(settled).error();
    if (error.kind == ErrorKind::kCommitUnknown) {
      error.kind = ErrorKind::kTransient;
      if (auto latest = snapshot_->Advance()) RETURN_IF_ERROR(Load(*std::move(latest)));
    }
    return std::unexpected(std::move(error));
  }
  delta::CommitOutcome& outcome = *settled;
  if (auto* conflict = std::get_if<delta::Conflict>(&outcome)) {
    if (conflict->foreign_data_change) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kForeignChange,
                 fmt::format("{}: {}", store_->Describe(), conflict->reason));
    }
    const std::int64_t commits = progress_.commits;
    RETURN_IF_ERROR(Load(std::move(conflict->latest)));
    if (progress_.commits != commits) {
      return Err(
          ErrorKind::kTransient, ErrorCode::kLakeLocked,
          fmt::format("{}: another process commits as {}", store_->Describe(), progress_.app_id));
    }
    return Err(ErrorKind::kTransient, ErrorCode::kLakeTableMoved,
               fmt::format("{}: {}", store_->Describe(), conflict->reason));
  }
  auto& snapshot = std::get<delta::Committed>(outcome).snapshot;
  in_step_ = snapshot->version() == transaction.read()->version().Next();
  RETURN_IF_ERROR(Load(std::move(snapshot)));
  CheckpointWhenDue();
  return Publish(transaction);
}

// The commit is in: what fails here is told like an outcome that was unknown, and the next commit
// or TakeOver makes up for it.
Status LakeTable::Publish(const delta::Transaction& transaction) {
  if (publisher_ == nullptr) return {};
  return publisher_->Follow(TRY(transaction.Actions()), *snapshot_);
}

// The commit is in already: a checkpoint that fails only costs the next reader time.
void LakeTable::CheckpointWhenDue() {
  if (!delta::IsCheckpointDue(*snapshot_)) return;
  auto written = delta::WriteCheckpoint(*store_, *snapshot_, options_.clock->Now());
  checkpoint_error_.reset();
  if (!written) {
    checkpoint_error_ = std::move(written).error();
    return;
  }
  snapshot_ = snapshot_->ReadFrom(std::move(written->files));
  if (options_.upkeep == nullptr) return;
  const std::int64_t checkpoints = snapshot_->version().value() / options_.checkpoint_every;
  options_.upkeep->Submit({.store = store_,
                           .snapshot = snapshot_,
                           .unneeded = std::move(written->unneeded),
                           .log = checkpoints % kCheckpointsPerLogLook == 0,
                           .orphans = checkpoints % kCheckpointsPerOrphanLook == 0});
}

}  // namespace foreset::lake
