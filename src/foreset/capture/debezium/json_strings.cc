// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/json_strings.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "foreset/capture/mysql/json_text.h"

namespace foreset::debezium {
namespace {

constexpr std::size_t kMaxDepth = 100;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::optional<std::uint32_t> HexUnit(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  std::uint32_t unit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, unit, 16);
  if (error != std::errc() || end != text.data() + 4) return std::nullopt;
  return unit;
}

void AppendUtf8(std::uint32_t c, std::string& out) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (c >> shift & 0x3FU)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0U | c >> 6U);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0U | c >> 12U);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | c >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

// Behind "\u": one unit, or a pair of surrogates. The number of characters taken; 0: not valid.
std::size_t TakeUnicode(std::string_view text, std::string& out) {
  const auto first = HexUnit(text);
  if (!first) return 0;
  if (*first < 0xD800 || *first > 0xDFFF) {
    AppendUtf8(*first, out);
    return 4;
  }
  if (*first > 0xDBFF || text.substr(4, 2) != "\\u") return 0;
  const auto second = HexUnit(text.substr(6));
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return 0;
  AppendUtf8(0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00), out);
  return 10;
}

std::optional<char> SimpleEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return std::nullopt;
  }
}

// `text` begins behind the opening quote. The number of characters before the closing one.
std::optional<std::size_t> Unescape(std::string_view text, std::string& out) {
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"') return i;
    if (c != '\\') {
      out += c;
      ++i;
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    if (text[i] == 'u') {
      const std::size_t taken = TakeUnicode(text.substr(i + 1), out);
      if (taken == 0) return std::nullopt;
      i += 1 + taken;
    } else if (const auto simple = SimpleEscape(text[i])) {
      out += *simple;
      ++i;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// Rewrites one document token by token, checking its grammar as far as commas, colons, brackets and
// the kinds of values go.
class Rewriter {
 public:
  Rewriter(std::string_view in, std::string& out) : in_(in), out_(out) {}

  bool Run() { return Value(0) && (SkipSpace(), in_.empty()); }

 private:
  void SkipSpace() {
    while (!in_.empty() && IsSpace(in_[0])) in_.remove_prefix(1);
  }
  bool Take(char c) {
    SkipSpace();
    if (!in_.starts_with(c)) return false;
    in_.remove_prefix(1);
    return true;
  }

  bool Value(std::size_t depth) {
    SkipSpace();
    if (in_.empty() || depth > kMaxDepth) return false;
    switch (in_[0]) {
      case '{':
        return Container('}', depth);
      case '[':
        return Container(']', depth);
      case '"':
        return String();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  bool Container(char end, std::size_t depth) {
    out_ += in_[0];
    in_.remove_prefix(1);
    bool first = true;
    while (!Take(end)) {
      if (!first && !Take(',')) return false;
      if (!first) out_ += ", ";
      first = false;
      SkipSpace();
      if (end == '}') {
        if (!in_.starts_with('"') || !String() || !Take(':')) return false;
        out_ += ": ";
      }
      if (!Value(depth + 1)) return false;
    }
    out_ += end;
    return true;
  }

  bool String() {
    text_.clear();
    const auto length = Unescape(in_.substr(1), text_);
    if (!length) return false;
    mysql::AppendJsonString(text_, out_);
    in_.remove_prefix(*length + 2);
    return true;
  }

  bool Word(std::string_view word) {
    if (!in_.starts_with(word)) return false;
    out_ += word;
    in_.remove_prefix(word.size());
    return true;
  }

  bool Number() {
    const std::size_t length = std::min(in_.find_first_not_of("0123456789+-.eE"), in_.size());
    const std::string_view token = in_.substr(0, length);
    double value = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + length, value);
    const bool range = error == std::errc::result_out_of_range;
    if ((error != std::errc() && !range) || end != token.data() + length) return false;
    // With an exponent it is a double in another notation than the server's. Without, it is an
    // integer, a decimal or a double, and all are shown as they stand.
    if (token.find_first_of("eE") == std::string_view::npos || range) {
      out_ += token;
    } else {
      mysql::AppendJsonDouble(value, out_);
    }
    in_.remove_prefix(length);
    return true;
  }

  std::string_view in_;
  std::string& out_;
  std::string text_;
};

}  // namespace

std::optional<std::string_view> StringOf(std::string_view token, std::string& scratch) {
  if (!token.starts_with('"')) return std::nullopt;
  const char* const first = token.data() + 1;
  const std::size_t room = token.size() - 1;
  const auto* const quote = static_cast<const char*>(std::memchr(first, '"', room));
  if (quote == nullptr) return std::nullopt;
  const auto length = static_cast<std::size_t>(quote - first);
  if (std::memchr(first, '\\', length) == nullptr) return std::string_view(first, length);
  scratch.clear();
  if (!Unescape(token.substr(1), scratch)) return std::nullopt;
  return scratch;
}

std::string_view ScalarOf(std::string_view token) {
  while (!token.empty() && IsSpace(token.back())) token.remove_suffix(1);
  return token;
}

bool AppendServerJson(std::string_view json, std::string& out) { return Rewriter(json, out).Run(); }

}  // namespace foreset::debezium
