// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "foreset/base/hash128.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// The paths of a file and of its deletion vector's file, as actions carry them.
Result<std::vector<std::string>> PathsOf(const AddFile& file);
Result<std::vector<std::string>> PathsOf(const RemoveFile& file);

// The files that some actions name, to tell which objects below a table nobody needs. 32 bytes or
// so a file. `table` outlives it.
class NamedFiles {
 public:
  explicit NamedFiles(const ObjectStore& table) : table_(table) {}

  template <typename Action>
  Status Add(const Action& file) {
    for (const std::string& path : TRY(PathsOf(file))) AddPath(path);
    return {};
  }
  // `path`: plain, below the table. An object that has the name of a file that is elsewhere by its
  // spelling counts as named: that may be the same file.
  bool Contains(std::string_view path) const;

 private:
  void AddPath(const std::string& path);

  const ObjectStore& table_;
  std::unordered_set<Hash128> paths_;
  std::unordered_set<Hash128> names_;  // of files elsewhere, without their folders
};

}  // namespace foreset::delta
