// SPDX-License-Identifier: MIT
#include "foreset/lake/row_rules.h"

#include <array>
#include <optional>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/hash128.h"
#include "foreset/base/json_writer.h"

namespace foreset::lake {
namespace {

constexpr auto kKinds = std::to_array<std::pair<RuleKind, std::string_view>>(
    {{RuleKind::kWarn, "warn"}, {RuleKind::kDrop, "drop"}, {RuleKind::kQuarantine, "quarantine"}});

std::unexpected<Error> DamagedRules() {
  return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
             "the rules that a table records are not as they were written");
}

std::optional<RuleKind> KindOf(std::string_view name) {
  for (const auto& [kind, word] : kKinds) {
    if (word == name) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::string Rule::Name() const {
  return kind == RuleKind::kClean ? fmt::format("{} := {}", column, expression) : expression;
}

std::string_view NameOf(RuleKind kind) {
  for (const auto& [known, word] : kKinds) {
    if (known == kind) return word;
  }
  return "clean";
}

std::string RuleSet::Fingerprint() const {
  const Hash128 hash = HashBytes(ToJson(*this));
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

std::string ToJson(const RuleSet& rules) {
  JsonWriter json;
  json.BeginObject().Key("clean").BeginObject();
  for (const Rule& rule : rules.rules) {
    if (rule.kind == RuleKind::kClean) json.Member(rule.column, rule.expression);
  }
  json.EndObject().Key("expect").BeginObject();
  for (const Rule& rule : rules.rules) {
    if (rule.kind != RuleKind::kClean) json.Member(rule.expression, NameOf(rule.kind));
  }
  json.EndObject().EndObject();
  return json.Take();
}

Result<RuleSet> RuleSetFromJson(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::object clean;
  simdjson::dom::object expect;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS ||
      root["clean"].get(clean) != simdjson::SUCCESS ||
      root["expect"].get(expect) != simdjson::SUCCESS) {
    return DamagedRules();
  }
  RuleSet set;
  for (const auto& [column, value] : clean) {
    std::string_view expression;
    if (value.get(expression) != simdjson::SUCCESS) return DamagedRules();
    set.rules.push_back({RuleKind::kClean, std::string(column), std::string(expression)});
  }
  for (const auto& [expression, value] : expect) {
    std::string_view word;
    if (value.get(word) != simdjson::SUCCESS) return DamagedRules();
    const auto kind = KindOf(word);
    if (!kind) return DamagedRules();
    set.rules.push_back({*kind, "", std::string(expression)});
  }
  return set;
}

Result<RuledBatch> ApplyRules(RowRules* rules, const ChangeBatch& batch) {
  if (rules == nullptr) return RuledBatch(batch);
  return rules->Apply(batch);
}

}  // namespace foreset::lake
