// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"

namespace foreset::lake {

// True when every name, nested ones too, can stand in a table without column mapping.
bool HasPlainNames(const arrow::Schema& columns);

// Column mapping (PROTOCOL.md, "Column Mapping") across schema changes: columns of `existing` keep
// their id and physical name by their name, new ones get the next id and a name of `make_id`.
// Counts on in `metadata`. Where the table has no mapping and needs none the columns come back as
// they are; where it needs one now, existing columns keep their names as physical names.
Result<std::shared_ptr<arrow::Schema>> WithColumnIds(const std::shared_ptr<arrow::Schema>& columns,
                                                     const arrow::Schema& existing,
                                                     delta::Metadata& metadata,
                                                     const std::function<std::string()>& make_id);

}  // namespace foreset::lake
