// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "foreset/base/hash128.h"
#include "foreset/base/strong_type.h"
#include "foreset/model/sequence.h"

namespace foreset::lake {

// Names a data file within one open table.
using FileId = StrongType<std::uint32_t, struct FileIdTag>;

// Where a row is: a file and the physical index in it.
struct RowPlace {
  FileId file;
  std::uint32_t row = 0;
  bool operator==(const RowPlace&) const = default;
};

// Where each key's live row is and which change it came from: 40 bytes a slot, open addressing.
// Slots stand in the order of their keys (probing is linear and the home slot rises with the
// key), so a miss ends at the first greater key and growing is one pass. Keys are digests, hence
// spread evenly; 64 shards grow one after another by a quarter, so memory never doubles.
// Not thread-safe. A cache: what it holds can be rebuilt from the table.
class KeyIndex {
 public:
  struct Entry {
    Hash128 key;
    Sequence sequence;
    RowPlace place;
    bool operator==(const Entry&) const = default;
  };

  KeyIndex();
  ~KeyIndex();
  KeyIndex(KeyIndex&&) noexcept;
  KeyIndex& operator=(KeyIndex&&) noexcept;

  // Null when the key is not there. Valid until the next change.
  const Entry* Find(const Hash128& key) const;
  // Adds the key or replaces what it had.
  void Put(const Entry& entry);
  // False when the key was not there.
  bool Erase(const Hash128& key);
  void Clear();
  // Keys whose row came from a change before `sequence`. Looks at every slot.
  std::vector<Hash128> OlderThan(Sequence sequence) const;
  // Makes room for so many keys in all.
  void Reserve(std::size_t keys);

  // Tables without a key hold equal rows several times: copy n of a row has a key of its own,
  // made of the row's digest and n, without gaps.
  std::size_t CountCopies(const Hash128& row) const;
  void AddCopy(const Entry& entry);
  // Takes away the copy that came last; nothing when there is none.
  std::optional<Entry> TakeCopy(const Hash128& row);

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const;

 private:
  class Shard;
  static constexpr std::size_t kShards = 64;

  Shard& ShardOf(const Hash128& key) const;

  std::unique_ptr<std::array<Shard, kShards>> shards_;
  std::size_t size_ = 0;
};

}  // namespace foreset::lake
