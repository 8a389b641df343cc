// SPDX-License-Identifier: MIT
#include "foreset/delta/z85.h"

#include <array>
#include <cstdint>

namespace foreset::delta {
namespace {

constexpr std::string_view kAlphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
static_assert(kAlphabet.size() == 85);

constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> MakeDigits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}
constexpr std::array<std::uint8_t, 256> kDigits = MakeDigits();

}  // namespace

std::string EncodeZ85(Bytes bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 4) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      value = value << 8U | (at + i < bytes.size() ? bytes[at + i] : 0U);
    }
    std::array<char, 5> digits{};
    for (std::size_t i = digits.size(); i-- > 0; value /= 85) digits[i] = kAlphabet[value % 85];
    text.append(digits.data(), digits.size());
  }
  return text;
}

std::optional<std::string> DecodeZ85(std::string_view text) {
  if (text.size() % 5 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 5) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 5; ++i) {
      const std::uint8_t digit = kDigits[static_cast<unsigned char>(text[at + i])];
      if (digit == kNoDigit) return std::nullopt;
      value = value * 85 + digit;
    }
    if (value > 0xFFFFFFFFU) return std::nullopt;
    for (unsigned shift = 32; shift > 0;) {
      shift -= 8;
      bytes += static_cast<char>(value >> shift & 0xFFU);
    }
  }
  return bytes;
}

}  // namespace foreset::delta
