// SPDX-License-Identifier: MIT
#pragma once

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset::batch {

// Refuses rows of which the columns would keep other values than they have, or none: texts as
// numbers ("007"), decimals and doubles as floats, instants as times without a zone, members of
// structs that the column lacks. What lake::ConformBatch checks value by value (a fraction for an
// integer, say) is left to it, and so are columns without a value. kColumnsDiffer names the column.
Status CheckKept(const arrow::RecordBatch& rows, const arrow::Schema& columns);

}  // namespace foreset::batch
