// SPDX-License-Identifier: MIT
#include "foreset/lake/key_index.h"

#include <algorithm>
#include <cstring>

namespace foreset::lake {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr FileId kEmptySlot{0xFFFFFFFFU};
constexpr unsigned kShardBits = 6;
constexpr std::size_t kFirstSlots = 16;
// Room for the run that begins near the end of the home slots, so that probing never wraps.
constexpr std::size_t kTailSlots = 64;

bool Full(std::size_t entries, std::size_t home_slots) { return entries * 10 > home_slots * 9; }

Hash128 CopyKey(const Hash128& row, std::size_t copy) {
  if (copy == 0) return row;
  const std::array<std::uint64_t, 3> parts = {row.high, row.low, copy};
  return HashBytes({reinterpret_cast<const char*>(parts.data()), sizeof(parts)});
}

}  // namespace

class KeyIndex::Shard {
 public:
  const Entry* Find(const Hash128& key) const {
    if (slots_.empty()) return nullptr;
    const Entry& slot = slots_[Seek(key)];
    return Used(slot) && slot.key == key ? &slot : nullptr;
  }

  // True when the key is new.
  bool Put(const Entry& entry) {
    if (slots_.empty() || Full(entries_ + 1, home_slots_)) Grow(home_slots_ + home_slots_ / 5);
    while (true) {
      const std::size_t at = Seek(entry.key);
      if (Used(slots_[at]) && slots_[at].key == entry.key) {
        slots_[at] = entry;
        return false;
      }
      std::size_t gap = at;
      while (Used(slots_[gap])) ++gap;
      // The last slot stays free: it ends every probe.
      if (gap + 1 < slots_.size()) {
        std::move_backward(slots_.begin() + Offset(at), slots_.begin() + Offset(gap),
                           slots_.begin() + Offset(gap + 1));
        slots_[at] = entry;
        ++entries_;
        return true;
      }
      Grow(home_slots_ + home_slots_ / 5);
    }
  }

  bool Erase(const Hash128& key) {
    if (slots_.empty()) return false;
    std::size_t at = Seek(key);
    if (!Used(slots_[at]) || slots_[at].key != key) return false;
    // Those that stand beyond their home move up, so that no probe meets a gap.
    for (; Used(slots_[at + 1]) && Home(slots_[at + 1].key) <= at; ++at) {
      slots_[at] = slots_[at + 1];
    }
    slots_[at].place.file = kEmptySlot;
    --entries_;
    return true;
  }

  void Reserve(std::size_t keys) {
    if (Full(keys, home_slots_)) Grow(keys + keys / 4);
  }

  void AddOlder(Sequence sequence, std::vector<Hash128>& keys) const {
    for (const Entry& slot : slots_) {
      if (Used(slot) && slot.sequence < sequence) keys.push_back(slot.key);
    }
  }

  std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Entry); }

 private:
  static bool Used(const Entry& slot) { return slot.place.file != kEmptySlot; }
  static std::ptrdiff_t Offset(std::size_t slot) { return static_cast<std::ptrdiff_t>(slot); }

  // Rises with the key: the bits after the shard's scale to the number of slots.
  std::size_t Home(const Hash128& key) const {
    return static_cast<std::size_t>(static_cast<Wide>(key.high << kShardBits) * home_slots_ >> 64U);
  }
  // The slot of the key, or where it belongs.
  std::size_t Seek(const Hash128& key) const {
    std::size_t at = Home(key);
    while (Used(slots_[at]) && slots_[at].key < key) ++at;
    return at;
  }

  void Grow(std::size_t home_slots) {
    home_slots = std::max(home_slots, kFirstSlots);
    while (!Rehash(home_slots)) home_slots += home_slots / 5;
  }

  // One pass: old slots are in key order, and so are new ones.
  bool Rehash(std::size_t home_slots) {
    Entry empty;
    empty.place.file = kEmptySlot;
    std::vector<Entry> slots(home_slots + kTailSlots, empty);
    std::swap(home_slots, home_slots_);
    std::size_t next = 0;
    for (const Entry& entry : slots_) {
      if (!Used(entry)) continue;
      next = std::max(next, Home(entry.key));
      if (next + 1 >= slots.size()) {
        std::swap(home_slots, home_slots_);
        return false;
      }
      slots[next++] = entry;
    }
    slots_ = std::move(slots);
    return true;
  }

  std::vector<Entry> slots_;
  std::size_t home_slots_ = 0;
  std::size_t entries_ = 0;
};

KeyIndex::KeyIndex() : shards_(std::make_unique<std::array<Shard, kShards>>()) {}
KeyIndex::~KeyIndex() = default;
KeyIndex::KeyIndex(KeyIndex&&) noexcept = default;
KeyIndex& KeyIndex::operator=(KeyIndex&&) noexcept = default;

KeyIndex::Shard& KeyIndex::ShardOf(const Hash128& key) const {
  return (*shards_)[key.high >> (64U - kShardBits)];
}

std::vector<Hash128> KeyIndex::OlderThan(Sequence sequence) const {
  std::vector<Hash128> keys;
  for (const Shard& shard : *shards_) shard.AddOlder(sequence, keys);
  return keys;
}

const KeyIndex::Entry* KeyIndex::Find(const Hash128& key) const { return ShardOf(key).Find(key); }

void KeyIndex::Put(const Entry& entry) {
  if (ShardOf(entry.key).Put(entry)) ++size_;
}

bool KeyIndex::Erase(const Hash128& key) {
  const bool erased = ShardOf(key).Erase(key);
  if (erased) --size_;
  return erased;
}

void KeyIndex::Clear() {
  shards_ = std::make_unique<std::array<Shard, kShards>>();
  size_ = 0;
}

void KeyIndex::Reserve(std::size_t keys) {
  for (Shard& shard : *shards_) shard.Reserve(keys / kShards);
}

std::size_t KeyIndex::CountCopies(const Hash128& row) const {
  // Copies have no gaps: double until one is missing, then halve.
  std::size_t missing = 1;
  std::size_t present = 0;
  if (Find(row) == nullptr) return 0;
  while (Find(CopyKey(row, missing)) != nullptr) {
    present = missing;
    missing *= 2;
  }
  while (present + 1 < missing) {
    const std::size_t middle = present + (missing - present) / 2;
    (Find(CopyKey(row, middle)) != nullptr ? present : missing) = middle;
  }
  return missing;
}

void KeyIndex::AddCopy(const Entry& entry) {
  Entry copy = entry;
  copy.key = CopyKey(entry.key, CountCopies(entry.key));
  Put(copy);
}

std::optional<KeyIndex::Entry> KeyIndex::TakeCopy(const Hash128& row) {
  const std::size_t copies = CountCopies(row);
  if (copies == 0) return std::nullopt;
  const Hash128 key = CopyKey(row, copies - 1);
  const Entry taken = *Find(key);
  Erase(key);
  return taken;
}

std::size_t KeyIndex::memory_bytes() const {
  std::size_t bytes = sizeof(*shards_);
  for (const Shard& shard : *shards_) bytes += shard.memory_bytes();
  return bytes;
}

}  // namespace foreset::lake
