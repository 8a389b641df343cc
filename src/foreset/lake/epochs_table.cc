// SPDX-License-Identifier: MIT
#include "foreset/lake/epochs_table.h"

#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/json_writer.h"
#include "foreset/delta/table_scan.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/row_builder.h"

namespace foreset::lake {
namespace {

struct EpochColumn {
  enum : int {
    kPosition,
    kEpoch,
    kServer,
    kFile,
    kPos,
    kGtid,
    kVersions,
    kNewestCommit,
    kCommittedAt,
  };
};

std::shared_ptr<arrow::Schema> EpochColumns() {
  return arrow::schema(
      {arrow::field("position", arrow::utf8()), arrow::field("epoch", arrow::int64()),
       arrow::field("server", arrow::utf8()), arrow::field("file", arrow::utf8()),
       arrow::field("pos", arrow::int64()), arrow::field("gtid", arrow::utf8()),
       arrow::field("versions", arrow::utf8()), arrow::field("newest_commit", LakeTimeType()),
       arrow::field("committed_at", LakeTimeType())});
}

constexpr char kTablesDomain[] = "foreset.bronze";

std::string IdsJson(const std::map<std::string, std::string>& ids) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [folder, id] : ids) json.Member(folder, id);
  json.EndObject();
  return json.Take();
}

// The members of the object, each read as a T; texts must outlive the parser.
template <typename T, typename Kept = T>
Result<std::map<std::string, Kept>> ReadMembers(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::map<std::string, Kept> members;
  if (parser.parse(text.data(), text.size()).get(object) == simdjson::SUCCESS) {
    for (const auto& [key, value] : object) {
      T member;
      if (value.get(member) != simdjson::SUCCESS) break;
      members.emplace(key, Kept(member));
    }
    if (members.size() == object.size()) return members;
  }
  return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
             fmt::format("_epochs has a row of another form: {}", text));
}

// The files that may hold the last row. Bounds of times are whole milliseconds.
std::vector<const delta::AddFile*> NewestFiles(const delta::Snapshot& snapshot) {
  std::string newest;
  std::vector<const delta::AddFile*> files;
  for (const delta::AddFile& file : snapshot.files()) {
    const auto most = MaxText(file, "committed_at");
    if (most && *most < newest) continue;
    if (most && *most > newest) {
      files.clear();
      newest = *most;
    }
    files.push_back(&file);
  }
  return files;
}

std::string VersionsJson(const std::map<std::string, delta::Version>& versions) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [table, version] : versions) json.Member(table, version.value());
  json.EndObject();
  return json.Take();
}

}  // namespace

Result<std::unique_ptr<EpochsTable>> EpochsTable::Open(std::shared_ptr<ObjectStore> store,
                                                       const LakeOptions& options) {
  if (!TRY(LakeTable::Exists(*store))) {
    return Err(ErrorKind::kNotFound, ErrorCode::kLakeEmpty,
               fmt::format("there is no {} yet", store->Describe()));
  }
  return OpenOrCreate(std::move(store), options);
}

Result<std::unique_ptr<EpochsTable>> EpochsTable::OpenOrCreate(std::shared_ptr<ObjectStore> store,
                                                               const LakeOptions& options) {
  LakeTable table = TRY(OpenOrCreatePlain(std::move(store), "_epochs", options, *EpochColumns()));
  return std::unique_ptr<EpochsTable>(new EpochsTable(std::move(table)));
}

Status EpochsTable::Append(const Epoch& epoch) {
  const SourcePosition& position = epoch.position;
  if (const auto last = latest(); last && !position.Covers(*last)) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("an epoch at {} would go back behind {}", position.ToString(),
                           last->ToString()));
  }
  RowBuilder rows(EpochColumns());
  rows.Text(EpochColumn::kPosition, foreset::ToJson(position));
  rows.Long(EpochColumn::kEpoch, position.epoch.value());
  rows.Text(EpochColumn::kServer, position.server);
  rows.Text(EpochColumn::kFile, position.file);
  rows.Long(EpochColumn::kPos, static_cast<std::int64_t>(position.offset));
  rows.Text(EpochColumn::kGtid, position.gtid_set);
  rows.Text(EpochColumn::kVersions, VersionsJson(epoch.versions));
  if (epoch.newest_commit.value() != 0) rows.Time(EpochColumn::kNewestCommit, epoch.newest_commit);
  rows.Time(EpochColumn::kCommittedAt, table_.options().clock->Now());
  rows.EndRow();
  Progress next = table_.progress();
  next.position = position;
  next.batch = next.batch.Next();
  std::optional<delta::DomainMetadata> tables;
  if (std::string ids = IdsJson(epoch.ids); table_.snapshot()->FindDomain(kTablesDomain) != ids) {
    tables = {.domain = kTablesDomain, .configuration = std::move(ids)};
  }
  return AppendPlain(table_, TRY(rows.Finish()), next, tables);
}

Result<std::optional<Epoch>> EpochsTable::Last() const {
  std::optional<Epoch> last;
  Timestamp newest;
  std::string versions;
  const auto read = [&](const delta::ScannedBatch& scanned) -> Status {
    for (std::int64_t i = 0; i < scanned.batch->num_rows(); ++i) {
      const RowReader row(*scanned.batch, i);
      if (last && row.Time(EpochColumn::kCommittedAt) < newest) continue;
      newest = row.Time(EpochColumn::kCommittedAt);
      versions = row.Text(EpochColumn::kVersions);
      last.emplace().position = TRY(SourcePositionFromJson(row.Text(EpochColumn::kPosition)));
    }
    return {};
  };
  for (const delta::AddFile* file : NewestFiles(*table_.snapshot())) {
    RETURN_IF_ERROR(
        delta::ScanFile(table_.store(), *table_.snapshot(), *file, table_.AllColumns(), read));
  }
  if (!last) return last;
  for (const auto& [folder, version] : TRY(ReadMembers<std::int64_t>(versions))) {
    last->versions[folder] = delta::Version(version);
  }
  if (const auto ids = table_.snapshot()->FindDomain(kTablesDomain)) {
    for (const auto& [folder, id] : TRY((ReadMembers<std::string_view, std::string>(*ids)))) {
      last->ids[folder] = id;
    }
  }
  return last;
}

std::optional<SourcePosition> EpochsTable::latest() const {
  if (table_.progress().position.empty()) return std::nullopt;
  return table_.progress().position;
}

Result<bool> EpochsTable::Maintain(const CompactionPolicy& policy) {
  return CompactAppendOnly(table_, policy);
}

}  // namespace foreset::lake
