// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "foreset/storage/object_store.h"

namespace foreset::pipeline {

enum class StoreOperation : std::uint8_t { kRead, kWrite, kList, kDelete };
inline constexpr std::size_t kStoreOperations = 4;

// What was asked of one layer's store, since the process started.
struct StoreCounts {
  struct Requests {
    std::uint64_t count = 0;
    std::uint64_t failures = 0;  // other than that something is not there
    std::uint64_t nanoseconds = 0;
    bool operator==(const Requests&) const = default;
  };
  std::array<Requests, kStoreOperations> requests;  // by StoreOperation
  std::uint64_t read_bytes = 0;
  std::uint64_t written_bytes = 0;
  std::uint64_t commits = 0;    // versions of Delta tables that were made
  std::uint64_t conflicts = 0;  // versions that were taken when they were to be made
  bool operator==(const StoreCounts&) const = default;
};

// Counts. Thread-safe.
class StoreMeter {
 public:
  StoreCounts Read() const;

 private:
  friend class MeteredStore;
  struct Requests {
    std::atomic<std::uint64_t> count = 0;
    std::atomic<std::uint64_t> failures = 0;
    std::atomic<std::uint64_t> nanoseconds = 0;
  };
  std::array<Requests, kStoreOperations> requests_;
  std::atomic<std::uint64_t> read_bytes_ = 0;
  std::atomic<std::uint64_t> written_bytes_ = 0;
  std::atomic<std::uint64_t> commits_ = 0;
  std::atomic<std::uint64_t> conflicts_ = 0;
};

// The same store, with everything that is asked of it counted by `meter`.
std::shared_ptr<ObjectStore> Metered(std::shared_ptr<ObjectStore> store,
                                     std::shared_ptr<StoreMeter> meter);

}  // namespace foreset::pipeline
