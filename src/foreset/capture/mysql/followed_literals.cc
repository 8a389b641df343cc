// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "foreset/base/time_units.h"
#include "foreset/capture/mysql/followed_forms.h"
#include "foreset/capture/mysql/text_values.h"

namespace foreset::mysql {
namespace {

// Decimal digits that every double keeps apart.
constexpr std::size_t kExactDigits = 15;
constexpr std::int64_t kMaxTimestampSeconds = 2'147'483'647;
constexpr std::uint32_t kMaxBits = 64;

using Value = std::optional<std::string>;

bool AllDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "-12.50" in its parts.
struct Decimal {
  bool negative = false;
  std::string_view whole;  // without leading zeros; may be empty
  std::string_view fraction;
};

std::optional<Decimal> ReadDecimal(std::string_view text) {
  Decimal decimal;
  decimal.negative = text.starts_with('-');
  if (decimal.negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  if (!AllDigits(text.substr(0, point))) return std::nullopt;
  if (point < text.size() && !AllDigits(text.substr(point + 1))) return std::nullopt;
  decimal.whole = text.substr(0, point);
  decimal.whole.remove_prefix(std::min(decimal.whole.find_first_not_of('0'), point));
  if (point < text.size()) decimal.fraction = text.substr(point + 1);
  const bool zero =
      decimal.whole.empty() && decimal.fraction.find_first_not_of('0') == std::string_view::npos;
  if (zero && decimal.negative) return std::nullopt;  // what becomes of the sign differs
  return decimal;
}

template <typename Number>
std::optional<Number> Parse(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

int BitsOf(SourceType type) {
  switch (type) {
    case SourceType::kTinyInt:
      return 8;
    case SourceType::kSmallInt:
      return 16;
    case SourceType::kMediumInt:
      return 24;
    case SourceType::kInt:
      return 32;
    default:
      return 64;
  }
}

// An integer in the range of its type.
Value Integer(const ColumnType& type, std::string_view text) {
  const int bits = BitsOf(type.type);
  if (type.is_unsigned) {
    const auto number = Parse<std::uint64_t>(text);
    if (!number || (bits < 64 && *number >> bits != 0)) return std::nullopt;
    return std::to_string(*number);
  }
  const auto number = Parse<std::int64_t>(text);
  const std::int64_t limit = bits == 64 ? 0 : std::int64_t{1} << (bits - 1);
  if (!number || (limit != 0 && (*number < -limit || *number >= limit))) return std::nullopt;
  return std::to_string(*number);
}

ColumnType BigInt() {
  ColumnType type;
  type.type = SourceType::kBigInt;
  return type;
}

// A number that the type holds without rounding, with all the digits of its scale.
Value Exact(const ColumnType& type, std::string_view text) {
  const auto decimal = ReadDecimal(text);
  if (!decimal || decimal->fraction.size() > type.scale ||
      (type.is_unsigned && decimal->negative)) {
    return std::nullopt;
  }
  if (decimal->whole.size() > type.length - type.scale) return std::nullopt;
  std::string shown = decimal->negative ? "-" : "";
  shown += decimal->whole.empty() ? std::string_view("0") : decimal->whole;
  if (type.scale == 0) return shown;
  shown += '.';
  shown += decimal->fraction;
  return shown + std::string(type.scale - decimal->fraction.size(), '0');
}

// A number whose nearest double nobody computes differently.
Value Approximate(const ColumnType& type, std::string_view text) {
  const auto decimal = ReadDecimal(text);
  if (!decimal || !type.display.empty() || (type.is_unsigned && decimal->negative)) return {};
  if (decimal->whole.size() + decimal->fraction.size() > kExactDigits) return {};
  return std::string(text);
}

bool IsPrintable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// Printable ASCII that fits; CHAR does not keep trailing spaces.
Value TextValue(const ColumnType& type, std::string_view text) {
  if (!IsPrintable(text) || type.charset == "swe7") return std::nullopt;
  constexpr std::size_t kTinyText = 63;  // characters of four bytes
  const std::size_t limit = type.type == SourceType::kText ? kTinyText : type.length;
  if (text.size() > limit) return std::nullopt;
  if (type.type == SourceType::kChar && text.ends_with(' ')) return std::nullopt;
  return std::string(text);
}

Value BytesValue(const ColumnType& type, std::string_view bytes) {
  constexpr std::size_t kTinyBlob = 255;
  const std::size_t limit = type.type == SourceType::kBlob ? kTinyBlob : type.length;
  if (bytes.size() > limit) return std::nullopt;
  std::string value(bytes);
  if (type.type == SourceType::kBinary) value.resize(type.length, '\0');
  return value;
}

Value Label(const ColumnType& type, std::string_view text) {
  if (std::ranges::find(type.labels, text) == type.labels.end()) return std::nullopt;
  return std::string(text);
}

// Labels as declared, in their order.
Value Labels(const ColumnType& type, std::string_view text) {
  std::string_view left = text;
  auto from = type.labels.begin();
  while (!left.empty()) {
    const std::size_t comma = std::min(left.find(','), left.size());
    from = std::find(from, type.labels.end(), left.substr(0, comma));
    if (from == type.labels.end()) return std::nullopt;
    ++from;
    left.remove_prefix(std::min(comma + 1, left.size()));
  }
  if (text.ends_with(',')) return std::nullopt;
  return std::string(text);
}

Value Bits(const ColumnType& type, const DefaultClause& value) {
  std::string_view digits = value.text;
  std::optional<std::uint64_t> number;
  if (value.form == LiteralForm::kBits) {
    digits = digits.substr(2, digits.size() - 3);
    std::uint64_t bits = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), bits, 2);
    if (error == std::errc() && end == digits.data() + digits.size()) number = bits;
  } else if (value.form == LiteralForm::kNumber && AllDigits(digits)) {
    number = Parse<std::uint64_t>(digits);
  }
  if (!number || (type.length < kMaxBits && *number >> type.length != 0)) return std::nullopt;
  return BitText(*number, type.length);
}

// As the server writes it, with no more digits behind the point than it keeps.
bool HasForm(std::string_view text, std::string_view form, std::uint32_t scale) {
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !digit : text[i] != form[i]) return false;
  }
  const std::string_view rest = text.substr(form.size());
  if (rest.empty()) return true;
  return rest.starts_with('.') && AllDigits(rest.substr(1)) && rest.size() - 1 <= scale;
}

