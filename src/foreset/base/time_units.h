// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

// How many of one unit of time make the next. A `Timestamp` counts microseconds.
namespace foreset {

inline constexpr std::int64_t kMicrosPerMilli = 1'000;
inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMillisPerDay = 86'400'000;
inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr std::int64_t kMicrosPerDay = kSecondsPerDay * kMicrosPerSecond;

}  // namespace foreset
