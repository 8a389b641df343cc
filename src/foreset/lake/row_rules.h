// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/error.h"
#include "foreset/base/result.h"
#include "foreset/model/change_batch.h"

namespace foreset::lake {

// kClean gives a column another value; the others judge the row that comes out of it.
enum class RuleKind : std::uint8_t { kClean, kWarn, kDrop, kQuarantine };

struct Rule {
  RuleKind kind = RuleKind::kClean;
  std::string column;      // kClean: which
  std::string expression;  // SQL: the value, or what must not be false
  bool operator==(const Rule&) const = default;
  // "Email := lower(trim(Email))", "Price >= 0"
  std::string Name() const;
};

// The rules of one source table, in the order of the configuration.
struct RuleSet {
  std::vector<Rule> rules;
  bool operator==(const RuleSet&) const = default;
  bool empty() const { return rules.empty(); }
  // 32 hex digits: the same for the same rules in the same order.
  std::string Fingerprint() const;
};

// {"clean":{"Email":"…"},"expect":{"Price >= 0":"quarantine"}}
std::string ToJson(const RuleSet& rules);
// kCorruption when the text is not such an object.
Result<RuleSet> RuleSetFromJson(std::string_view json);

// "warn", "drop" or "quarantine".
std::string_view NameOf(RuleKind kind);

// How often a rule did something.
struct RuleCount {
  std::uint64_t rows = 0;    // values changed, or rows that broke the expectation
  std::uint64_t failed = 0;  // rows for which the expression could not be computed
  bool operator==(const RuleCount&) const = default;
};

// A row that goes to the table's quarantine instead of into silver.
struct RefusedRow {
  std::size_t row = 0;                    // of the batch
  std::size_t rule = 0;                   // the first that the row broke, of those that quarantine
  ErrorCode code = ErrorCode::kInternal;  // rule_error::kRowBreaksRule or kRuleFailedForRow
  std::string reason;
  std::string values;  // of the row before it was cleaned, as a JSON object
  bool operator==(const RefusedRow&) const = default;
};

// The changes of a batch as a table's rules leave them: what silver and gold are made of. A row
// that a rule keeps out is hidden: to the tables it is as if it were not there, before or after a
// change.
struct RuledBatch {
  // A batch of a table without rules: as it is. Outlives this.
  RuledBatch(const ChangeBatch& batch)  // NOLINT(google-explicit-constructor)
      : changes(&batch) {}
  // Images that were cleaned.
  explicit RuledBatch(std::shared_ptr<const ChangeBatch> batch)
      : changes(batch.get()), cleaned(std::move(batch)) {}

  bool HidesBefore(std::size_t row) const { return !hidden_before.empty() && hidden_before[row]; }
  bool HidesAfter(std::size_t row) const { return !hidden_after.empty() && hidden_after[row]; }

  const ChangeBatch* changes;
  std::shared_ptr<const ChangeBatch> cleaned;  // keeps `changes`
  std::vector<bool> hidden_before;             // by row; empty: none
  std::vector<bool> hidden_after;
  std::vector<RuleCount> counts;    // by rule, of the rows after changes
  std::vector<RefusedRow> refused;  // ascending by row
};

// Applies the rules of one source table. A pure function of the batch: the same today and in a
// replay. Not thread-safe.
class RowRules {
 public:
  virtual ~RowRules() = default;
  virtual const RuleSet& rules() const = 0;
  // kInvalidInput (rule_error::kRuleBeforeColumn) when a rule does not fit the batch's schema. A
  // value for which a rule cannot be computed is no failure: the row is refused.
  virtual Result<RuledBatch> Apply(const ChangeBatch& batch) = 0;
};

// `rules` null: the batch as it is, at no cost.
Result<RuledBatch> ApplyRules(RowRules* rules, const ChangeBatch& batch);

}  // namespace foreset::lake