Value WithFraction(std::string_view text, std::uint32_t scale) {
  const std::size_t point = text.find('.');
  std::string shown(text);
  if (scale == 0) return shown;
  const std::size_t have = point == std::string_view::npos ? 0 : text.size() - point - 1;
  if (point == std::string_view::npos) shown += '.';
  return shown + std::string(scale - have, '0');
}

Value Temporal(const ColumnType& type, std::string_view text, const FormContext& context) {
  switch (type.type) {
    case SourceType::kDate:
      if (!HasForm(text, "0000-00-00", 0) || !ParseDate(text)) return std::nullopt;
      return std::string(text);
    case SourceType::kTime: {
      const bool negative = text.starts_with('-');
      const auto micros = ParseTime(text);
      if (!HasForm(text.substr(negative ? 1 : 0), "00:00:00", type.scale) || !micros) return {};
      if (negative && *micros == 0) return {};
      return WithFraction(text, type.scale);
    }
    case SourceType::kYear:
      // Two digits, and numbers below 100, are years of this century and the last.
      if (!HasForm(text, "0000", 0) || text < "1901" || text > "2155") return std::nullopt;
      return std::string(text);
    default:
      break;
  }
  const auto micros = ParseDateTime(text);
  if (!HasForm(text, "0000-00-00 00:00:00", type.scale) || !micros) return std::nullopt;
  const bool in_epoch =
      *micros >= kMicrosPerSecond && *micros < kMaxTimestampSeconds * kMicrosPerSecond;
  if (type.type == SourceType::kTimestamp && (!context.times_are_utc || !in_epoch)) {
    return std::nullopt;
  }
  return WithFraction(text, type.scale);
}

