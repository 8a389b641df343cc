// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/mutex.h"
#include "foreset/storage/object_store.h"

namespace foreset {

// Objects in memory; for tests and for what need not outlive the process. Durable as long as the
// object lives. Thread-safe.
class MemoryStore final : public ObjectStore {
 public:
  // `clock` dates the objects and must outlive the store.
  explicit MemoryStore(const Clock& clock) : clock_(clock) {}

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
  std::string Describe() const override { return "memory"; }

 private:
  struct Object {
    std::shared_ptr<const std::string> bytes;  // shared with readers that copy outside the lock
    Timestamp modified_at;
  };

  Result<Object> Find(std::string_view path) const;

  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<std::string, Object, std::less<>> objects_ GUARDED_BY(mutex_);
};

}  // namespace foreset
