// SPDX-License-Identifier: MIT
#include "foreset/delta/data_path.h"

#include <utility>

#include <fmt/format.h>

#include "foreset/storage/open.h"

namespace foreset::delta {
namespace {

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// RFC 3986: pchar and '/'.
bool StaysInPath(char c) {
  const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return word || std::string_view("-._~!$&'()*+,;=:@/").contains(c);
}

// "abfss://…", "file:/…": letters, then a colon and a slash.
bool HasScheme(std::string_view path) {
  const std::size_t colon = path.find(':');
  if (colon == std::string_view::npos || colon == 0 || path.substr(colon + 1, 1) != "/") {
    return false;
  }
  return path.substr(0, colon).find('/') == std::string_view::npos;
}

// True when a part of the path is empty, "." or "..".
bool HasOddPart(std::string_view path) {
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

// The rest of `path` below `root`, when it is below it.
std::optional<std::string> Below(std::string_view root, std::string_view path) {
  while (root.ends_with('/')) root.remove_suffix(1);
  if (!path.starts_with(root) || path.substr(root.size(), 1) != "/") return std::nullopt;
  return std::string(path.substr(root.size() + 1));
}

}  // namespace

std::string DecodeUri(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = HexDigit(text[i + 1]);
      const auto low = HexDigit(text[i + 2]);
      if (high && low) {
        decoded += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

std::string EncodeUri(std::string_view plain_path) {
  std::string encoded;
  encoded.reserve(plain_path.size());
  for (const char c : plain_path) {
    if (StaysInPath(c)) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::string CanonicalPath(std::string_view path) {
  std::string plain = DecodeUri(path);
  if (plain.starts_with("file:/")) {
    const std::size_t slashes = plain.find_first_not_of('/', 5);
    plain = "/" + (slashes == std::string::npos ? std::string() : plain.substr(slashes));
  }
  return plain;
}

std::optional<std::string> PathBelow(const ObjectStore& table, std::string_view path) {
  std::string plain = CanonicalPath(path);
  if (HasScheme(plain) || plain.starts_with('/')) {
    auto below = Below(table.Describe(), plain);
    if (!below) return std::nullopt;
    plain = *std::move(below);
  }
  return HasOddPart(plain) ? std::nullopt : std::optional(std::move(plain));
}

Result<DataLocation> LocateData(const ObjectStore& table, std::string_view path) {
  std::string plain = CanonicalPath(path);
  const bool scheme = HasScheme(plain);
  if (!scheme && !plain.starts_with('/')) {
    if (HasOddPart(plain)) {
      return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt,
                 fmt::format("'{}' is no path below the table", path));
    }
    return DataLocation{&table, std::move(plain), nullptr};
  }
  const std::string root = table.Describe();
  if (auto below = Below(root, plain)) return DataLocation{&table, *std::move(below), nullptr};
  const std::size_t name = plain.rfind('/') + 1;
  if (scheme || !root.starts_with('/') || name == plain.size()) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
               fmt::format("the data file '{}' is outside the table's storage", path));
  }
  std::shared_ptr<ObjectStore> opened =
      TRY(OpenStore(name == 1 ? "/" : plain.substr(0, name - 1), {}));
  const ObjectStore* store = opened.get();
  return DataLocation{store, plain.substr(name), std::move(opened)};
}

}  // namespace foreset::delta
