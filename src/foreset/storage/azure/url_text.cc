// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/url_text.h"

#include <fmt/format.h>
#include <openssl/evp.h>

namespace foreset::azure {
namespace {

bool IsUnreserved(char c) {
  const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return word || std::string_view("-_.~").contains(c);
}

std::string Escape(std::string_view text, bool keep_slash) {
  std::string escaped;
  for (const char c : text) {
    if (IsUnreserved(c) || (keep_slash && c == '/')) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

}  // namespace

std::string EscapeUrl(std::string_view text) { return Escape(text, false); }
std::string EscapePath(std::string_view path) { return Escape(path, true); }

std::string ToBase64(Bytes bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string FromBase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return {};
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return {};
  std::size_t size = static_cast<std::size_t>(length);
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
    text.remove_suffix(1);
    --size;
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace foreset::azure
