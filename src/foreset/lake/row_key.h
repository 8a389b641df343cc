// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/hash128.h"
#include "foreset/base/result.h"

namespace foreset::lake {

// Digests of the key columns of rows. Equal values of one type give equal digests: integers of any
// width and dates count as 64-bit numbers, text and binary as their exact bytes (collations play
// no part); -0.0 is 0.0; NULL is a value of its own.
class RowKey {
 public:
  // Indexes of the key columns in the batches. `whole_row`: rows are not unique.
  RowKey(std::vector<int> columns, bool whole_row);

  // One digest a row. kInternal when a column has a type that no source column has.
  Result<std::vector<Hash128>> Digests(const arrow::RecordBatch& batch) const;

  bool whole_row() const { return whole_row_; }
  const std::vector<int>& columns() const { return columns_; }

 private:
  std::vector<int> columns_;
  bool whole_row_;
};

}  // namespace foreset::lake
