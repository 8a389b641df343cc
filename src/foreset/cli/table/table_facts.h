// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/lake/progress.h"
#include "foreset/lake/rule_record.h"

namespace foreset::cli {

// What can be said of a table without reading its files.
struct TableFacts {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::int64_t deleted_rows = 0;           // hidden by deletion vectors
  std::optional<std::int64_t> rows;        // live ones; nothing when a file has no statistics
  std::optional<lake::Progress> progress;  // nothing in tables that Foreset does not keep
  std::optional<lake::RuleRecord> rules;   // nothing in tables that never had any
  lake::RuleCounts rule_counts;            // silver: by rule
};

TableFacts FactsOf(const delta::Snapshot& snapshot);

}  // namespace foreset::cli
