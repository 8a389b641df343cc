// SPDX-License-Identifier: MIT
#include "foreset/lake/lake_table.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/delta/actions_json.h"
#include "foreset/delta/schema_json.h"
#include "foreset/model/table_schema_json.h"

namespace foreset::lake {
namespace {

constexpr char kProgressDomain[] = "foreset.progress";
constexpr char kSchemaDomain[] = "foreset.schema";
constexpr std::int64_t kMicrosPerMilli = 1000;

std::int64_t NowMs(const LakeOptions& options) {
  return options.clock->Now().value() / kMicrosPerMilli;
}

std::string NewPath(const std::string& id) { return fmt::format("part-{}.parquet", id); }

bool HoldsWallClock(const arrow::DataType& type) {
  if (type.id() == arrow::Type::TIMESTAMP) {
    return static_cast<const arrow::TimestampType&>(type).timezone().empty();
  }
  return std::ranges::any_of(type.fields(),
                             [](const auto& field) { return HoldsWallClock(*field->type()); });
}

// "Table Features": reader features are writer features too.
delta::Protocol ProtocolFor(const arrow::Schema& columns, const LakeOptions& options) {
  std::vector<std::string> reader;
  if (options.upsert == UpsertMode::kDeletionVectors) reader.emplace_back("deletionVectors");
  const bool wall_clock = std::ranges::any_of(
      columns.fields(), [](const auto& field) { return HoldsWallClock(*field->type()); });
  if (wall_clock) reader.emplace_back("timestampNtz");
  std::vector<std::string> writer = reader;
  writer.emplace_back("domainMetadata");
  writer.emplace_back("inCommitTimestamp");
  delta::Protocol protocol{.min_reader_version = 1, .min_writer_version = 7};
  protocol.writer_features = std::move(writer);
  if (!reader.empty()) {
    protocol.min_reader_version = 3;
    protocol.reader_features = std::move(reader);
  }
  return protocol;
}

bool Lacks(const delta::Protocol& has, const delta::Protocol& needs) {
  if (!has.writer_features) return true;
  return std::ranges::any_of(*needs.writer_features, [&](const std::string& feature) {
    return std::ranges::find(*has.writer_features, feature) == has.writer_features->end();
  });
}

Result<delta::Metadata> NewMetadata(const arrow::Schema& columns, const LakeOptions& options) {
  delta::Metadata metadata;
  metadata.id = options.make_id();
  metadata.schema_json = TRY(delta::SchemaToJson(columns));
  metadata.created_time_ms = NowMs(options);
  metadata.configuration["delta.enableInCommitTimestamps"] = "true";
  if (options.upsert == UpsertMode::kDeletionVectors) {
    metadata.configuration["delta.enableDeletionVectors"] = "true";
  }
  return metadata;
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

}  // namespace

LakeTable::LakeTable(std::shared_ptr<ObjectStore> store, std::string table,
                     const LakeOptions& options)
    : store_(std::move(store)),
      table_(std::move(table)),
      app_id_(fmt::format("foreset/{}/{}", options.name, table_)),
      options_(options),
      committer_(std::make_unique<delta::Committer>(store_, *options.clock, options.make_id)) {}

Result<bool> LakeTable::Exists(const ObjectStore& store) {
  return !TRY(store.List("_delta_log/", "")).empty();
}

Result<LakeTable> LakeTable::Create(std::shared_ptr<ObjectStore> store, std::string table,
                                    const LakeOptions& options, const arrow::Schema& columns,
                                    const TableSchema& source, Progress progress) {
  LakeTable lake_table(std::move(store), std::move(table), options);
  progress.schema = source.version;
  const std::vector<delta::Action> with = {
      delta::SetTransaction{lake_table.app_id_, progress.commits, NowMs(options)},
      delta::DomainMetadata{kProgressDomain, ToJson(progress)},
      delta::DomainMetadata{kSchemaDomain, foreset::ToJson(source)}};
  const delta::Metadata metadata = TRY(NewMetadata(columns, options));
  delta::CommitOutcome outcome =
      TRY(lake_table.committer_->Create(ProtocolFor(columns, options), metadata, with));
  auto* committed = std::get_if<delta::Committed>(&outcome);
  if (committed == nullptr) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kLakeTableExists,
               fmt::format("{} is a table already", lake_table.store_->Describe()));
  }
  RETURN_IF_ERROR(lake_table.Load(std::move(committed->snapshot)));
  return lake_table;
}

