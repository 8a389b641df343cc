// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/storage/object_store.h"

struct roaring_bitmap_s;  // NOLINT(readability-identifier-naming): CRoaring's name

namespace foreset::delta {

// The set of physical row indexes of one file that are deleted (PROTOCOL.md, "Deletion Vector
// Format"): 64-bit Roaring as 32-bit bitmaps by their high half. A value; copying copies.
class DeletionVector {
 public:
  DeletionVector();
  DeletionVector(const DeletionVector& other);
  DeletionVector(DeletionVector&&) noexcept;
  DeletionVector& operator=(DeletionVector other) noexcept;
  ~DeletionVector();

  void Add(std::uint64_t row);
  bool Contains(std::uint64_t row) const;
  std::uint64_t cardinality() const;
  std::vector<std::uint64_t> ToRows() const;

  // Magic number and portable bitmaps, little-endian; no length, no checksum.
  std::string Serialize() const;
  static Result<DeletionVector> Deserialize(Bytes bytes);

  bool operator==(const DeletionVector& other) const;

 private:
  std::map<std::uint32_t, roaring_bitmap_s*> bitmaps_;  // owned
};

// Reads the vector that the descriptor names: inline, or from its file (checksum and cardinality
// verified: kCorruption).
Result<DeletionVector> ReadDeletionVector(const ObjectStore& store,
                                          const DeletionVectorDescriptor& descriptor);

// The path of the file that holds the vector, as an action carries paths (data_path.h); nothing for
// one that is inline.
Result<std::optional<std::string>> DeletionVectorFile(const DeletionVectorDescriptor& descriptor);

// Offsets in a file are 32-bit.
inline constexpr std::size_t kMaxDeletionVectorFileBytes = 1U << 30U;

// Writes several vectors as one file `deletion_vector_<uuid>.bin`, durably; descriptors in order.
Result<std::vector<DeletionVectorDescriptor>> WriteDeletionVectors(
    ObjectStore& store, const std::vector<const DeletionVector*>& vectors, const std::string& uuid);

}  // namespace foreset::delta
