// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/context.h"
#include "foreset/delta/snapshot.h"
#include "foreset/storage/object_store.h"

namespace foreset::cli {

// A table of quarantined rows, opened for reading.
struct Quarantine {
  std::shared_ptr<ObjectStore> store;
  std::shared_ptr<const delta::Snapshot> snapshot;  // null: nothing was ever quarantined
};

// What bronze could not take.
Result<Quarantine> OpenRecordQuarantine(const Configuration& configuration, const Context& context);
// The rows that the rules of one table of silver refused; of all such tables.
Result<Quarantine> OpenRefusedOf(const Configuration& configuration, const std::string& folder,
                                 const Context& context);
Result<std::vector<Quarantine>> OpenAllRefused(const Configuration& configuration,
                                               const Context& context);

}  // namespace foreset::cli
