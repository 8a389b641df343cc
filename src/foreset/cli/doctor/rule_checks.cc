// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/rule_checks.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/cli/doctor/known_tables.h"
#include "foreset/cli/lake_overview.h"
#include "foreset/cli/wiring.h"
#include "foreset/pipeline/rule_check.h"

namespace foreset::cli {
Status CheckRulesFit(const Configuration& configuration, const Context& context, bool ask_server) {
  const lake::RuleConfig rules = RulesOf(configuration);
  if (rules.tables.empty()) return {};
  const auto tables = TRY(KnownTables(configuration, context, ask_server));
  return tables ? pipeline::CheckRules(rules, *tables) : Status{};
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
