// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/model/change_batch.h"

namespace foreset::lake {

// The rescued values of one row as bronze's `_rescued`:
// {"column":{"value":"0000-00-00","reason":"…"}}
std::string RescuedToJson(std::span<const RescuedValue> values);
// Appends the values with that row number. kCorruption when the text is not such an object.
Status RescuedFromJson(std::string_view json, std::size_t row, std::vector<RescuedValue>& out);

}  // namespace foreset::lake
