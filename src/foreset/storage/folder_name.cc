// SPDX-License-Identifier: MIT
#include "foreset/storage/folder_name.h"

#include <cctype>

#include <fmt/format.h>

#include "foreset/storage/percent_decoding.h"

namespace foreset {
namespace {

constexpr unsigned char kDelete = 0x7f;
// Stands for the empty name: spaces are never escaped, so no other name gives it.
constexpr std::string_view kNoName = "%20";

bool IsHex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

// Whether text at `at` reads as "%2F".
bool IsEscape(std::string_view text, std::size_t at) {
  return at + 2 < text.size() && text[at] == '%' && IsHex(text[at + 1]) && IsHex(text[at + 2]);
}

// Azure takes a backslash for a slash, and drops a dot at the end of a part.
bool MustEscape(std::string_view name, std::size_t at) {
  const auto c = static_cast<unsigned char>(name[at]);
  if (c < ' ' || c == kDelete || c == '/' || c == '\\') return true;
  if (c == '.') return at + 1 == name.size();
  return IsEscape(name, at);
}

}  // namespace

std::string FolderOfName(std::string_view name) {
  if (name.empty()) return std::string(kNoName);
  std::string folder;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (MustEscape(name, i)) {
      folder += fmt::format("%{:02X}", static_cast<unsigned char>(name[i]));
    } else {
      folder += name[i];
    }
  }
  return folder;
}

std::string NameOfFolder(std::string_view folder) {
  return folder == kNoName ? std::string() : DecodePercent(folder);
}

}  // namespace foreset
