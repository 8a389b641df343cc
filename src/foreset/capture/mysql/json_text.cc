// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "foreset/capture/mysql/calendar.h"
#include "foreset/capture/mysql/packed_decimal.h"

namespace foreset::mysql {
namespace {

constexpr unsigned kFractionDigits = 6;
constexpr std::size_t kBase64LineLength = 76;

// The server breaks base64 into lines of 76 characters; in JSON text the break is \n.
void AppendBase64(Bytes bytes, std::string& out) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::size_t line = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    if (line == kBase64LineLength) {
      out += "\\n";
      line = 0;
    }
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8U | (j < count ? bytes[i + j] : 0U);
    for (std::size_t j = 0; j < 4; ++j) {
      out += j <= count ? kAlphabet[group >> (18 - 6 * j) & 0x3FU] : '=';
    }
    line += 4;
  }
}

bool AppendTemporal(std::uint8_t type, Bytes payload, std::string& out) {
  constexpr std::uint8_t kDate = 10;
  constexpr std::uint8_t kTime = 11;
  if (payload.size() != 8) return false;
  const auto packed = static_cast<std::int64_t>(ByteReader(payload).U64());
  out += '"';
  if (type == kTime) {
    out += FormatTime(UnpackTime(packed), kFractionDigits);
  } else if (type == kDate) {
    out += FormatDate(UnpackDateTime(packed));
  } else {
    out += FormatDateTime(UnpackDateTime(packed), kFractionDigits);
  }
  out += '"';
  return true;
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        out += '\\';
        out += c;
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void AppendJsonDouble(double value, std::string& out) {
  // Plain notation while the first digit is at most 15 places behind the point, or 14 before it;
  // 15 places when there are digits behind the point all the same. (Measured: the server prints the
  // shorter of both notations there.)
  constexpr int kLowest = -15;
  constexpr int kHighest = 14;
  constexpr std::size_t kDigitsBeyondHighest = 17;
  std::array<char, 400> buffer{};
  char* const first = buffer.data();
  auto end = std::to_chars(first, first + buffer.size(), value, std::chars_format::scientific).ptr;
  const std::string_view text(first, static_cast<std::size_t>(end - first));
  const std::size_t mark = text.find('e');
  if (mark == std::string_view::npos) {  // not a number: the server cannot store it
    out += "null";
    return;
  }
  int exponent = 0;
  const char* digits = first + mark + 1;
  std::from_chars(*digits == '+' ? digits + 1 : digits, end, exponent);
  const std::size_t count = text.substr(0, mark).size() - (value < 0 ? 2 : 1);  // sign and point
  const bool reaches_behind_point = exponent == kHighest + 1 && count == kDigitsBeyondHighest;
  if (exponent < kLowest || (exponent > kHighest && !reaches_behind_point)) {
    out.append(text.substr(0, mark));
    out += fmt::format("e{}", exponent);
    return;
  }
  end = std::to_chars(first, first + buffer.size(), value, std::chars_format::fixed).ptr;
  const std::string_view plain(first, static_cast<std::size_t>(end - first));
  out.append(plain);
  if (plain.find('.') == std::string_view::npos) out += ".0";
}

bool AppendJsonOpaque(std::uint8_t type, Bytes payload, std::string& out) {
  constexpr std::uint8_t kDecimal = 246;
  switch (type) {
    case 7:   // TIMESTAMP
    case 10:  // DATE
    case 11:  // TIME
    case 12:  // DATETIME
      return AppendTemporal(type, payload, out);
    case kDecimal: {
      ByteReader in(payload);
      const DecimalShape shape{in.U8(), in.U8()};
      return in.ok() && shape.valid() &&
             AppendDecimalText(in.Rest(), shape, /*zero_filled=*/false, out);
    }
    default:
      out += fmt::format("\"base64:type{}:", type);
      AppendBase64(payload, out);
      out += '"';
      return true;
  }
}

}  // namespace foreset::mysql
