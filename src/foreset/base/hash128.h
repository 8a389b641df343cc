// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace foreset {

// A 128-bit digest (XXH3). Equal inputs give equal digests on every machine; two different keys
// among a billion share one with probability 1.5e-21.
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Hash128&) const = default;
};

Hash128 HashBytes(std::string_view bytes);

}  // namespace foreset

template <>
struct std::hash<foreset::Hash128> {
  std::size_t operator()(const foreset::Hash128& h) const noexcept { return h.low; }
};
