// SPDX-License-Identifier: MIT
#include "foreset/lake/epochs_table.h"

#include <utility>

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/lake/row_builder.h"

namespace foreset::lake {
namespace {

enum Column : int {
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

std::shared_ptr<arrow::Schema> Columns() {
  return arrow::schema(
      {arrow::field("position", arrow::utf8()), arrow::field("epoch", arrow::int64()),
       arrow::field("server", arrow::utf8()), arrow::field("file", arrow::utf8()),
       arrow::field("pos", arrow::int64()), arrow::field("gtid", arrow::utf8()),
       arrow::field("versions", arrow::utf8()), arrow::field("newest_commit", LakeTimeType()),
       arrow::field("committed_at", LakeTimeType())});
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
  LakeTable table = TRY(OpenOrCreatePlain(std::move(store), "_epochs", options, *Columns()));
  return std::unique_ptr<EpochsTable>(new EpochsTable(std::move(table)));
}

Status EpochsTable::Append(const Epoch& epoch) {
  const SourcePosition& position = epoch.position;
  if (const auto last = latest(); last && !position.Covers(*last)) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("an epoch at {} would go back behind {}", position.ToString(),
                           last->ToString()));
  }
  RowBuilder rows(Columns());
  rows.Text(kPosition, foreset::ToJson(position));
  rows.Long(kEpoch, position.epoch.value());
  rows.Text(kServer, position.server);
  rows.Text(kFile, position.file);
  rows.Long(kPos, static_cast<std::int64_t>(position.offset));
  rows.Text(kGtid, position.gtid_set);
  rows.Text(kVersions, VersionsJson(epoch.versions));
  if (epoch.newest_commit.value() != 0) rows.Time(kNewestCommit, epoch.newest_commit);
  rows.Time(kCommittedAt, table_.options().clock->Now());
  rows.EndRow();
  Progress next = table_.progress();
  next.position = position;
  next.batch = next.batch.Next();
  return AppendPlain(table_, TRY(rows.Finish()), next);
}

std::optional<SourcePosition> EpochsTable::latest() const {
  if (table_.progress().position.empty()) return std::nullopt;
  return table_.progress().position;
}

Result<bool> EpochsTable::Maintain(const CompactionPolicy& policy) {
  return CompactAppendOnly(table_, policy);
}

}  // namespace foreset::lake
