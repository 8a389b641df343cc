// SPDX-License-Identifier: MIT
#include "foreset/pipeline/warehouse/lake_versions.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/ascii.h"
#include "foreset/base/errors/warehouse.h"
#include "foreset/delta/actions_json.h"
#include "foreset/delta/table_history.h"
#include "foreset/delta/table_search.h"
#include "foreset/lake/progress.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema_json.h"
#include "foreset/sql/delta_relation.h"

namespace foreset::pipeline {
namespace {

// So many epochs are looked at, the newest first.
constexpr int kEpochsTried = 500;

using SnapshotPtr = std::shared_ptr<const delta::Snapshot>;

struct EpochRow {
  std::string position;
  std::string time;
  std::map<std::string, std::int64_t> versions;  // of bronze tables, by folder
};

// A table with what must be known to find its version at an epoch.
struct Candidate {
  sql::QueryName name;
  std::shared_ptr<ObjectStore> store;
  SnapshotPtr latest;
  std::optional<std::string> bronze;  // folder of the bronze table that feeds it (or is it)
};

const std::shared_ptr<ObjectStore>& StoreOf(const lake::Lake& lake, const sql::QueryName& name) {
  return lake.stores[lake::LayerNamed(name[0]).value_or(lake::Layer::kGold)];
}

std::optional<lake::Progress> ProgressOf(const delta::Snapshot& snapshot) {
  const auto domain = snapshot.FindDomain(lake::kProgressDomain);
  if (!domain) return std::nullopt;
  auto progress = lake::ProgressFromJson(*domain);
  if (!progress) return std::nullopt;
  return *std::move(progress);
}

class VersionFinder {
 public:
  VersionFinder(const lake::Lake& lake, sql::Engine& engine) : lake_(lake), engine_(engine) {}

  Status Add(const sql::QueryName& name) {
    const auto& layer = StoreOf(lake_, name);
    std::string folder = name[1];
    auto latest = delta::Snapshot::Load(SubStore(layer, folder));
    if (!latest && latest.error().code == ErrorCode::kDeltaTableNotFound) {
      folder = TRY(Search(*layer, name));
      latest = delta::Snapshot::Load(SubStore(layer, folder));
    }
    if (!latest) return std::unexpected(std::move(latest).error());
    Candidate candidate{name, SubStore(layer, folder), *std::move(latest), std::nullopt};
    const auto schema = candidate.latest->FindDomain("foreset.schema");
    if (schema && ProgressOf(*candidate.latest) && !folder.starts_with('_')) {
      const TableSchema source = TRY(TableSchemaFromJson(*schema));
      candidate.bronze = lake_.layout.FolderOf(source.id);
    }
    candidates_.push_back(std::move(candidate));
    return {};
  }

  Result<LakeVersions> Find() {
    const auto wanted =
        std::ranges::count_if(candidates_, [](const auto& c) { return c.bronze.has_value(); });
    if (wanted == 0) return Take(EpochRow(), {});
    for (const EpochRow& epoch : TRY(ReadEpochs())) {
      std::map<sql::QueryName, SnapshotPtr> found;
      for (const Candidate& candidate : candidates_) {
        if (!candidate.bronze) continue;
        auto snapshot = TRY(At(epoch, candidate));
        if (snapshot == nullptr) {
          if (behind_.empty()) behind_ = fmt::format("{}", fmt::join(candidate.name, "/"));
          break;
        }
        found[candidate.name] = std::move(snapshot);
      }
      if (found.size() == static_cast<std::size_t>(wanted)) return Take(epoch, found);
    }
    return Err(ErrorKind::kTransient, warehouse_error::kNoCommonCut,
               behind_.empty()
                   ? std::string("bronze/_epochs says of no position that it is complete")
                   : fmt::format("{} is behind the others", behind_));
  }

 private:
  // By the name without regard to case, a folder deeper as "database.Table".
  static Result<std::string> Search(const ObjectStore& layer, const sql::QueryName& name) {
    for (std::string& folder : TRY(delta::FindTables(layer))) {
      std::string dotted = folder;
      std::ranges::replace(dotted, '/', '.');
      if (EqualIgnoringCase(dotted, name[1]) && !folder.starts_with("_old/"))
        return std::move(folder);
    }
    return Err(ErrorKind::kInvalidInput, warehouse_error::kModelTableUnknown,
               fmt::format("the lake has no table {}", fmt::join(name, ".")));
  }

