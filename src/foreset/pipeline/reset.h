// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/lake.h"

namespace foreset::pipeline {

// One lake table that a reset takes out of the way.
struct ResetStep {
  lake::Layer layer = lake::Layer::kBronze;
  std::string folder;
  std::string moved_to;  // below the same layer
  std::shared_ptr<ObjectStore> store;
};

// What a fresh start will do, to be shown before it is done.
struct ResetPlan {
  std::vector<TableId> tables;  // of the source
  std::vector<ResetStep> steps;
  std::vector<std::string> consequences;  // what the next run reads again, table by table
};

// Plans a fresh start of a layer for the named tables ("Table" or "database.Table"; none: all).
// What is made from a layer goes with it: bronze takes silver and gold along. kInvalidInput
// (kTableUnknown) names a table that the lake does not have.
Result<ResetPlan> PlanReset(const lake::Lake& lake, lake::Layer layer,
                            const std::vector<std::string>& tables);

// The same for one table, which need not be known; tells no consequences.
Result<ResetPlan> PlanTableReset(const lake::Lake& lake, lake::Layer layer, const TableId& table);

// Moves the old tables below `_old/`, upper layers first, so that an interrupted reset leaves no
// table that is newer than what it is made from. The next run makes them anew: silver and gold
// from bronze, bronze from the source. The caller keeps these tables: it holds the lake's lock, and
// nothing has them open.
Status ApplyReset(const ResetPlan& plan);

// A table that an earlier reset kept.
struct OldTable {
  lake::Layer layer = lake::Layer::kBronze;
  std::string folder;  // "_old/Customers-1764520000000"
  std::vector<std::string> objects;
  std::uint64_t bytes = 0;
  std::shared_ptr<ObjectStore> store;
};

// What a purge deletes, to be shown before it is done.
struct PurgePlan {
  std::vector<OldTable> tables;
  std::vector<std::string> kept;  // what is below `_old/` and no reset has moved there
};

// Plans to delete what earlier resets of the named tables kept (none: of all), in the layer and
// those above. Names and kTableUnknown as PlanReset has them.
Result<PurgePlan> PlanPurge(const lake::Lake& lake, lake::Layer layer,
                            const std::vector<std::string>& tables);

// How many objects were deleted. What is gone already is no failure.
Result<std::size_t> ApplyPurge(const PurgePlan& plan);

}  // namespace foreset::pipeline
