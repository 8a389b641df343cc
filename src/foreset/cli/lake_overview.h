// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/cli/table/table_facts.h"
#include "foreset/lake/layer.h"

namespace foreset::cli {

// One table of a lake as its Delta log tells it.
struct LakeTableView {
  lake::Layer layer = lake::Layer::kBronze;
  std::string folder;
  std::int64_t version = 0;
  Timestamp committed_at;
  TableFacts facts;
  std::optional<TableId> source;  // the source's table that it is made from
  std::optional<Error> error;     // the table cannot be read; the rest is empty then
  // Batches of bronze that a silver or gold table has not applied yet.
  std::optional<std::int64_t> batches_behind;

  // "silver/Customers"
  std::string Name() const;
};

// All tables of the lake, by layer and name; only those of one layer where it is named. A table
// that cannot be read is there with its error. Reads Delta logs, no data.
Result<std::vector<LakeTableView>> ReadLake(const Configuration& configuration,
                                            const Context& context,
                                            std::optional<lake::Layer> layer = {});

// "2 tables have rows that were made under older rules: …"; empty where none has.
std::string OlderRules(const std::vector<LakeTableView>& tables);

// `bronze/_epochs`: the position up to which all of bronze is complete.
const LakeTableView* FindEpochs(const std::vector<LakeTableView>& tables);

}  // namespace foreset::cli
