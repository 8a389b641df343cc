// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace foreset::mysql {

// A database's or table's name in lower case, as the server compares names when its
// lower_case_table_names is 1 or 2. `name` is UTF-8; what is not stays as it is.
std::string FoldedName(std::string_view name);

}  // namespace foreset::mysql
