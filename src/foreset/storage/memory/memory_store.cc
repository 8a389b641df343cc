// SPDX-License-Identifier: MIT
#include "foreset/storage/memory/memory_store.h"

#include <utility>

#include <fmt/format.h>

namespace foreset {
namespace {

class MemoryWriter final : public ObjectWriter {
 public:
  MemoryWriter(MemoryStore& store, std::string path) : store_(store), path_(std::move(path)) {}
  Status Write(Bytes bytes) override {
    bytes_.append(AsText(bytes));
    return {};
  }
  Status Finish() override { return store_.Put(path_, AsBytes(bytes_)); }

 private:
  MemoryStore& store_;
  const std::string path_;
  std::string bytes_;
};

std::string AsFolder(std::string_view prefix) {
  std::string folder(prefix);
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  return folder;
}

}  // namespace

Result<MemoryStore::Object> MemoryStore::Find(std::string_view path) const {
  const MutexLock lock(mutex_);
  const auto found = objects_.find(path);
  if (found == objects_.end()) {
    return Err(ErrorKind::kNotFound, ErrorCode::kStorageNotFound,
               fmt::format("{} is not in memory", path));
  }
  return found->second;
}

Result<std::string> MemoryStore::Read(std::string_view path) const {
  return *TRY(Find(path)).bytes;
}

Result<std::string> MemoryStore::ReadRange(std::string_view path, std::uint64_t offset,
                                           std::uint64_t length) const {
  const Object object = TRY(Find(path));
  const std::uint64_t size = object.bytes->size();
  if (offset > size || length > size - offset) {
    return Err(ErrorKind::kCorruption, ErrorCode::kStorageIo,
               fmt::format("{} ends before byte {}", path, offset + length));
  }
  return object.bytes->substr(offset, length);
}

Result<ObjectInfo> MemoryStore::Stat(std::string_view path) const {
  const Object object = TRY(Find(path));
  return ObjectInfo{std::string(path), object.bytes->size(), object.modified_at};
}

Result<PutOutcome> MemoryStore::PutIfAbsent(std::string_view path, Bytes bytes) {
  Object object{std::make_shared<const std::string>(AsText(bytes)), clock_.Now()};
  const MutexLock lock(mutex_);
  const bool created = objects_.try_emplace(std::string(path), std::move(object)).second;
  return created ? PutOutcome::kCreated : PutOutcome::kAlreadyExists;
}

Status MemoryStore::Put(std::string_view path, Bytes bytes) {
  Object object{std::make_shared<const std::string>(AsText(bytes)), clock_.Now()};
  const MutexLock lock(mutex_);
  objects_.insert_or_assign(std::string(path), std::move(object));
  return {};
}

Result<std::unique_ptr<ObjectWriter>> MemoryStore::Create(std::string_view path) {
  return std::make_unique<MemoryWriter>(*this, std::string(path));
}

Result<std::vector<ObjectInfo>> MemoryStore::List(std::string_view prefix,
                                                  std::string_view start_after) const {
  const std::string folder = AsFolder(prefix);
  std::vector<ObjectInfo> found;
  const MutexLock lock(mutex_);
  for (auto it = objects_.lower_bound(folder); it != objects_.end(); ++it) {
    if (!it->first.starts_with(folder)) break;
    if (it->first <= start_after) continue;
    found.push_back({it->first, it->second.bytes->size(), it->second.modified_at});
  }
  return found;
}

Result<std::vector<std::string>> MemoryStore::ListFolders(std::string_view prefix) const {
  const std::string folder = AsFolder(prefix);
  std::vector<std::string> names;
  for (const ObjectInfo& info : TRY(List(folder, ""))) {
    const auto slash = info.path.find('/', folder.size());
    if (slash == std::string::npos) continue;
    std::string name = info.path.substr(folder.size(), slash - folder.size());
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

Status MemoryStore::Delete(std::string_view path) {
  const MutexLock lock(mutex_);
  if (const auto found = objects_.find(path); found != objects_.end()) objects_.erase(found);
  return {};
}

}  // namespace foreset
