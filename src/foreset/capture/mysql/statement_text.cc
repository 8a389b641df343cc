// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/statement_text.h"

#include "foreset/capture/mysql/charset.h"

namespace foreset::mysql {

std::string StatementText(std::string_view text, std::uint16_t collation) {
  const Charset* charset = FindCharset(CharsetOfCollation(collation));
  if (charset == nullptr) charset = FindCharset("utf8mb4");
  std::string decoded;
  if (charset->Append(AsBytes(text), decoded)) return decoded;
  decoded.clear();
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0x80U) == 0) {
      decoded += c;
    } else {
      AppendUtf8(0xFFFD, decoded);
    }
  }
  return decoded;
}

}  // namespace foreset::mysql
