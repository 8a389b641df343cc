// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/byte_texts.h"

#include <array>
#include <cstdint>

namespace foreset::debezium {
namespace {

using Table = std::array<std::uint8_t, 256>;
constexpr std::uint8_t kNone = 0xFF;

constexpr Table MakeTable(std::string_view digits) {
  Table table{};
  table.fill(kNone);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    table[static_cast<std::uint8_t>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr Table kBase64 =
    MakeTable("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
constexpr Table kUrlSafe =
    MakeTable("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

constexpr Table MakeHex() {
  Table table = MakeTable("0123456789abcdef");
  for (std::uint8_t i = 0; i < 6; ++i) table['A' + i] = static_cast<std::uint8_t>(10 + i);
  return table;
}
constexpr Table kHex = MakeHex();

bool DecodeWith(const Table& table, std::string_view text, std::string& out) {
  out.clear();
  if (text.empty()) return true;
  if (text.size() % 4 != 0) return false;
  const std::size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  out.resize(text.size() / 4 * 3);
  char* to = out.data();
  // The last group of four is treated apart: it may hold padding.
  const char* from = text.data();
  const char* const last = text.data() + text.size() - 4;
  const auto digit = [&](char c) { return std::uint32_t{table[static_cast<std::uint8_t>(c)]}; };
  std::uint32_t seen = 0;
  for (; from != last; from += 4, to += 3) {
    const std::uint32_t a = digit(from[0]);
    const std::uint32_t b = digit(from[1]);
    const std::uint32_t c = digit(from[2]);
    const std::uint32_t d = digit(from[3]);
    seen |= a | b | c | d;
    const std::uint32_t group = a << 18U | b << 12U | c << 6U | d;
    to[0] = static_cast<char>(group >> 16U);
    to[1] = static_cast<char>(group >> 8U);
    to[2] = static_cast<char>(group);
  }
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint32_t value = i < 4 - padding ? digit(last[i]) : 0;
    seen |= value;
    group = group << 6U | (value & 0x3FU);
  }
  // Values are below 64, the mark of a foreign character is not.
  if ((seen & 0xC0U) != 0) return false;
  const std::uint32_t unused = padding == 2 ? 0xFFFFU : (padding == 1 ? 0xFFU : 0U);
  if ((group & unused) != 0) return false;
  to[0] = static_cast<char>(group >> 16U);
  to[1] = static_cast<char>(group >> 8U);
  to[2] = static_cast<char>(group);
  out.resize(out.size() - padding);
  return true;
}

}  // namespace

bool DecodeBase64(std::string_view text, std::string& out) {
  return DecodeWith(kBase64, text, out);
}

bool DecodeBase64UrlSafe(std::string_view text, std::string& out) {
  return DecodeWith(kUrlSafe, text, out);
}

bool DecodeHex(std::string_view text, std::string& out) {
  out.clear();
  if (text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::uint8_t high = kHex[static_cast<std::uint8_t>(text[i])];
    const std::uint8_t low = kHex[static_cast<std::uint8_t>(text[i + 1])];
    if (high == kNone || low == kNone) return false;
    out += static_cast<char>(high << 4U | low);
  }
  return true;
}

}  // namespace foreset::debezium
