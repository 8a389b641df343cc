// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/reserved_names.h"

#include <algorithm>
#include <array>

#include "foreset/model/table_schema.h"

namespace foreset::mysql {
namespace {

constexpr auto kReservedNames = std::to_array<std::string_view>(
    {"_seq", "_source_ts", "_op", "_valid_from", "_valid_to", "_prev_seq", "_late"});

}  // namespace

bool IsReservedName(std::string_view column) {
  return std::ranges::any_of(kReservedNames, [&](std::string_view name) {
    return SameName(column.substr(0, name.size()), name);
  });
}

}  // namespace foreset::mysql
