// SPDX-License-Identifier: MIT
#include "foreset/base/printable_text.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace foreset {
namespace {

std::string Utf8(std::uint32_t point) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
  };
  if (point < 0x80U) return {static_cast<char>(point)};
  if (point < 0x800U) return {static_cast<char>(0xC0U | point >> 6U), tail(0)};
  if (point < 0x10000U) return {static_cast<char>(0xE0U | point >> 12U), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | point >> 18U), tail(12), tail(6), tail(0)};
}

TEST(PrintableText, WhatPeopleReadStays) {
  for (const char* text : {"", "plain | \"text\" \\n",
                           "Grüße, 日本語, العربية, 👩‍👩‍👧", "\xC2\xA0"}) {
    EXPECT_EQ(PrintableText(text), text);
  }
}

TEST(PrintableText, WhatWouldActIsWrittenOut) {
  EXPECT_EQ(PrintableText("x\x1b[31m\nFAKE\t\r\x7f"), "x\\x1b[31m\\nFAKE\\t\\r\\x7f");
  EXPECT_EQ(PrintableText("a\nb", "\n  "), "a\n  b");
  EXPECT_EQ(PrintableText(std::string("\0", 1)), "\\x00");
  EXPECT_EQ(PrintableText(Utf8(0x9B) + "2J"), "\\u{9b}2J");
  EXPECT_EQ(PrintableText(Utf8(0x202E) + "txt"), "\\u{202e}txt");
}

TEST(PrintableText, EveryCodePointIsHarmlessOrWrittenOut) {
  for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    const bool acts = point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x61C ||
                      point == 0x200E || point == 0x200F || (point >= 0x2028 && point <= 0x202E) ||
                      (point >= 0x2066 && point <= 0x2069);
    const std::string sign = Utf8(point);
    const std::string shown = PrintableText(sign);
    ASSERT_EQ(shown == sign, !acts) << point;
    ASSERT_TRUE(!acts || shown.front() == '\\') << point;
  }
}

TEST(PrintableText, BytesThatAreNoTextAreWrittenOut) {
  EXPECT_EQ(PrintableText("\x9b"
                          "2J"),
            "\\x9b2J");
  EXPECT_EQ(PrintableText("\xC0\x9B"), "\\xc0\\x9b");           // too long for its code point
  EXPECT_EQ(PrintableText("\xE2\x80"), "\\xe2\\x80");           // cut
  EXPECT_EQ(PrintableText("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(PrintableText("\xF5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
  EXPECT_EQ(PrintableText("\xC3(\xC3\xA4"), "\\xc3(\xC3\xA4");
}

}  // namespace
}  // namespace foreset
