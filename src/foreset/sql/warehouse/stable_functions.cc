// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/stable_functions.h"

#include <cstdint>

#include <arrow/scalar.h>
#include <arrow/table.h>

namespace foreset::sql {

std::optional<StableFunctions> StableFunctions::Ask(Engine& engine) {
  const auto rows = engine.Fetch(
      "SELECT function_name, bool_or(function_type <> 'scalar') FROM duckdb_functions() "
      "WHERE function_type IN ('scalar', 'aggregate') GROUP BY ALL "
      "HAVING bool_and(stability = 'CONSISTENT')");
  if (!rows) return std::nullopt;
  // Macros over values of one row.
  StableFunctions functions{
      {"nullif", "date_add", "days_in_month", "fdiv", "fmod", "round_even", "roundbankers",
       "split_part", "map_contains_entry", "map_contains_value", "array_to_string", "unnest"},
      {}};
  for (std::int64_t i = 0; i < (*rows)->num_rows(); ++i) {
    const std::string name = (*rows)->column(0)->GetScalar(i).ValueOrDie()->ToString();
    const bool aggregate = (*rows)->column(1)->GetScalar(i).ValueOrDie()->ToString() == "true";
    (aggregate ? functions.aggregates : functions.scalars).insert(name);
  }
  return functions;
}

}  // namespace foreset::sql
