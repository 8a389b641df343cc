// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/cli/output/row_writer.h"
#include "foreset/storage/object_store.h"

namespace foreset::cli {

// Rows in one form as one object of a store: not there before Finish, and then whole and durable.
// `gzip`: for the forms of text. `store` must outlive the writer.
Result<std::unique_ptr<RowWriter>> OpenObjectRows(ObjectStore& store, const std::string& path,
                                                  OutputFormat format, bool gzip,
                                                  std::shared_ptr<arrow::Schema> schema);

}  // namespace foreset::cli
