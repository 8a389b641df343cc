// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/name_folding.h"

#include <clocale>
#include <cwctype>

#include "foreset/capture/mysql/charset.h"

namespace foreset::mysql {
namespace {

// The C library's own table of characters; it lives as long as the program.
locale_t Unicode() {
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return unicode;
}

char32_t LowerOf(char32_t character) {
  if (character < 0x80) {
    return character >= 'A' && character <= 'Z' ? character | 0x20U : character;
  }
  const locale_t locale = Unicode();
  if (locale == nullptr) return character;
  return static_cast<char32_t>(towlower_l(static_cast<wint_t>(character), locale));
}

}  // namespace

std::string FoldedName(std::string_view name) {
  if (!IsValidUtf8(AsBytes(name))) return std::string(name);
  std::string folded;
  for (std::size_t at = 0; at < name.size();) AppendUtf8(LowerOf(TakeUtf8(name, at)), folded);
  return folded;
}

}  // namespace foreset::mysql
