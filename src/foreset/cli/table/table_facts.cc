// SPDX-License-Identifier: MIT
#include "foreset/cli/table/table_facts.h"

#include "foreset/lake/file_stats.h"

namespace foreset::cli {

TableFacts FactsOf(const delta::Snapshot& snapshot) {
  TableFacts facts;
  facts.rows = 0;
  for (const delta::AddFile& file : snapshot.files()) {
    ++facts.files;
    facts.bytes += file.size_bytes;
    const std::int64_t hidden = file.deletion_vector ? file.deletion_vector->cardinality : 0;
    facts.deleted_rows += hidden;
    const auto records = lake::NumRecords(file);
    facts.rows =
        records && facts.rows ? std::optional(*facts.rows + *records - hidden) : std::nullopt;
  }
  if (const auto domain = snapshot.FindDomain(lake::kProgressDomain)) {
    if (auto progress = lake::ProgressFromJson(*domain)) facts.progress = std::move(*progress);
  }
  if (auto rules = lake::RuleRecordOf(snapshot)) facts.rules = *std::move(rules);
  if (auto counts = lake::RuleCountsOf(snapshot)) facts.rule_counts = *std::move(counts);
  return facts;
}

}  // namespace foreset::cli
