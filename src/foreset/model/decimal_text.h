// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace foreset {

// "-12.50" of the digits "-1250" with the scale 2: as servers show a decimal, with all places of
// its scale and never with an exponent (Arrow's own text has one for what is near zero). With a
// negative scale zeros stand behind the digits.
std::string DecimalText(std::string digits, std::int32_t scale);

}  // namespace foreset
