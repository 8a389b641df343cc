// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"

namespace foreset::mysql {

// One character set of MySQL or MariaDB: decodes its bytes to UTF-8 exactly as the server does for
// a utf8mb4 client, so that streamed and backfilled values are equal. Immutable; may be used by
// several threads.
class Charset {
 public:
  virtual ~Charset() = default;
  // Appends the text to `out`. False when the bytes are not valid in this character set; `out` is
  // then unspecified beyond its former end.
  virtual bool Append(Bytes bytes, std::string& out) const = 0;
  // Whether some characters have several codes: false means that each text has its own bytes.
  virtual bool has_shared_texts() const { return false; }
  // Whether other bytes may give this text of Append, too: it has a character with several codes.
  virtual bool MayBeOthers(std::string_view /*text*/) const { return false; }
  // Valid bytes are their own UTF-8 text: Validate() suffices and nothing need be copied.
  virtual bool is_utf8() const { return false; }
};

// By MySQL's name ("utf8mb4", "latin1"; "utf8" is utf8mb3); null when unknown. "binary" is decoded
// as UTF-8: it is asked for only where text is wanted. Lives as long as the program.
const Charset* FindCharset(std::string_view name);

// The character set that a collation id of an event belongs to; empty when unknown.
std::string_view CharsetOfCollation(std::uint32_t collation);

// Well-formed UTF-8: no overlong forms, surrogates, or values above U+10FFFF.
bool IsValidUtf8(Bytes bytes);
// The character at `at`, which moves behind it. The text is well-formed, and goes on there.
char32_t TakeUtf8(std::string_view text, std::size_t& at);
// Appends one character; it must be a valid one.
void AppendUtf8(char32_t character, std::string& out);

}  // namespace foreset::mysql
