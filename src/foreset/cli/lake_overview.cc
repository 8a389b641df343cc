// SPDX-License-Identifier: MIT
#include "foreset/cli/lake_overview.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/time_units.h"
#include "foreset/cli/source_key.h"
#include "foreset/cli/table_argument.h"
#include "foreset/delta/table_search.h"

namespace foreset::cli {
namespace {

LakeTableView View(lake::Layer layer, const std::string& folder,
                   const std::shared_ptr<ObjectStore>& store) {
  LakeTableView view;
  view.layer = layer;
  view.folder = folder;
  const auto snapshot = delta::Snapshot::Load(SubStore(store, folder));
  if (!snapshot) {
    view.error = snapshot.error();
    return view;
  }
  view.version = (*snapshot)->version().value();
  view.committed_at = Timestamp((*snapshot)->timestamp_ms() * kMicrosPerMilli);
  view.facts = FactsOf(**snapshot);
  const auto schema = SourceSchemaOf(**snapshot);
  // The lake's own tables follow no table of the source.
  if (schema && !folder.starts_with('_')) view.source = schema->id;
  return view;
}

}  // namespace

std::string LakeTableView::Name() const { return lake::NameOf(layer, folder); }

Result<std::vector<LakeTableView>> ReadLake(const Configuration& configuration,
                                            const Context& context,
                                            std::optional<lake::Layer> only) {
  std::vector<LakeTableView> tables;
  std::map<TableId, std::int64_t> batches;  // that bronze has made
  for (const lake::Layer layer : lake::kLayers) {
    const bool wanted = !only || layer == *only;
    if (!wanted && layer != lake::Layer::kBronze) continue;
    const auto store = TRY(OpenLayer(configuration, configuration.lake[layer], context));
    for (const std::string& folder : TRY(delta::FindTables(*store))) {
      // What resets have put aside is no part of the lake.
      if (folder.starts_with("_old/")) continue;
      LakeTableView view = View(layer, folder, store);
      if (view.source && view.facts.progress) {
        const std::int64_t batch = view.facts.progress->batch.value();
        if (layer == lake::Layer::kBronze) {
          batches[*view.source] = batch;
        } else {
          view.batches_behind = std::max<std::int64_t>(0, batches[*view.source] - batch);
        }
      }
      if (wanted) tables.push_back(std::move(view));
    }
  }
  return tables;
}

std::string OlderRules(const std::vector<LakeTableView>& tables) {
  std::vector<std::string> names;
  for (const LakeTableView& table : tables) {
    if (!table.facts.rules || !table.facts.rules->older_rows) continue;
    names.push_back(table.Name());
  }
  if (names.empty()) return {};
  return fmt::format("{} {} rows that were made under older rules: {}", names.size(),
                     names.size() == 1 ? "table has" : "tables have", fmt::join(names, ", "));
}

const LakeTableView* FindEpochs(const std::vector<LakeTableView>& tables) {
  const auto it = std::ranges::find_if(tables, [](const LakeTableView& table) {
    return table.layer == lake::Layer::kBronze && table.folder == "_epochs";
  });
  return it == tables.end() ? nullptr : &*it;
}

}  // namespace foreset::cli
