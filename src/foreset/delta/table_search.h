// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// Folders at or below the root of `store` that hold a Delta table, ascending; "" is the root
// itself. Looks four folders deep, and not inside tables. A folder below the root that may not be
// listed is among them: whoever opens it is told why.
Result<std::vector<std::string>> FindTables(const ObjectStore& store);

}  // namespace foreset::delta
