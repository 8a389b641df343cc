// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace foreset::cli {

// Pseudo-random numbers that are the same for a seed on every machine (the standard library's
// distributions are not). Fast, good enough for sample data, nothing else. Not thread-safe.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  // A generator of its own for each (seed, stream, index): rows can be made in any order.
  Random(std::uint64_t seed, std::uint64_t stream, std::uint64_t index)
      : state_(Mix(Mix(seed + kStep * stream) + kStep * index)) {}

  std::uint64_t Next() {
    state_ += kStep;
    return Mix(state_);
  }
  // 0 … bound-1; `bound` is not 0.
  std::size_t Below(std::size_t bound) { return Next() % bound; }
  // low … high, both included.
  int Between(int low, int high) {
    return low + static_cast<int>(Below(static_cast<std::size_t>(high - low) + 1));
  }
  bool Chance(int percent) { return static_cast<int>(Below(100)) < percent; }

  template <typename Container>
  const auto& Pick(const Container& from) {
    return from[Below(std::size(from))];
  }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;  // 2^64 / golden ratio, odd

  // The finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
  // Generators, 2014).
  static std::uint64_t Mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  std::uint64_t state_;
};

}  // namespace foreset::cli
