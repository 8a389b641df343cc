// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/delta/deletion_vector.h"
#include "foreset/delta/snapshot.h"
#include "foreset/lake/key_index.h"
#include "foreset/storage/object_store.h"

namespace foreset::lake {

// The data files of one open table by short ids, the rows hidden since the last commit, and the
// decoded deletion vectors of the files touched lately (bounded). Not thread-safe.
class RowFiles {
 public:
  explicit RowFiles(std::size_t cache_bytes) : cache_bytes_(cache_bytes) {}

  // The id of the file, made up when it is new. Ids of forgotten files are used again.
  FileId IdOf(const std::string& path);
  const std::string& PathOf(FileId file) const { return paths_[file.value()]; }
  // The file is no longer in the table.
  void Forget(const std::string& path);
  void Clear();

  // Hides a row with the next commit.
  void Hide(RowPlace place) { hidden_[place.file.value()].push_back(place.row); }
  // Files with rows to hide, and the rows; ordered by id.
  const std::map<std::uint32_t, std::vector<std::uint32_t>>& hidden() const { return hidden_; }
  void DropHidden() { hidden_.clear(); }

  // The deletion vector of a file with the rows to hide added, decoded; kept for the next commit.
  // `live` is the file in the table, null when nothing names it yet.
  Result<const delta::DeletionVector*> Vector(const ObjectStore& store, FileId file,
                                              const delta::AddFile* live);
  // Drops the vectors used least lately until the cache is within its bound.
  void Trim();
  std::size_t memory_bytes() const;

 private:
  struct CachedVector {
    delta::DeletionVector vector;
    std::uint64_t used = 0;  // tick of the last use
  };

  std::size_t cache_bytes_;
  std::vector<std::string> paths_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<std::uint32_t> free_ids_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> hidden_;
  std::unordered_map<std::uint32_t, CachedVector> vectors_;
  std::uint64_t tick_ = 0;
};

}  // namespace foreset::lake
