// SPDX-License-Identifier: MIT
#include "foreset/base/hash128.h"

#include <xxhash.h>

namespace foreset {

Hash128 HashBytes(std::string_view bytes) {
  const XXH128_hash_t digest = XXH3_128bits(bytes.data(), bytes.size());
  return {digest.high64, digest.low64};
}

}  // namespace foreset
