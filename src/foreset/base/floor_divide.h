// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace foreset {

// The quotient rounded towards minus infinity: the day of a second before 1970. `by` is positive.
constexpr std::int64_t FloorDivide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace foreset
