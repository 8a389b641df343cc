// SPDX-License-Identifier: MIT
#include "foreset/base/printable_text.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace foreset {
namespace {

struct Sign {
  std::uint32_t point = 0;
  std::size_t bytes = 1;
};

// The sign that the text begins with, if its bytes are one of UTF-8 (RFC 3629).
std::optional<Sign> FirstSign(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80U) return Sign{first, 1};
  const std::size_t bytes = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  if (first < 0xC2U || first > 0xF4U || text.size() < bytes) return std::nullopt;
  std::uint32_t point = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    point = point << 6U | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xD800U && point <= 0xDFFFU;
  if (point < kLeast[bytes] || point > 0x10FFFFU || surrogate) return std::nullopt;
  return Sign{point, bytes};
}

bool IsHarmless(std::uint32_t point) {
  if (point < 0x20U || (point >= 0x7FU && point <= 0x9FU)) return false;
  if (point == 0x61CU || point == 0x200EU || point == 0x200FU) return false;
  return (point < 0x2028U || point > 0x202EU) && (point < 0x2066U || point > 0x2069U);
}

std::string Written(std::uint32_t point) {
  if (point == '\t') return "\\t";
  if (point == '\r') return "\\r";
  return point < 0x80U ? fmt::format("\\x{:02x}", point) : fmt::format("\\u{{{:x}}}", point);
}

}  // namespace

std::string PrintableText(std::string_view text, std::string_view line_break) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    const auto sign = FirstSign(text);
    if (!sign) {
      printable += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (sign->point == '\n') {
      printable += line_break;
    } else if (IsHarmless(sign->point)) {
      printable += text.substr(0, sign->bytes);
    } else {
      printable += Written(sign->point);
    }
    text.remove_prefix(sign ? sign->bytes : 1);
  }
  return printable;
}

}  // namespace foreset
