// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset::delta {

// The value of a partition column as an action carries it (PROTOCOL.md, "Partition Value
// Serialization"). Absent and empty text are NULL, of whatever type. Timestamps without an offset
// are UTC. kCorruption when the text is no value of the type.
Result<std::shared_ptr<arrow::Scalar>> ParsePartitionValue(
    const std::optional<std::string>& text, const std::shared_ptr<arrow::DataType>& type);

}  // namespace foreset::delta
