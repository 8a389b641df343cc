// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace foreset::mysql {

// Whether a source column's name begins with a name that lake tables keep for themselves
// (`_seq`, `_valid_from`, …), without regard to case.
bool IsReservedName(std::string_view column);

}  // namespace foreset::mysql