  Result<std::vector<EpochRow>> ReadEpochs() {
    const auto store = SubStore(lake_.stores.bronze, "_epochs");
    auto snapshot = delta::Snapshot::Load(store);
    if (!snapshot && snapshot.error().code == ErrorCode::kDeltaTableNotFound) {
      return std::vector<EpochRow>();
    }
    if (!snapshot) return std::unexpected(std::move(snapshot).error());
    RETURN_IF_ERROR(
        engine_.Register({"main", "foreset_epochs"}, sql::MakeDeltaRelation(store, *snapshot)));
    const auto rows = TRY(engine_.Fetch(
        fmt::format("SELECT position, CAST(committed_at AS VARCHAR), versions FROM foreset_epochs "
                    "ORDER BY committed_at DESC LIMIT {}",
                    kEpochsTried)));
    RETURN_IF_ERROR(engine_.Execute("DROP VIEW foreset_epochs"));
    std::vector<EpochRow> epochs;
    for (std::int64_t row = 0; row < rows->num_rows(); ++row) {
      const auto text = [&](int column) {
        const auto scalar = rows->column(column)->GetScalar(row);
        return scalar.ok() ? (*scalar)->ToString() : std::string();
      };
      epochs.push_back({text(0), text(1), TRY(VersionsFromJson(text(2)))});
    }
    return epochs;
  }

  static Result<std::map<std::string, std::int64_t>> VersionsFromJson(const std::string& json) {
    std::map<std::string, std::int64_t> versions;
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(json).get(object) != simdjson::SUCCESS) {
      return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
                 "bronze/_epochs has a row whose versions are no JSON object");
    }
    for (const auto [folder, version] : object) {
      std::int64_t number = 0;
      if (version.get(number) == simdjson::SUCCESS) versions[std::string(folder)] = number;
    }
    return versions;
  }

  // Null when the table has no version that is exactly at the epoch.
  Result<SnapshotPtr> At(const EpochRow& epoch, const Candidate& candidate) {
    const auto bronze = epoch.versions.find(*candidate.bronze);
    if (bronze == epoch.versions.end()) return nullptr;
    if (candidate.name[0] == lake::NameOf(lake::Layer::kBronze)) {
      return delta::Snapshot::Load(candidate.store, delta::Version(bronze->second));
    }
    const auto wanted = TRY(BatchAt(bronze->first, bronze->second));
    const auto has = ProgressOf(*candidate.latest);
    if (!has || has->batch < wanted) return nullptr;
    if (has->batch == wanted) return candidate.latest;
    const auto version = TRY(delta::FindVersionByDomain(
        *candidate.store, lake::kProgressDomain, [&](std::string_view configuration) {
          const auto progress = lake::ProgressFromJson(configuration);
          return progress && progress->batch <= wanted;
        }));
    if (!version) return nullptr;
    auto snapshot = TRY(delta::Snapshot::Load(candidate.store, version));
    // While it catches up a table takes several batches in one commit, and skips epochs.
    const auto progress = ProgressOf(*snapshot);
    return progress && progress->batch == wanted ? std::move(snapshot) : nullptr;
  }

  // The last batch of a bronze table at a version of it; from the commit alone where it says so.
  Result<lake::BatchNumber> BatchAt(const std::string& folder, std::int64_t version) {
    const auto known = batches_.find({folder, version});
    if (known != batches_.end()) return known->second;
    const auto store = SubStore(lake_.stores.bronze, folder);
    std::optional<lake::Progress> progress;
    if (const auto text = store->Read(fmt::format("_delta_log/{:020}.json", version))) {
      for (const delta::Action& action : TRY(delta::ParseCommit(*text))) {
        const auto* domain = std::get_if<delta::DomainMetadata>(&action);
        if (domain == nullptr || domain->domain != lake::kProgressDomain) continue;
        progress = TRY(lake::ProgressFromJson(domain->configuration));
      }
    }
    if (!progress) {
      progress = ProgressOf(*TRY(delta::Snapshot::Load(store, delta::Version(version))));
    }
    const lake::BatchNumber batch = progress ? progress->batch : lake::BatchNumber(0);
    batches_[{folder, version}] = batch;
    return batch;
  }

  Result<LakeVersions> Take(const EpochRow& epoch,
                            const std::map<sql::QueryName, SnapshotPtr>& found) const {
    LakeVersions versions{epoch.position, epoch.time, {}};
    for (const Candidate& candidate : candidates_) {
      const auto at = found.find(candidate.name);
      versions.tables[candidate.name] = {candidate.store,
                                         at == found.end() ? candidate.latest : at->second};
    }
    return versions;
  }

  const lake::Lake& lake_;
  sql::Engine& engine_;
  std::vector<Candidate> candidates_;
  std::map<std::pair<std::string, std::int64_t>, lake::BatchNumber> batches_;
  std::string behind_;  // the table that is not at the newest epoch
};

}  // namespace

Result<LakeVersions> FindVersions(const lake::Lake& lake, const std::set<sql::QueryName>& names,
                                  sql::Engine& engine) {
  VersionFinder finder(lake, engine);
  for (const sql::QueryName& name : names) RETURN_IF_ERROR(finder.Add(name));
  return finder.Find();
}

}  // namespace foreset::pipeline
