// SPDX-License-Identifier: MIT
#include "foreset/pipeline/sql_rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/rules.h"
#include "foreset/lake/conform.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/sequence.h"
#include "foreset/pipeline/row_values_json.h"
#include "foreset/pipeline/rule_check.h"
#include "foreset/pipeline/rule_query.h"
#include "foreset/sql/engine.h"
#include "foreset/sql/shown_batch.h"

namespace foreset::pipeline {
namespace {

using lake::RefusedRow;
using lake::RuledBatch;
using lake::RuleKind;
using BatchPtr = std::shared_ptr<arrow::RecordBatch>;

// Rows of a batch for which the engine is asked again what is wrong; the others are told that they
// failed.
constexpr std::size_t kExplainedRows = 32;

// DATETIME without its zone, whatever the tables make of it: rules see the same from memory and
// from bronze.
Result<BatchPtr> AsRulesSeeIt(const arrow::RecordBatch& image,
                              const std::shared_ptr<arrow::Schema>& columns) {
  arrow::ArrayVector arrays;
  for (int i = 0; i < image.num_columns(); ++i) {
    const auto& type = columns->field(i)->type();
    const bool same = image.column(i)->type()->Equals(*type);
    arrays.push_back(same ? image.column(i) : TRY(FromArrow(image.column(i)->View(type))));
  }
  return arrow::RecordBatch::Make(columns, image.num_rows(), std::move(arrays));
}

// What rules say of the rows of an image: two columns a rule, as RulesQuery has it.
struct Answers {
  BatchPtr columns;

  bool Failed(std::size_t rule, std::size_t row) const {
    return Flag(2 * static_cast<int>(rule), row).value_or(false);
  }
  // NULL breaks nothing.
  bool Breaks(std::size_t rule, std::size_t row) const {
    return !Flag((2 * static_cast<int>(rule)) + 1, row).value_or(true);
  }
  std::shared_ptr<arrow::Array> Values(std::size_t rule) const {
    return columns->column((2 * static_cast<int>(rule)) + 1);
  }

 private:
  std::optional<bool> Flag(int column, std::size_t row) const {
    const auto& flags = static_cast<const arrow::BooleanArray&>(*columns->column(column));
    const auto at = static_cast<std::int64_t>(row);
    return flags.IsNull(at) ? std::nullopt : std::optional(flags.Value(at));
  }
};

class SqlRules final : public lake::RowRules {
 public:
  SqlRules(lake::RuleSet rules, std::unique_ptr<sql::Engine> engine)
      : rules_(std::move(rules)), engine_(std::move(engine)) {}

  const lake::RuleSet& rules() const override { return rules_; }

  Result<RuledBatch> Apply(const ChangeBatch& batch) override {
    RETURN_IF_ERROR(FitTo(batch));
    auto cleaned = std::make_shared<ChangeBatch>(batch);
    std::vector<bool> hidden_before;
    if (std::ranges::any_of(batch.operations, HasBefore)) {
      const Answers before = TRY(Ask(*batch.before));
      cleaned->before = TRY(Cleaned(*batch.before, before));
      hidden_before = HiddenRows(batch, before, HasBefore);
    }
    std::optional<Answers> after;
    if (std::ranges::any_of(batch.operations, HasAfter)) {
      after = TRY(Ask(*batch.after));
      cleaned->after = TRY(Cleaned(*batch.after, *after));
    }
    RuledBatch ruled(std::move(cleaned));
    ruled.hidden_before = std::move(hidden_before);
    ruled.counts.resize(rules_.rules.size());
    if (after) {
      ruled.hidden_after = HiddenRows(batch, *after, HasAfter);
      Count(batch, *after, ruled);
      RETURN_IF_ERROR(Refuse(batch, *after, ruled));
    }
    return ruled;
  }

 private:
  // Binds the rules to the batch's schema when it is another one than before.
  Status FitTo(const ChangeBatch& batch) {
    if (schema_ == batch.schema || (schema_ != nullptr && *schema_ == *batch.schema)) return {};
    schema_.reset();
    image_ = std::make_shared<sql::ShownBatch>(ArrowSchemaOf(*batch.schema));
    RETURN_IF_ERROR(engine_->Register({kImageView}, image_));
    if (Status fits = CheckRuleSet(*engine_, rules_, *batch.schema); !fits) {
      Error error = std::move(fits).error();
      if (error.code == rule_error::kRuleColumnUnknown) {
        error.code = rule_error::kRuleBeforeColumn;
        error.message += fmt::format(" in schema {} of the table, of which rows are to be applied",
                                     batch.schema->version.value());
      }
      return std::unexpected(std::move(error));
    }
    types_ = TRY(TypesOfImage(*engine_));
    query_ = RulesQuery(rules_, types_);
    schema_ = batch.schema;
    return {};
  }

  Result<Answers> Ask(const arrow::RecordBatch& image) {
    image_->Show(TRY(AsRulesSeeIt(image, image_->schema())));
    const auto table = TRY(engine_->Fetch(query_));
    image_->Show(nullptr);
    if (table->num_rows() != image.num_rows()) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal,
                 fmt::format("rules made {} rows of {}", table->num_rows(), image.num_rows()));
    }
    return Answers{TRY(FromArrow(table->CombineChunksToBatch()))};
  }

