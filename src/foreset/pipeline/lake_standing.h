// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "foreset/base/error.h"
#include "foreset/base/result.h"
#include "foreset/lake/lake.h"
#include "foreset/model/source_position.h"
#include "foreset/model/table_schema.h"
#include "foreset/pipeline/table_life.h"

namespace foreset::pipeline {

// How the tables of a lake stand, as the lake itself tells it, whether a process runs it or not.
struct LakeStanding {
  std::map<TableId, Error> stopped;  // in bronze or above it, and why
  std::vector<TableId> incomplete;   // their first copy is not complete, or is to begin anew
  // Not named by the configuration any more, and stopped, or to be copied anew once it is named.
  std::vector<TableId> left_out;
};

// Whether the configuration names the table, of which these topics bring the rows (a server: none).
using NamesTable = std::function<bool(const TableId&, const std::vector<PartitionPosition>&)>;

// Reads only; nothing stands anywhere when there is no lake yet.
Result<LakeStanding> ReadStanding(const lake::Lake& lake, const NamesTable& names);

}  // namespace foreset::pipeline
