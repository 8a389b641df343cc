// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/storage/object_store.h"

namespace foreset::cli {

// A table that the command line named, opened for reading.
struct NamedTable {
  std::string name;      // as it was named
  std::string location;  // path or URI
  std::shared_ptr<ObjectStore> store;
};

// `text` is a table's path or URI; or, when a configuration is named (-c or FORESET_CONFIG),
// "layer/Table" in that lake, whose settings for Azure then hold for URIs too. Whether there is a
// table is not asked yet.
Result<NamedTable> OpenNamedTable(const std::string& text, const std::string& configuration_file,
                                  const Context& context);

// The store of one layer of the configuration's lake.
Result<std::shared_ptr<ObjectStore>> OpenLayer(const Configuration& configuration,
                                               const LayerSettings& layer, const Context& context);

}  // namespace foreset::cli
