// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/lake/lake.h"
#include "foreset/sql/engine.h"
#include "foreset/storage/object_store.h"

namespace foreset::pipeline {

// A table of the lake at the version that a load reads.
struct VersionedTable {
  std::shared_ptr<ObjectStore> store;
  std::shared_ptr<const delta::Snapshot> snapshot;
};

// Tables of the lake, all as they were at one position of the source.
struct LakeVersions {
  std::string position;    // JSON of the source's position; empty: no table is the pipeline's
  std::string epoch_time;  // when that epoch was written
  std::map<sql::QueryName, VersionedTable> tables;
};

// Finds the newest epoch that all these tables ("silver", "Customers") have a version of: one that
// holds what bronze had then and nothing after, although the pipeline goes on meanwhile. Tables
// that the pipeline does not keep are read at their latest version. `engine` reads the epochs.
// kInvalidInput (kModelTableUnknown) names a table that is not there; kTransient (kNoCommonCut)
// the table that is furthest behind, when the last epochs that are looked at have no common one.
Result<LakeVersions> FindVersions(const lake::Lake& lake, const std::set<sql::QueryName>& names,
                                  sql::Engine& engine);

}  // namespace foreset::pipeline
