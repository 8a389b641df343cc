// SPDX-License-Identifier: MIT
#include "foreset/pipeline/layer_check.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/lake.h"
#include "foreset/delta/snapshot.h"
#include "foreset/lake/feed_check.h"
#include "foreset/pipeline/dimension_check.h"
#include "foreset/pipeline/table_folder.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {
namespace {

// Whether a table of silver or gold has anything from bronze.
Result<bool> IsFed(const std::shared_ptr<ObjectStore>& store) {
  if (!TRY(lake::LakeTable::Exists(*store))) return false;
  const auto snapshot = TRY(delta::Snapshot::Load(store));
  const auto progress = snapshot->FindDomain(lake::kProgressDomain);
  // Somebody else's table: it stops where it is opened.
  if (!progress) return false;
  return TRY(lake::ProgressFromJson(*progress)).batch > lake::BatchNumber(0);
}

// The first table above bronze that has been fed from it.
Result<std::optional<std::string>> FedTable(const lake::Lake& lake, const TableId& id) {
  const auto silver = SubStore(lake.stores.silver, lake.layout.FolderOf(id));
  if (TRY(IsFed(silver))) return silver->Describe();
  for (const lake::DimensionSpec& spec : lake.layout.DimensionsOf(id)) {
    for (const std::string& folder : {spec.history, spec.current}) {
      const auto gold = SubStore(lake.stores.gold, folder);
      if (TRY(IsFed(gold))) return gold->Describe();
    }
  }
  return std::nullopt;
}

// Under the same id versions only ever rise. Another id is another table: made anew after a reset,
// before the next cut.
std::optional<Error> SetBack(const lake::Epoch& cut, const std::string& folder,
                             const lake::BronzeTable& table) {
  const auto id = cut.ids.find(folder);
  const auto version = cut.versions.find(folder);
  if (id == cut.ids.end() || version == cut.versions.end()) return std::nullopt;
  if (id->second != table.table().snapshot()->metadata().id) return std::nullopt;
  if (table.version() >= version->second) return std::nullopt;
  return Error{ErrorKind::kInvalidInput,
               lake_error::kBronzeSetBack,
               fmt::format("{} is at version {}, the last cut had version {}",
                           table.table().store().Describe(), table.version().value(),
                           version->second.value()),
               {}};
}

// Tables that bronze has keep their folders.
Status FindFolders(const std::string& layout, const std::vector<TableId>& at_source,
                   const std::vector<TableId>& known, LayerFindings& findings) {
  std::set<TableId> settled(known.begin(), known.end());
  for (const TableId& id : at_source) {
    if (settled.contains(id)) continue;
    Status own = CheckTableFolder(layout, id, std::set<TableId>(known.begin(), known.end()));
    if (own) {
      RETURN_IF_ERROR(CheckTableFolder(layout, id, settled));
      settled.insert(id);
    } else {
      findings.stopped[id] = std::move(own).error();
    }
  }
  return {};
}

// A lake that is there goes on: the table may have been dropped.
void FindDimensions(const lake::LakeLayout& layout, std::set<TableId> tables,
                    const std::vector<TableId>& known, LayerFindings& findings) {
  tables.insert(known.begin(), known.end());
  if (tables.empty() || !layout.layers.gold) return;  // topics have told no table yet
  for (Error& trouble : DimensionTroubles(layout, {tables.begin(), tables.end()})) {
    findings.warnings.push_back(std::move(trouble));
  }
}

}  // namespace

Result<LayerFindings> CheckLayers(const BronzeCatalog& bronze,
                                  const std::optional<lake::Epoch>& last_cut,
                                  const lake::Lake& lake, const std::vector<TableId>& at_source) {
  LayerFindings findings;
  RETURN_IF_ERROR(FindFolders(lake.layout.folders, at_source, bronze.Tables(), findings));
  const lake::Epoch cut = last_cut.value_or(lake::Epoch());
  std::set<TableId> expected;
  for (const auto& [id, life] : bronze.Lives()) {
    if (!life.dropped) expected.insert(id);
  }
  expected.insert(at_source.begin(), at_source.end());
  FindDimensions(lake.layout, expected, bronze.Tables(), findings);
  for (const TableId& id : bronze.Tables()) {
    expected.erase(id);
    const lake::BronzeTable& table = *bronze.Find(id);
    if (auto set_back = SetBack(cut, lake.layout.FolderOf(id), table)) {
      findings.stopped[id] = *std::move(set_back);
    }
    if (auto differs = lake::RowCountDiffers(table.table())) findings.warnings.push_back(*differs);
  }
  for (const TableId& id : expected) {
    if (findings.stopped.contains(id) || bronze.IsOver(id)) continue;
    const auto looked = FedTable(lake, id);
    if (!looked && IsOfTableAlone(looked.error())) {
      // Whether it has rows that bronze lacks, nobody can tell.
      findings.stopped[id] = looked.error();
      continue;
    }
    const auto fed = TRY(looked);
    if (!fed) continue;
    const auto place = SubStore(lake.stores.bronze, lake.layout.FolderOf(id));
    findings.stopped[id] = Error{
        ErrorKind::kInvalidInput,
        lake_error::kBronzeMissing,
        fmt::format("{} was fed from a table at {}, where none is now", *fed, place->Describe()),
        {}};
  }
  return findings;
}

}  // namespace foreset::pipeline
