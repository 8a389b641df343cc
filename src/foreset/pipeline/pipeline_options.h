// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foreset/capture/source.h"
#include "foreset/lake/compaction.h"
#include "foreset/lake/gold_dimension.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/layer.h"
#include "foreset/lake/row_rules.h"
#include "foreset/model/table_schema.h"
#include "foreset/pipeline/change_publisher.h"
#include "foreset/pipeline/upkeep_loop.h"
#include "foreset/storage/object_store.h"

namespace foreset::pipeline {

using lake::Layer;
using lake::PerLayer;

// The roots of the three layers, opened.
using LakeStores = PerLayer<std::shared_ptr<ObjectStore>>;
// Which layers a run keeps.
using LayerSelection = PerLayer<bool>;
inline constexpr LayerSelection kAllLayers{.bronze = true, .silver = true, .gold = true};

// A gold dimension as configured. With an empty `from` it stands for every source table; {table} in
// its names is the table's folder.
struct DimensionTemplate {
  std::string from;  // source table, without its database
  lake::DimensionSpec spec{.current = "{table}_current", .history = "{table}_history"};
};

// The rules of one source table, as configured.
struct TableRules {
  std::string table;  // "Table" or "database.Table"
  lake::RuleSet rules;
};

// What is kept, how much, how often and how long: every bound of the loops, by name.
struct PipelineOptions {
  lake::LakeOptions lake;
  LayerSelection layers = kAllLayers;
  PerLayer<lake::TableFormat> formats;  // of the tables that are made
  std::vector<DimensionTemplate> dimensions{DimensionTemplate{}};
  std::vector<TableRules> rules;
  std::size_t memory_limit_bytes = 2UL << 30U;    // what key indexes are held against: a warning
  std::size_t rules_memory_bytes = 128UL << 20U;  // per table that has rules
  std::string layout = "{table}";                 // a table's folder in bronze and silver
  RoundLimits round;
  lake::CompactionPolicy compaction;
  std::size_t backfill_readers = 2;            // connections and threads of the first copy
  std::size_t backfill_chunk_rows = 200'000;   // or round.bytes, for a commit
  std::size_t lake_workers = 2;                // threads that keep silver and gold
  std::size_t lake_queue_bytes = 96UL << 20U;  // per worker, of batches not yet applied
  std::optional<PublishOptions> publish;       // to Kafka, if at all
  std::chrono::milliseconds idle_epoch_interval{5'000};  // between epochs without changes
  std::chrono::milliseconds retry_first{200};            // doubled up to retry_longest
  std::chrono::milliseconds retry_longest{15'000};
  std::optional<UpkeepLimits> upkeep;  // nothing: nothing is deleted
  // How long a run that ends when it is current bears a source that is away, or a lake. Nothing:
  // for ever.
  std::optional<std::chrono::milliseconds> patience;
};

// "{database}/{table}" with the names filled in, each as FolderOfName has it: no name leaves its
// place in the layout. Whether the table may have the folder, CheckTableFolder says.
std::string TableFolder(const std::string& layout, const TableId& table);

// Where silver keeps what rules refused of the table in `folder`.
std::string QuarantineFolder(const std::string& folder);

// Whether these are rules of that table.
bool IsRuleOf(const TableRules& rules, const TableId& table);
// All rules of one source table, cleaning first; empty: none.
lake::RuleSet RulesOf(const PipelineOptions& options, const TableId& table);

// The dimensions that are made from one source table.
std::vector<lake::DimensionSpec> DimensionsOf(const PipelineOptions& options, const TableId& table);

}  // namespace foreset::pipeline
