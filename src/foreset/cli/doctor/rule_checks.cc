// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/rule_checks.h"

#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/cli/lake_overview.h"
#include "foreset/cli/wiring.h"
#include "foreset/lake/schema_changes_table.h"
#include "foreset/pipeline/rule_check.h"

namespace foreset::cli {
namespace {

Result<std::vector<TableSchema>> TablesOfSource(const Configuration& configuration,
                                                const Context& context) {
  const auto source = TRY(OpenRows(configuration, context));
  Backfill snapshot = TRY(source->BeginBackfill(1, SourceEpoch(0)));
  return std::move(snapshot.tables);
}

// As bronze has them last; nothing where there is no lake.
Result<std::optional<std::vector<TableSchema>>> TablesOfBronze(
    const Configuration& configuration, const Context& context,
    const pipeline::PipelineOptions& options) {
  const auto stores = TRY(OpenLake(configuration, context));
  const auto store = SubStore(stores.bronze, "_schema_changes");
  if (!TRY(lake::LakeTable::Exists(*store))) return std::nullopt;
  const auto schemas = TRY(lake::SchemaChangesTable::Open(store, options.lake));
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

Status CheckRulesFit(const Configuration& configuration, const Context& context, bool ask_server) {
  const auto options = PipelineOptionsOf(configuration, context);
  if (options.rules.empty()) return {};
  if ((configuration.mysql || configuration.delta) && ask_server) {
    const auto tables = TRY(TablesOfSource(configuration, context));
    return pipeline::CheckRules(options, tables);
  }
  const auto tables = TRY(TablesOfBronze(configuration, context, options));
  return tables ? pipeline::CheckRules(options, *tables) : Status{};
}

std::vector<mysql::ServerCheck> CheckSilverRules(const Configuration& configuration,
                                                 const Context& context) {
  std::vector<mysql::ServerCheck> checks;
  const std::size_t rules = configuration.silver.clean.size() + configuration.silver.expect.size();
  if (rules > 0) {
    mysql::ServerCheck check{.name = "silver.rules", .found = fmt::format("{} rules", rules)};
    if (const Status fit = CheckRulesFit(configuration, context, true); !fit) {
      check.outcome = mysql::CheckOutcome::kFailed;
      check.found = fit.error().message;
      check.fix = fit.error().NextStep();
      check.code = fit.error().code;
    }
    checks.push_back(std::move(check));
  }
  const auto tables = ReadLake(configuration, context);
  if (!tables) return checks;  // what keeps the lake from being read has a check of its own
  if (const std::string older = OlderRules(*tables); !older.empty()) {
    checks.push_back({.name = "silver.rules",
                      .outcome = mysql::CheckOutcome::kWarning,
                      .found = older,
                      .wanted = "all rows made under the rules of today",
                      .fix = "foreset reset --layer silver TABLE"});
  }
  return checks;
}

}  // namespace foreset::cli
