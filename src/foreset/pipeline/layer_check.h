// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/epochs_table.h"
#include "foreset/pipeline/bronze_catalog.h"
#include "foreset/pipeline/pipeline_options.h"

namespace foreset::pipeline {

// What a look at a lake's tables, before anything is done with them, says of them.
struct LayerFindings {
  std::map<TableId, Error> stopped;  // tables that bronze cannot go on with
  std::vector<Error> warnings;
};

// Compares bronze's tables with the last cut, where there is one (lake_error::kBronzeSetBack: an
// older copy stands there), with their own counts (lake_error::kRowCountDiffers), and with what
// silver and gold have: a table that they have and bronze has not (lake_error::kBronzeMissing) must
// not be begun anew. `at_source`: tables that are about to be followed; those that cannot have a
// folder of their own are among the stopped (CheckTableFolder). kInvalidInput
// (lake_error::kTableFolderShared) when two of them would share one and bronze has neither: which
// is meant, nobody can tell. Whether silver and gold were fed from what is there now is checked by
// whoever feeds them (lake::CheckFeed).
Result<LayerFindings> CheckLayers(const BronzeCatalog& bronze,
                                  const std::optional<lake::Epoch>& last_cut,
                                  const lake::Lake& lake, const std::vector<TableId>& at_source);

}  // namespace foreset::pipeline