  // The image with the cleaned columns; the others are shared.
  Result<BatchPtr> Cleaned(const arrow::RecordBatch& image, const Answers& answers) const {
    arrow::ArrayVector columns = image.columns();
    for (std::size_t i = 0; i < rules_.rules.size(); ++i) {
      if (rules_.rules[i].kind != RuleKind::kClean) continue;
      const auto at = static_cast<int>(ColumnOf(i));
      const auto& seen = image_->schema()->field(at)->type();
      const auto& own = image.column(at)->type();
      auto values = TRY(lake::ConformArray(answers.Values(i), seen));
      columns[static_cast<std::size_t>(at)] =
          seen->Equals(*own) ? std::move(values) : TRY(FromArrow(values->View(own)));
    }
    return arrow::RecordBatch::Make(image.schema(), image.num_rows(), std::move(columns));
  }

  std::size_t ColumnOf(std::size_t rule) const {
    return *schema_->FindColumn(rules_.rules[rule].column);
  }

  // The first rule by which the row is refused, of those that quarantine if there is one.
  std::optional<std::size_t> RefusedBy(const Answers& answers, std::size_t row) const {
    std::optional<std::size_t> dropped;
    for (std::size_t i = 0; i < rules_.rules.size(); ++i) {
      const RuleKind kind = rules_.rules[i].kind;
      if (answers.Failed(i, row)) return i;
      if (kind == RuleKind::kClean || kind == RuleKind::kWarn || !answers.Breaks(i, row)) continue;
      if (kind == RuleKind::kQuarantine) return i;
      if (!dropped) dropped = i;
    }
    return dropped;
  }

  // Empty when none is.
  std::vector<bool> HiddenRows(const ChangeBatch& batch, const Answers& answers,
                               bool (*has_image)(Operation)) const {
    std::vector<bool> hidden(batch.size());
    bool any = false;
    for (std::size_t row = 0; row < batch.size(); ++row) {
      hidden[row] = has_image(batch.operations[row]) && RefusedBy(answers, row).has_value();
      any = any || hidden[row];
    }
    return any ? hidden : std::vector<bool>();
  }

  void Count(const ChangeBatch& batch, const Answers& answers, RuledBatch& ruled) const {
    for (std::size_t i = 0; i < rules_.rules.size(); ++i) {
      const bool cleans = rules_.rules[i].kind == RuleKind::kClean;
      const auto column = cleans ? static_cast<int>(ColumnOf(i)) : 0;
      const arrow::Array& old_values = *batch.after->column(column);
      const arrow::Array& new_values = *ruled.changes->after->column(column);
      for (std::size_t row = 0; row < batch.size(); ++row) {
        if (!HasAfter(batch.operations[row])) continue;
        const auto at = static_cast<std::int64_t>(row);
        if (answers.Failed(i, row)) {
          ++ruled.counts[i].failed;
        } else if (cleans ? !old_values.RangeEquals(new_values, at, at + 1, at)
                          : answers.Breaks(i, row)) {
          ++ruled.counts[i].rows;
        }
      }
    }
  }

  Status Refuse(const ChangeBatch& batch, const Answers& answers, RuledBatch& ruled) {
    std::size_t explained = 0;
    for (std::size_t row = 0; row < ruled.hidden_after.size(); ++row) {
      if (!ruled.hidden_after[row]) continue;
      const std::size_t rule = *RefusedBy(answers, row);
      const bool failed = answers.Failed(rule, row);
      if (!failed && rules_.rules[rule].kind == RuleKind::kDrop) continue;
      RefusedRow refused{.row = row, .rule = rule, .reason = {}, .values = {}};
      refused.code = failed ? rule_error::kRuleFailedForRow : rule_error::kRowBreaksRule;
      refused.values = RowValuesJson(*batch.after, static_cast<std::int64_t>(row));
      refused.reason = "the expectation is false";
      if (failed) refused.reason = "the expression cannot be computed for this row";
      if (failed && ++explained <= kExplainedRows) {
        refused.reason = TRY(ReasonOf(rule, batch, row));
      }
      ruled.refused.push_back(std::move(refused));
    }
    return {};
  }

  // The engine's words, by asking for that row alone.
  Result<std::string> ReasonOf(std::size_t rule, const ChangeBatch& batch, std::size_t row) {
    const auto one = batch.after->Slice(static_cast<std::int64_t>(row), 1);
    image_->Show(TRY(AsRulesSeeIt(*one, image_->schema())));
    const auto asked = engine_->Fetch(OneRuleQuery(rules_, types_, rule));
    image_->Show(nullptr);
    if (asked) return std::string("an expression that it is made from cannot be computed");
    const std::string_view words = asked.error().message;
    return std::string(words.substr(0, words.find('\n')));
  }

  lake::RuleSet rules_;
  std::unique_ptr<sql::Engine> engine_;
  std::shared_ptr<sql::ShownBatch> image_;
  std::shared_ptr<const TableSchema> schema_;  // that the rules are bound to
  ColumnTypes types_;
  std::string query_;
};

}  // namespace

Result<std::unique_ptr<lake::RowRules>> OpenSqlRules(const lake::RuleConfig& config,
                                                     const TableId& table) {
  lake::RuleSet rules = config.Of(table);
  if (rules.empty()) return nullptr;
  auto engine = TRY(sql::Engine::Open(
      {.memory_limit_bytes = config.memory_bytes, .threads = 1, .temporary_folder = {}}));
  return std::make_unique<SqlRules>(std::move(rules), std::move(engine));
}

}  // namespace foreset::pipeline
