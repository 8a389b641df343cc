// SPDX-License-Identifier: MIT
#include "foreset/delta/table_search.h"

#include <algorithm>
#include <string_view>

namespace foreset::delta {
namespace {

constexpr int kDeepest = 4;
constexpr std::string_view kLogFolder = "_delta_log";

Status Collect(const ObjectStore& store, const std::string& folder, int depth,
               std::vector<std::string>& tables) {
  auto listed = store.ListFolders(folder.empty() ? "" : folder + "/");
  // Who opens it is told why.
  if (!listed && depth > 0 && listed.error().kind == ErrorKind::kInvalidInput) {
    tables.push_back(folder);
    return {};
  }
  std::vector<std::string> children = TRY(std::move(listed));
  if (std::ranges::find(children, kLogFolder) != children.end()) {
    tables.push_back(folder);
    return {};
  }
  if (depth == kDeepest) return {};
  std::ranges::sort(children);
  for (const std::string& child : children) {
    RETURN_IF_ERROR(
        Collect(store, folder.empty() ? child : folder + "/" + child, depth + 1, tables));
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> FindTables(const ObjectStore& store) {
  std::vector<std::string> tables;
  RETURN_IF_ERROR(Collect(store, "", 0, tables));
  return tables;
}

}  // namespace foreset::delta
