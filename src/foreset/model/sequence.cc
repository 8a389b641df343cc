// SPDX-License-Identifier: MIT
#include "foreset/model/sequence.h"

#include <charconv>

namespace foreset {
namespace {

constexpr char kDigits[] = "0123456789abcdef";
constexpr std::size_t kHalf = 16;

void FormatHalf(std::uint64_t value, char* out) {
  for (std::size_t i = 0; i < kHalf; ++i) out[i] = kDigits[value >> (60 - 4 * i) & 0xFU];
}

std::optional<std::uint64_t> ParseHalf(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Sequence> Sequence::Parse(std::string_view text) {
  if (text.size() != 2 * kHalf) return std::nullopt;
  const auto high = ParseHalf(text.substr(0, kHalf));
  const auto low = ParseHalf(text.substr(kHalf));
  if (!high || !low) return std::nullopt;
  return FromBits(*high, *low);
}

void Sequence::Format(char* out) const {
  FormatHalf(high_, out);
  FormatHalf(low_, out + kHalf);
}

std::string Sequence::ToString() const {
  std::string text(2 * kHalf, '0');
  Format(text.data());
  return text;
}

}  // namespace foreset
