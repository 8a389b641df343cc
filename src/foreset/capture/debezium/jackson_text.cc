// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/jackson_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <iterator>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace foreset::debezium {
namespace {

constexpr char kHexUpper[] = "0123456789ABCDEF";
constexpr char kHexLower[] = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

void AppendUnit(std::string& out, std::uint32_t unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += kHexUpper[unit >> static_cast<unsigned>(shift) & 0xFU];
  }
}

void AppendControl(std::string& out, char c) {
  switch (c) {
    case '\b':
      out += "\\b";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      AppendUnit(out, static_cast<unsigned char>(c));
  }
}

struct Character {
  std::size_t bytes = 0;  // 0: not valid UTF-8
  std::uint32_t code = 0;
};

Character Decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  Character character;
  if (first >= 0xC2 && first <= 0xDF) character = {2, first & 0x1FU};
  if (first >= 0xE0 && first <= 0xEF) character = {3, first & 0x0FU};
  if (first >= 0xF0 && first <= 0xF4) character = {4, first & 0x07U};
  if (character.bytes == 0 || text.size() < character.bytes) return {};
  for (std::size_t i = 1; i < character.bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    character.code = character.code << 6U | (byte(i) & 0x3FU);
  }
  const bool overlong = (character.bytes == 3 && character.code < 0x800) ||
                        (character.bytes == 4 && character.code < 0x10000);
  const bool surrogate = character.code >= 0xD800 && character.code <= 0xDFFF;
  return overlong || surrogate || character.code > 0x10FFFF ? Character{} : character;
}

// Length of what was read at the start of `text`.
std::size_t AppendWide(std::string& out, std::string_view text) {
  const Character character = Decode(text);
  if (character.bytes == 0) {
    out += kReplacement;
    return 1;
  }
  if (character.code < 0x10000) {
    out += text.substr(0, character.bytes);
  } else {
    const std::uint32_t offset = character.code - 0x10000;
    AppendUnit(out, 0xD800 + (offset >> 10U));
    AppendUnit(out, 0xDC00 + (offset & 0x3FFU));
  }
  return character.bytes;
}

// Digits and exponent of the shortest text, put as Double.toString puts them.
template <typename Number>
void AppendJavaNumber(std::string& out, Number value) {
  if (!std::isfinite(value)) {
    out += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    return;
  }
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  std::string_view text(buffer, static_cast<std::size_t>(end.ptr - buffer));
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const std::size_t mark = text.find('e');
  int exponent = 0;
  const std::size_t sign = text[mark + 1] == '+' ? 1 : 0;
  std::from_chars(text.data() + mark + 1 + sign, text.data() + text.size(), exponent);
  std::string digits(text.substr(0, 1));
  if (mark > 2) digits += text.substr(2, mark - 2);
  const auto count = static_cast<int>(digits.size());
  if (value == 0) {
    out += "0.0";
  } else if (exponent >= 7 || exponent < -3) {
    out += digits[0];
    out += '.';
    out += count > 1 ? digits.substr(1) : "0";
    out += 'E';
    out += std::to_string(exponent);
  } else if (exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent - 1), '0');
    out += digits;
  } else if (count <= exponent + 1) {
    out += digits;
    out.append(static_cast<std::size_t>(exponent + 1 - count), '0');
    out += ".0";
  } else {
    out += digits.substr(0, static_cast<std::size_t>(exponent) + 1);
    out += '.';
    out += digits.substr(static_cast<std::size_t>(exponent) + 1);
  }
}

// The unsigned number of these digits, base 256, most significant first, without leading zeros.
std::vector<std::uint8_t> ToBase256(std::string_view digits) {
  std::vector<std::uint8_t> reversed;
  for (const char digit : digits) {
    auto carry = static_cast<std::uint32_t>(digit - '0');
    for (std::uint8_t& byte : reversed) {
      carry += byte * 10U;
      byte = static_cast<std::uint8_t>(carry);
      carry >>= 8U;
    }
    if (carry != 0) reversed.push_back(static_cast<std::uint8_t>(carry));
  }
  std::ranges::reverse(reversed);
  return reversed;
}

