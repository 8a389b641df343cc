// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/model_checks.h"

#include <utility>

#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "foreset/base/errors/query.h"
#include "foreset/base/errors/warehouse.h"
#include "foreset/model/arrow_status.h"

namespace foreset::sql {
namespace {

constexpr int kExamples = 3;

Result<std::string> Describe(const arrow::Table& rows) {
  std::string text;
  for (std::int64_t row = 0; row < rows.num_rows(); ++row) {
    text += row == 0 ? "" : "; ";
    for (int i = 0; i < rows.num_columns(); ++i) {
      const auto value = TRY(FromArrow(rows.column(i)->GetScalar(row)));
      text += fmt::format("{}{}={}", i == 0 ? "" : ", ", rows.field(i)->name(),
                          value->is_valid ? value->ToString() : "NULL");
    }
  }
  return text;
}

Result<CheckOutcome> Run(Engine& engine, const ModelCheck& check) {
  CheckOutcome outcome{check.name, 0, {}};
  const auto counted =
      TRY(engine.Fetch(fmt::format("SELECT count(*) FROM ({}\n) AS offenders", check.offenders)));
  const auto count = TRY(FromArrow(counted->column(0)->GetScalar(0)));
  outcome.offenders = static_cast<const arrow::Int64Scalar&>(*count).value;
  if (outcome.passed()) return outcome;
  const auto rows = TRY(engine.Fetch(
      fmt::format("SELECT * FROM ({}\n) AS offenders LIMIT {}", check.offenders, kExamples)));
  outcome.examples = TRY(Describe(*rows));
  return outcome;
}

}  // namespace

Result<std::vector<CheckOutcome>> RunChecks(Engine& engine, const Model& model) {
  std::vector<CheckOutcome> outcomes;
  for (const ModelCheck& check : model.checks) {
    auto outcome = Run(engine, check);
    if (!outcome) {
      Error error = std::move(outcome).error();
      if (error.code == query_error::kQueryInvalid) {
        error.code = warehouse_error::kModelNotUnderstood;
      } else if (error.code == query_error::kQueryFailed) {
        error.code = warehouse_error::kModelFailed;
      }
      return std::unexpected(
          std::move(error).Within(fmt::format("check \"{}\" of {}", check.name, model.name)));
    }
    outcomes.push_back(*std::move(outcome));
  }
  return outcomes;
}

}  // namespace foreset::sql
