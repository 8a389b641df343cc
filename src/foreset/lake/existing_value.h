// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/table_schema.h"

namespace foreset::lake {

// The value that existing rows get when a column is added, from the text that the server's client
// shows for it ("0.00", "2024-02-29 00:00:00", "-12:30:00"; of BIT "b'101'", or its bytes). A date
// that no calendar has ("0000-00-00") is a null pointer: NULL. kInvalidInput
// (kSchemaChangeNotFollowed) when the text is no value of the column.
Result<std::shared_ptr<arrow::Scalar>> ParseExistingValue(const ColumnSchema& column,
                                                          std::string_view text,
                                                          DateTimeAs datetime);

}  // namespace foreset::lake
