// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "foreset/sql/engine.h"
#include "foreset/sql/warehouse/model_file.h"

namespace foreset::sql {

// Whether the model, over its tables of `@by` cut down to some values of the grain, makes exactly
// the rows of these values that it makes over whole tables: what a load in part relies on. Found
// from the parsed query. Each relation of it must carry the grain from such a table unchanged to
// the model's column, or read none of them; what joins, groups, ranks or compares rows of such
// tables does so within one value:
//
//   joins and correlated sub-queries    ON a.Grain = b.Grain, WHERE p.Grain = a.Grain, USING
//   GROUP BY, PARTITION BY, DISTINCT    with the grain among the columns
//   set operations                      with the grain at the same place of both
//
// Tables that `@affects` names are read whole, so that nothing is asked of them. Nothing: proved.
// Else the first thing that is not, as people say it; what is not understood is not proved. The
// engine shows the model's tables.
std::optional<std::string> WhyNotByGrain(Engine& engine, const Model& model);

}  // namespace foreset::sql
