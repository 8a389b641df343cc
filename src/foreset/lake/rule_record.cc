// SPDX-License-Identifier: MIT
#include "foreset/lake/rule_record.h"

#include <set>
#include <utility>

#include <simdjson.h>

#include "foreset/base/json_writer.h"

namespace foreset::lake {
namespace {

constexpr char kRulesDomain[] = "foreset.rules";

std::unexpected<Error> DamagedRecord() {
  return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
             "what a table records of its rules is not as it was written");
}

std::string ToJson(const RuleRecord& record) {
  JsonWriter json;
  json.BeginObject().Member("fingerprint", record.rules.Fingerprint());
  json.Key("rules").Raw(lake::ToJson(record.rules)).Member("older_rows", record.older_rows);
  json.EndObject();
  return json.Take();
}

// Those of rules that are still there.
RuleCounts Kept(RuleCounts counts, const RuleSet& rules) {
  std::set<std::string> names;
  for (const Rule& rule : rules.rules) names.insert(rule.Name());
  std::erase_if(counts, [&](const auto& entry) { return !names.contains(entry.first); });
  return counts;
}

}  // namespace

Result<std::optional<RuleRecord>> RuleRecordOf(const delta::Snapshot& snapshot) {
  const auto domain = snapshot.FindDomain(kRulesDomain);
  if (!domain) return std::nullopt;
  const std::string& text = *domain;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::element rules;
  RuleRecord record;
  if (parser.parse(text).get(root) != simdjson::SUCCESS ||
      root["rules"].get(rules) != simdjson::SUCCESS ||
      root["older_rows"].get(record.older_rows) != simdjson::SUCCESS) {
    return DamagedRecord();
  }
  record.rules = TRY(RuleSetFromJson(simdjson::minify(rules)));
  return record;
}

Status RecordRules(LakeTable& table, const RuleSet& rules) {
  const auto known = TRY(RuleRecordOf(*table.snapshot()));
  if (known ? known->rules == rules : rules.empty()) return {};
  const bool older_rows = !table.snapshot()->files().empty();
  delta::Transaction transaction = table.Begin();
  transaction.SetDomain(kRulesDomain, ToJson({rules, older_rows}));
  if (known) {
    const auto counts = TRY(RuleCountsOf(*table.snapshot()));
    transaction.SetDomain(kRuleCountsDomain, lake::ToJson(Kept(counts, rules)));
  }
  transaction.Describe("CHANGE RULES",
                       {{"rules", ToJson(rules)}, {"fingerprint", rules.Fingerprint()}}, {});
  return table.Commit(std::move(transaction), table.progress());
}

std::string ToJson(const RuleCounts& counts) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [name, count] : counts) {
    json.Key(name).BeginObject().Member("rows", static_cast<std::int64_t>(count.rows));
    json.Member("failed", static_cast<std::int64_t>(count.failed)).EndObject();
  }
  json.EndObject();
  return json.Take();
}

Result<RuleCounts> RuleCountsOf(const delta::Snapshot& snapshot) {
  RuleCounts counts;
  const auto domain = snapshot.FindDomain(kRuleCountsDomain);
  if (!domain) return counts;
  const std::string& text = *domain;
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  if (parser.parse(text).get(root) != simdjson::SUCCESS) return DamagedRecord();
  for (const auto& [name, value] : root) {
    RuleCount& count = counts[std::string(name)];
    if (value["rows"].get(count.rows) != simdjson::SUCCESS ||
        value["failed"].get(count.failed) != simdjson::SUCCESS) {
      return DamagedRecord();
    }
  }
  return counts;
}

}  // namespace foreset::lake
