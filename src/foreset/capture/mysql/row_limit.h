// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/row_decoder.h"
#include "foreset/model/arrow_types.h"

namespace foreset::mysql {

// Rows that take more memory than one may: found before anything is made of them. Every check is
// kInvalidInput with kRowTooLarge, and names the row by its key (by its first columns in a table
// without one). A row's size is that of its values as they come from the source; of an update each
// image counts for itself.

// One row of a query over SelectList().
Status CheckRowSize(const TableSchema& schema, const SqlRowView& row, std::size_t limit);
// All rows of an event, whose columns are those of the plan. kCorruption (kBinlogEventDamaged) when
// its bytes end within a row.
Status CheckRowSizes(const RowPlan& plan, const RowsEvent& event, DateTimeAs datetime,
                     std::size_t limit);

// How many bytes the values of a row have.
std::size_t SizeOf(const SqlRowView& row);

}  // namespace foreset::mysql