void Negate(std::vector<std::uint8_t>& bytes) {
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(~byte);
  for (auto it = bytes.rbegin(); it != bytes.rend(); ++it) {
    if (++*it != 0) break;
  }
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // begin of what can be copied as it is
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\') {
      ++at;
      continue;
    }
    out += text.substr(plain, at - plain);
    if (byte >= 0x80) {
      at += AppendWide(out, text.substr(at));
    } else if (byte < 0x20) {
      AppendControl(out, c);
      ++at;
    } else {
      out += '\\';
      out += c;
      ++at;
    }
    plain = at;
  }
  out += text.substr(plain);
  out += '"';
}

std::string JsonString(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

void AppendJavaDouble(std::string& out, double value) { AppendJavaNumber(out, value); }
void AppendJavaFloat(std::string& out, float value) { AppendJavaNumber(out, value); }

void AppendBase64(std::string& out, std::string_view bytes, bool url_safe) {
  const std::size_t begin = out.size();
  out.resize(begin + (bytes.size() + 2) / 3 * 4 + 1);  // the encoder ends with a NUL
  const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + begin),
                                      reinterpret_cast<const unsigned char*>(bytes.data()),
                                      static_cast<int>(bytes.size()));
  out.resize(begin + static_cast<std::size_t>(written));
  if (!url_safe) return;
  for (std::size_t i = begin; i < out.size(); ++i) {
    if (out[i] == '+') out[i] = '-';
    if (out[i] == '/') out[i] = '_';
  }
}

void AppendHex(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kHexLower[byte >> 4U];
    out += kHexLower[byte & 0xFU];
  }
}

void AppendCompactJson(std::string& out, std::string_view json) {
  bool inside = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (!inside && c == ' ') continue;
    out += c;
    if (inside && c == '\\' && i + 1 < json.size()) {
      out += json[++i];
    } else if (c == '"') {
      inside = !inside;
    }
  }
}

std::string UnscaledBytes(std::string_view decimal, std::uint32_t scale) {
  const bool negative = decimal.starts_with('-');
  std::string digits;
  std::uint32_t fraction = 0;
  bool behind_point = false;
  for (const char c : decimal) {
    if (c == '.') behind_point = true;
    if (c < '0' || c > '9') continue;
    digits += c;
    if (behind_point) ++fraction;
  }
  if (fraction < scale) digits.append(scale - fraction, '0');
  std::vector<std::uint8_t> bytes = ToBase256(digits);
  if (bytes.empty()) bytes.push_back(0);
  if (bytes[0] >= 0x80) bytes.insert(bytes.begin(), 0);
  if (negative) Negate(bytes);
  while (bytes.size() > 1 &&
         ((bytes[0] == 0 && bytes[1] < 0x80) || (bytes[0] == 0xFF && bytes[1] >= 0x80))) {
    bytes.erase(bytes.begin());
  }
  return {bytes.begin(), bytes.end()};
}

void AppendIsoDate(std::string& out, std::int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

void AppendIsoInstant(std::string& out, std::int64_t microseconds) {
  int digits = 6;
  for (std::int64_t rest = microseconds; digits > 0 && rest % 10 == 0; rest /= 10) --digits;
  AppendIsoInstant(out, microseconds, digits);
}

void AppendIsoInstant(std::string& out, std::int64_t microseconds, int digits) {
  constexpr std::int64_t kDay = 86'400'000'000;
  std::int64_t days = microseconds / kDay;
  if (microseconds % kDay < 0) --days;
  std::int64_t rest = microseconds - days * kDay;
  AppendIsoDate(out, days);
  const std::string fraction = fmt::format(".{:06}", rest % 1'000'000);
  rest /= 1'000'000;
  fmt::format_to(std::back_inserter(out), "T{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60,
                 rest % 60);
  if (digits > 0) out.append(fraction, 0, static_cast<std::size_t>(digits) + 1);
  out += 'Z';
}

}  // namespace foreset::debezium
