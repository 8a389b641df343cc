// SPDX-License-Identifier: MIT
#include "foreset/model/decimal_text.h"

namespace foreset {

std::string DecimalText(std::string digits, std::int32_t scale) {
  if (scale <= 0) return digits.append(static_cast<std::size_t>(-scale), '0');
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() - sign <= places) {
    digits.insert(sign, places + 1 - (digits.size() - sign), '0');
  }
  digits.insert(digits.size() - places, 1, '.');
  return digits;
}

}  // namespace foreset