bool IsOf(LiteralForm form, std::initializer_list<LiteralForm> forms) {
  return std::ranges::find(forms, form) != forms.end();
}

}  // namespace

std::string BitText(std::uint64_t value, std::uint32_t bits) {
  return fmt::format("b'{:0{}b}'", value, bits);
}

std::optional<std::string> LiteralValue(const ColumnDefinition& column,
                                        const FormContext& context) {
  using enum LiteralForm;
  const ColumnType& type = column.type;
  const DefaultClause& value = column.default_clause;
  const bool text_or_number = IsOf(value.form, {kText, kNumber});
  if (value.form == kText && !context.texts_are_known) return std::nullopt;
  switch (type.type) {
    case SourceType::kTinyInt:
    case SourceType::kSmallInt:
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kBigInt:
      return text_or_number ? Integer(type, value.text) : std::nullopt;
    case SourceType::kDecimal:
      if (type.zero_filled) return std::nullopt;
      return text_or_number ? Exact(type, value.text) : std::nullopt;
    case SourceType::kFloat:
    case SourceType::kDouble:
      return text_or_number ? Approximate(type, value.text) : std::nullopt;
    case SourceType::kBit:
      return Bits(type, value);
    case SourceType::kDate:
    case SourceType::kTime:
    case SourceType::kYear:
    case SourceType::kDateTime:
    case SourceType::kTimestamp:
      if (value.form != kText && !(value.form == kNumber && type.type == SourceType::kYear))
        return {};
      return Temporal(type, value.text, context);
    case SourceType::kChar:
    case SourceType::kVarChar:
    case SourceType::kText:
      // An integer is written as the server writes it, but for zeros before it.
      if (value.form == kNumber && Integer(BigInt(), value.text) != value.text) return {};
      return text_or_number ? TextValue(type, value.text) : std::nullopt;
    case SourceType::kBinary:
    case SourceType::kVarBinary:
    case SourceType::kBlob:
      if (value.form == kBytes) return BytesValue(type, value.text);
      // The same bytes in whatever character set the session speaks.
      return value.form == kText && IsPrintable(value.text) ? BytesValue(type, value.text)
                                                            : std::nullopt;
    case SourceType::kEnum:
      return value.form == kText ? Label(type, value.text) : std::nullopt;
    case SourceType::kSet:
      return value.form == kText ? Labels(type, value.text) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<std::optional<std::string>> ImplicitValue(const ColumnType& type, bool is_mariadb) {
  using Known = std::optional<std::optional<std::string>>;
  switch (type.type) {
    case SourceType::kDate:
    case SourceType::kDateTime:
    case SourceType::kTimestamp:
      return Known(std::in_place, std::nullopt);
    case SourceType::kTime:
      return Known(WithFraction("00:00:00", type.scale));
    case SourceType::kYear:
      return Known("0000");
    case SourceType::kDecimal:
      if (type.zero_filled) return std::nullopt;
      return Known(WithFraction("0", type.scale));
    case SourceType::kEnum:
      return type.labels.empty() ? Known() : Known(type.labels[0]);
    case SourceType::kBit:
      return Known(BitText(0, type.length));
    case SourceType::kBinary:
      return Known(std::string(type.length, '\0'));
    case SourceType::kJson:
      return is_mariadb ? Known("") : Known("null");
    case SourceType::kUuid:
      return Known("00000000-0000-0000-0000-000000000000");
    case SourceType::kInet4:
      return Known("0.0.0.0");
    case SourceType::kInet6:
      return Known("::");
    case SourceType::kGeometry:
    case SourceType::kVector:
      return std::nullopt;
    case SourceType::kTinyInt:
    case SourceType::kSmallInt:
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kBigInt:
    case SourceType::kFloat:
    case SourceType::kDouble:
      return Known("0");
    default:
      return Known("");
  }
}

}  // namespace foreset::mysql
