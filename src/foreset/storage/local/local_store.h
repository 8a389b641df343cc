// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/storage/object_store.h"

namespace foreset {

// Objects as files under a directory. An object appears by link or rename of a synchronised
// temporary file in its own folder, and the folder is synchronised before the call returns: after
// a crash an object is there whole or not at all. PutIfAbsent is link(2), which never replaces, so
// it is safe between processes too (also over NFS, where the link count settles a lost reply).
// Temporary files are ".foreset-<process>-<number>.tmp"; names that begin with '.' and end with
// ".tmp" are never listed. Thread-safe.
class LocalStore final : public ObjectStore {
 public:
  // `root` is an absolute directory; it need not exist before the first write.
  explicit LocalStore(std::string root);

  Result<std::string> Read(std::string_view path) const override;
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset,
                                std::uint64_t length) const override;
  Result<ObjectInfo> Stat(std::string_view path) const override;
  Result<PutOutcome> PutIfAbsent(std::string_view path, Bytes bytes) override;
  Status Put(std::string_view path, Bytes bytes) override;
  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view path) override;
  Result<std::vector<ObjectInfo>> List(std::string_view prefix,
                                       std::string_view start_after) const override;
  Result<std::vector<std::string>> ListFolders(std::string_view prefix) const override;
  Status Delete(std::string_view path) override;
  Status Move(std::string_view from, std::string_view to) override;
  Status MoveFolder(std::string_view from, std::string_view to) override;
  std::string Describe() const override { return root_; }

 private:
  // kInvalidInput for a path that is empty, absolute or has an empty, "." or ".." part.
  Result<std::string> Locate(std::string_view path) const;

  const std::string root_;
  std::atomic<std::uint64_t> next_temporary_{0};
};

}  // namespace foreset
