// SPDX-License-Identifier: MIT
#include "foreset/batch/text_encoding.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>

namespace foreset::batch {
namespace {

// All of it, in pieces of some bytes; "error" when it cannot be read.
std::string Read(const std::string& bytes, const std::string& encoding, std::int64_t piece = 7) {
  const auto text = ReadAsUtf8(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)), encoding);
  if (!text) return "error";
  std::string all;
  while (true) {
    const auto read = (*text)->Read(piece);
    if (!read.ok()) return "error";
    if ((*read)->size() == 0) return all;
    all += (*read)->ToString();
  }
}

std::string Utf16(const std::u16string& text, bool big) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xffU);
    const char high = static_cast<char>(unit >> 8U);
    bytes += big ? high : low;
    bytes += big ? low : high;
  }
  return bytes;
}

TEST(TextEncodingTest, AMarkTellsUtf16AndIsNoText) {
  EXPECT_EQ(Read(Utf16(u"\ufeffid,Größe\n1,\U0001f600\n", false), "utf-8"), "id,Größe\n1,😀\n");
  EXPECT_EQ(Read(Utf16(u"\ufeffid\n", true), "utf-8"), "id\n");
  EXPECT_EQ(Read("\xef\xbb\xbfid,name\n", "utf-8"), "id,name\n");
  EXPECT_EQ(Read("\xef\xbb\xbf", "utf-8"), "");
}

TEST(TextEncodingTest, OtherEncodingsAreReadAsSaid) {
  EXPECT_EQ(Read("caf\xe9,\x80", "windows-1252"), "café,€");
  EXPECT_EQ(Read("caf\xe9", "latin-1"), "café");
  EXPECT_EQ(Read(Utf16(u"id", true), "utf-16be"), "id");
  EXPECT_EQ(Read("id", "ebcdic"), "error");
  EXPECT_EQ(Read("a", "utf-8"), "a");
  EXPECT_EQ(Read("", "utf-16"), "");
}

TEST(TextEncodingTest, BytesThatTheEncodingHasNotAreToldAsSuch) {
  EXPECT_EQ(Read("caf\xe9!", "utf-8"), "caf\xe9!");
  EXPECT_EQ(Read(std::string("a\0\0\xd8"
                             "b\0",
                             6),
                 "utf-16le"),
            "a\xff"
            "b");
  EXPECT_EQ(Read(std::string("a\0b", 3), "utf-16le"), "a\xff");
  EXPECT_EQ(Read("\x81", "windows-1252"), "\xff");
}

TEST(TextEncodingTest, LongTextsStayWhole) {
  std::u16string text;
  std::string wanted;
  for (int i = 0; i < 50'000; ++i) {
    text += u"äb\U0001f600";
    wanted += "äb😀";
  }
  EXPECT_EQ(Read(Utf16(text, false), "utf-16", 4099), wanted);
}

}  // namespace
}  // namespace foreset::batch
