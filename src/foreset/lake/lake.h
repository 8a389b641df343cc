// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "foreset/lake/gold_dimension.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/layer.h"
#include "foreset/model/table_schema.h"
#include "foreset/storage/object_store.h"

namespace foreset::lake {

// The roots of the three layers, opened.
using LakeStores = PerLayer<std::shared_ptr<ObjectStore>>;
// Which layers are kept.
using LayerSelection = PerLayer<bool>;
inline constexpr LayerSelection kAllLayers{.bronze = true, .silver = true, .gold = true};

// A gold dimension as configured. With an empty `from` it stands for every source table; {table} in
// its names is the table's folder.
struct DimensionTemplate {
  std::string from;  // source table, without its database
  DimensionSpec spec{.current = "{table}_current", .history = "{table}_history"};
};

// "{database}/{table}" with the names filled in, each as FolderOfName has it: no name leaves its
// place in the layout. Whether the table may have the folder, CheckTableFolder says.
std::string TableFolder(const std::string& layout, const TableId& table);

// Which tables are made of a source table, where in their layers, and in which format.
struct LakeLayout {
  LayerSelection layers = kAllLayers;
  PerLayer<TableFormat> formats;    // of tables that are made
  std::string folders = "{table}";  // a table's folder in bronze and silver
  std::vector<DimensionTemplate> dimensions{DimensionTemplate{}};

  std::string FolderOf(const TableId& table) const { return TableFolder(folders, table); }
  // The dimensions that are made from one source table.
  std::vector<DimensionSpec> DimensionsOf(const TableId& table) const;
};

// Where silver keeps what rules refused of the table in `folder`.
std::string QuarantineFolder(const std::string& folder);

// A lake: where it is, how it is laid out, and what all of its tables share.
struct Lake {
  LakeStores stores;
  LakeLayout layout;
  LakeOptions options;

  LakeOptions OptionsOf(Layer layer) const { return options.As(layout.formats[layer]); }
};

}  // namespace foreset::lake
