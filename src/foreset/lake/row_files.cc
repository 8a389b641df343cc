// SPDX-License-Identifier: MIT
#include "foreset/lake/row_files.h"

#include <algorithm>
#include <utility>

namespace foreset::lake {

FileId RowFiles::IdOf(const std::string& path) {
  const auto found = ids_.find(path);
  if (found != ids_.end()) return FileId(found->second);
  auto id = static_cast<std::uint32_t>(paths_.size());
  if (free_ids_.empty()) {
    paths_.push_back(path);
  } else {
    id = free_ids_.back();
    free_ids_.pop_back();
    paths_[id] = path;
  }
  ids_.emplace(path, id);
  return FileId(id);
}

void RowFiles::Forget(const std::string& path) {
  const auto found = ids_.find(path);
  if (found == ids_.end()) return;
  vectors_.erase(found->second);
  free_ids_.push_back(found->second);
  paths_[found->second].clear();
  ids_.erase(found);
}

void RowFiles::Clear() {
  paths_.clear();
  ids_.clear();
  free_ids_.clear();
  hidden_.clear();
  vectors_.clear();
}

Result<const delta::DeletionVector*> RowFiles::Vector(const ObjectStore& store, FileId file,
                                                      const delta::AddFile* live) {
  auto cached = vectors_.find(file.value());
  if (cached == vectors_.end()) {
    delta::DeletionVector vector;
    if (live != nullptr && live->deletion_vector) {
      vector = TRY(delta::ReadDeletionVector(store, *live->deletion_vector));
    }
    cached = vectors_.emplace(file.value(), CachedVector{std::move(vector)}).first;
  }
  cached->second.used = ++tick_;
  if (const auto rows = hidden_.find(file.value()); rows != hidden_.end()) {
    for (const std::uint32_t row : rows->second) cached->second.vector.Add(row);
  }
  return &cached->second.vector;
}

void RowFiles::Trim() {
  while (vectors_.size() > 1 && memory_bytes() > cache_bytes_) {
    const auto oldest =
        std::ranges::min_element(vectors_, {}, [](const auto& entry) { return entry.second.used; });
    vectors_.erase(oldest);
  }
}

std::size_t RowFiles::memory_bytes() const {
  // A row costs two bytes while vectors are sparse, and less when they are dense.
  std::size_t bytes = 0;
  for (const auto& [file, cached] : vectors_) {
    bytes += sizeof(cached) + 2 * static_cast<std::size_t>(cached.vector.cardinality());
  }
  return bytes;
}

}  // namespace foreset::lake
