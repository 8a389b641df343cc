// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset {

// The variants of a Parquet file's column as their JSON texts (large_utf8; see VariantValue for the
// form): a group of `metadata` and `value`, found by name, and where the writer has shredded them
// of `typed_value` (Parquet's VariantShredding.md), from which the members of an object come in the
// order of their keys. NULL where the group is; a variant that is null is the text "null".
// kCorruption when the column is no such group, or a variant in it is damaged.
Result<std::shared_ptr<arrow::Array>> VariantTexts(const std::shared_ptr<arrow::Array>& column);

}  // namespace foreset
