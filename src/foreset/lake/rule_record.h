// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/row_rules.h"

// What a lake table itself says of the rules that its rows are made under.
namespace foreset::lake {

// In the domain `foreset.rules`.
struct RuleRecord {
  RuleSet rules;
  bool older_rows = false;  // the table had rows when the rules came: those keep their old values
  bool operator==(const RuleRecord&) const = default;
};

// Nothing in a table that never had rules.
Result<std::optional<RuleRecord>> RuleRecordOf(const delta::Snapshot& snapshot);

// Makes `rules` those of the rows to come. Where they are not what the table records, that is a
// commit of its own, CHANGE RULES, with the rules as its parameter. Errors as LakeTable::Commit.
Status RecordRules(LakeTable& table, const RuleSet& rules);

// By Rule::Name(), since the rule came to the table.
using RuleCounts = std::map<std::string, RuleCount>;

// In the domain `foreset.rule_counts`, committed with the rows that are counted.
inline constexpr char kRuleCountsDomain[] = "foreset.rule_counts";
std::string ToJson(const RuleCounts& counts);
// Empty where there are none. kCorruption when the text is damaged.
Result<RuleCounts> RuleCountsOf(const delta::Snapshot& snapshot);

}  // namespace foreset::lake
