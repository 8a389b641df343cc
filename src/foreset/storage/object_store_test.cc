// SPDX-License-Identifier: MIT
#include "foreset/storage/object_store.h"

#include <stdlib.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "foreset/storage/local/local_store.h"
#include "foreset/storage/memory/memory_store.h"
#include "foreset/storage/store_contract_testing.h"

namespace foreset {
namespace {

// Removes its folder when the last store in it is gone.
class TemporaryRoot {
 public:
  TemporaryRoot() {
    std::string pattern = testing::TempDir() + "/store-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryRoot(const TemporaryRoot&) = delete;
  TemporaryRoot& operator=(const TemporaryRoot&) = delete;
  ~TemporaryRoot() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct LocalInTemporary {
  TemporaryRoot root;
  LocalStore store{root.path() + "/made/later"};
};

std::shared_ptr<ObjectStore> MakeLocal() {
  auto owner = std::make_shared<LocalInTemporary>();
  return std::shared_ptr<ObjectStore>(owner, &owner->store);
}

std::shared_ptr<ObjectStore> MakeMemory() {
  static const SystemClock clock;
  return std::make_shared<MemoryStore>(clock);
}

INSTANTIATE_TEST_SUITE_P(
    Stores, ObjectStoreContract,
    testing::Values(StoreKind{"local", MakeLocal}, StoreKind{"memory", MakeMemory},
                    StoreKind{"sub", [] { return SubStore(MakeMemory(), "some/folder/"); }}),
    StoreName);

}  // namespace
}  // namespace foreset
