// SPDX-License-Identifier: MIT
#include <utility>

#include "foreset/storage/object_store.h"

namespace foreset {
namespace {

class FolderView final : public ObjectStore {
 public:
  FolderView(std::shared_ptr<ObjectStore> store, std::string folder)
      : store_(std::move(store)), folder_(std::move(folder)) {}

  Result<std::string> Read(std::string_view path) const override {
    return store_->Read(Full(path));
  }
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset,
                                std::uint64_t length) const override {
    return store_->ReadRange(Full(path), offset, length);
  }
  Result<ObjectInfo> Stat(std::string_view path) const override {
    auto info = store_->Stat(Full(path));
    if (info) info->path.erase(0, folder_.size());
    return info;
  }
  Result<PutOutcome> PutIfAbsent(std::string_view path, Bytes bytes) override {
    return store_->PutIfAbsent(Full(path), bytes);
  }
  Status Put(std::string_view path, Bytes bytes) override { return store_->Put(Full(path), bytes); }
  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view path) override {
    return store_->Create(Full(path));
  }
  Result<std::vector<ObjectInfo>> List(std::string_view prefix,
                                       std::string_view start_after) const override {
    auto found = store_->List(Full(prefix), start_after.empty() ? "" : Full(start_after));
    if (found) {
      for (ObjectInfo& info : *found) info.path.erase(0, folder_.size());
    }
    return found;
  }
  Result<std::vector<std::string>> ListFolders(std::string_view prefix) const override {
    return store_->ListFolders(Full(prefix));
  }
  Status Delete(std::string_view path) override { return store_->Delete(Full(path)); }
  Status Move(std::string_view from, std::string_view to) override {
    return store_->Move(Full(from), Full(to));
  }
  Status MoveFolder(std::string_view from, std::string_view to) override {
    return store_->MoveFolder(Full(from), Full(to));
  }
  std::string Describe() const override {
    std::string text = store_->Describe();
    if (!text.ends_with('/')) text += '/';
    return text.append(folder_, 0, folder_.size() - 1);
  }

 private:
  std::string Full(std::string_view path) const { return folder_ + std::string(path); }

  const std::shared_ptr<ObjectStore> store_;
  const std::string folder_;  // ends with '/'
};

}  // namespace

std::shared_ptr<ObjectStore> SubStore(std::shared_ptr<ObjectStore> store, std::string folder) {
  while (folder.ends_with('/')) folder.pop_back();
  if (folder.empty()) return store;
  return std::make_shared<FolderView>(std::move(store), folder + '/');
}

}  // namespace foreset
