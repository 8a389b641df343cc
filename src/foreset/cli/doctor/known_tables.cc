// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/known_tables.h"

#include <map>
#include <utility>

#include "foreset/cli/wiring.h"
#include "foreset/lake/schema_changes_table.h"

namespace foreset::cli {
namespace {

using Tables = std::optional<std::vector<TableSchema>>;

Result<Tables> TablesOfSource(const Configuration& configuration, const Context& context) {
  const auto source = TRY(OpenRows(configuration, context));
  Backfill snapshot = TRY(source->BeginBackfill(1, SourceEpoch(0)));
  return std::move(snapshot.tables);
}

Result<Tables> TablesOfBronze(const Configuration& configuration, const Context& context) {
  const lake::Lake lake = TRY(OpenLake(configuration, context));
  const auto store = SubStore(lake.stores.bronze, "_schema_changes");
  if (!TRY(lake::LakeTable::Exists(*store))) return std::nullopt;
  const auto schemas = TRY(lake::SchemaChangesTable::Open(store, lake.options));
  std::map<TableId, TableSchema> latest;
  for (const auto& [life, change] : schemas->all()) {
    if (change.after != nullptr) latest[change.table] = *change.after;
    if (change.kind == SchemaChangeKind::kDrop) latest.erase(change.table);
  }
  std::vector<TableSchema> tables;
  for (auto& [id, schema] : latest) tables.push_back(std::move(schema));
  return tables;
}

}  // namespace

Result<Tables> KnownTables(const Configuration& configuration, const Context& context,
                           bool ask_source) {
  const bool can_be_asked = configuration.mysql || configuration.delta;
  return can_be_asked && ask_source ? TablesOfSource(configuration, context)
                                    : TablesOfBronze(configuration, context);
}

}  // namespace foreset::cli