Result<LakeTable> LakeTable::Open(std::shared_ptr<ObjectStore> store, std::string table,
                                  const LakeOptions& options) {
  LakeTable lake_table(std::move(store), std::move(table), options);
  auto snapshot = TRY(delta::Snapshot::Load(lake_table.store_));
  RETURN_IF_ERROR(lake_table.RefuseForeignChanges(*snapshot));
  RETURN_IF_ERROR(lake_table.Load(std::move(snapshot)));
  return lake_table;
}

Status LakeTable::Refresh() {
  auto snapshot = TRY(snapshot_->Advance());
  RETURN_IF_ERROR(RefuseForeignChanges(*snapshot));
  return Load(std::move(snapshot));
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
  snapshot_ = std::move(snapshot);
  return {};
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
    if (IsOurs(commit, app_id_)) return {};
    if (std::ranges::any_of(commit, ChangesData)) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kForeignChange,
                 fmt::format("version {} of {} changed data and is not Foreset's", version,
                             store_->Describe()));
    }
  }
  return {};
}

delta::Transaction LakeTable::Begin() const {
  return {snapshot_, delta::Isolation::kOwner};
}

Status LakeTable::SetColumns(delta::Transaction& transaction, const arrow::Schema& columns) const {
  delta::Metadata metadata = snapshot_->metadata();
  metadata.schema_json = TRY(delta::SchemaToJson(columns));
  transaction.SetMetadata(std::move(metadata));
  delta::Protocol needed = ProtocolFor(columns, options_);
  if (Lacks(snapshot_->protocol(), needed)) transaction.SetProtocol(std::move(needed));
  return {};
}

std::string LakeTable::NewFilePath() const { return NewPath(options_.make_id()); }

RollingWriter LakeTable::NewWriter() const {
  return {store_, *options_.clock, [make_id = options_.make_id] { return NewPath(make_id()); },
          options_.target_file_bytes};
}

Status LakeTable::Commit(delta::Transaction transaction, Progress progress,
                         const TableSchema* source) {
  progress.commits = progress_.commits + 1;
  if (source != nullptr) {
    progress.schema = source->version;
    transaction.SetDomain(kSchemaDomain, foreset::ToJson(*source));
  }
  transaction.SetProgress({app_id_, progress.commits, NowMs(options_)});
  transaction.SetDomain(kProgressDomain, ToJson(progress));
  return Settle(transaction);
}

Status LakeTable::CommitMaintenance(const delta::Transaction& transaction) {
  return Settle(transaction);
}

Status LakeTable::Settle(const delta::Transaction& transaction) {
  delta::CommitOutcome outcome = TRY(committer_->Commit(transaction));
  if (auto* conflict = std::get_if<delta::Conflict>(&outcome)) {
    if (conflict->foreign_data_change) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kForeignChange,
                 fmt::format("{}: {}", store_->Describe(), conflict->reason));
    }
    RETURN_IF_ERROR(Load(std::move(conflict->latest)));
    return Err(ErrorKind::kTransient, ErrorCode::kLakeTableMoved,
               fmt::format("{}: {}", store_->Describe(), conflict->reason));
  }
  auto& snapshot = std::get<delta::Committed>(outcome).snapshot;
  in_step_ = snapshot->version() == transaction.read()->version().Next();
  RETURN_IF_ERROR(Load(std::move(snapshot)));
  return CheckpointWhenDue();
}

Status LakeTable::CheckpointWhenDue() { return {}; }

}  // namespace foreset::lake
