// SPDX-License-Identifier: MIT
// The bytes of a deletion vector: what is read can be written and reads back as the same.
#include <cstdlib>

#include "foreset/base/byte_reader.h"
#include "foreset/delta/deletion_vector.h"

using namespace foreset;         // NOLINT
using namespace foreset::delta;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto vector = DeletionVector::Deserialize(Bytes(data, size));
  if (!vector) return 0;
  const std::string bytes = vector->Serialize();
  const auto back = DeletionVector::Deserialize(AsBytes(bytes));
  if (!back || !(*back == *vector) || back->cardinality() != vector->cardinality()) std::abort();
  for (const std::uint64_t row : {0ULL, 1ULL, 65535ULL, 65536ULL, 1ULL << 32U, ~0ULL}) {
    if (back->Contains(row) != vector->Contains(row)) std::abort();
  }
  return 0;
}
