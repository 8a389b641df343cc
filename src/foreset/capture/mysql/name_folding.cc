// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/name_folding.h"

#include <clocale>
#include <cwctype>
#include <optional>

#include "foreset/capture/mysql/charset.h"

namespace foreset::mysql {
namespace {

// The C library's own table of characters; it lives as long as the program.
locale_t Unicode() {
  static const locale_t kLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return kLocale;
}

char32_t Lower(char32_t character) {
  if (character < 0x80) {
    return character >= 'A' && character <= 'Z' ? character | 0x20U : character;
  }
  const locale_t locale = Unicode();
  if (locale == nullptr) return character;
  return static_cast<char32_t>(towlower_l(static_cast<wint_t>(character), locale));
}

// The character at `at` and its length; the bytes are valid UTF-8.
char32_t Decode(std::string_view text, std::size_t at, std::size_t& length) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    length = 1;
    return first;
  }
  length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t character = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) character = character << 6U | (byte(i) & 0x3FU);
  return character;
}

}  // namespace

std::string FoldedName(std::string_view name) {
  if (!IsValidUtf8(AsBytes(name))) return std::string(name);
  std::string folded;
  for (std::size_t at = 0; at < name.size();) {
    std::size_t length = 0;
    AppendUtf8(Lower(Decode(name, at, length)), folded);
    at += length;
  }
  return folded;
}

}  // namespace foreset::mysql
