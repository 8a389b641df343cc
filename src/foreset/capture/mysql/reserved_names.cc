// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/reserved_names.h"

#include <algorithm>
#include <array>

#include "foreset/model/table_schema.h"

namespace foreset::mysql {
namespace {

constexpr auto kReservedNames = std::to_array<std::string_view>(
    {"_seq", "_source_ts", "_op", "_valid_from", "_valid_to", "_prev_seq", "_late"});

constexpr auto kReservedTableNames =
    std::to_array<std::string_view>({"_epochs", "_schema_changes", "_quarantine", "_proofs"});

// A path of which a part is `.` or `..` leads elsewhere.
bool IsStrayPath(std::string_view path) {
  while (true) {
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty() || part == "." || part == "..") return true;
    if (part.size() == path.size()) return false;
    path.remove_prefix(part.size() + 1);
  }
}

}  // namespace

bool IsReservedTableName(std::string_view table) {
  return IsStrayPath(table) || std::ranges::any_of(kReservedTableNames, [&](std::string_view name) {
           return SameName(table, name);
         });
}

bool IsReservedName(std::string_view column) {
  return std::ranges::any_of(kReservedNames, [&](std::string_view name) {
    return SameName(column.substr(0, name.size()), name);
  });
}

}  // namespace foreset::mysql
