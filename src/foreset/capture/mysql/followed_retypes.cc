// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "foreset/capture/mysql/followed_forms.h"

namespace foreset::mysql {
namespace {

// A column before and after, and the manner of the statement.
struct Retype {
  const ColumnSchema& before;
  const ColumnSchema& after;
  const FormContext& context;

  bool Are(SourceType from, SourceType to) const { return before.type == from && after.type == to; }
  bool Both(SourceType type) const { return Are(type, type); }
};

bool IsIntegerType(SourceType type) { return type <= SourceType::kBigInt; }

bool IsVariableBytes(SourceType type) {
  return type == SourceType::kVarBinary || type == SourceType::kBlob;
}

// The character set by one name; empty: not known.
std::string_view CharacterSet(const ColumnSchema& column) {
  return column.charset == "utf8" ? std::string_view("utf8mb3") : column.charset;
}

// Bits that the type counts with.
int Width(SourceType type) {
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

bool RangeGrows(const ColumnSchema& before, const ColumnSchema& after) {
  if (before.is_unsigned == after.is_unsigned) return Width(after.type) >= Width(before.type);
  return before.is_unsigned && Width(after.type) > Width(before.type);
}

// "double(10,2)" → "(10,2)".
std::string_view DisplayDigits(const ColumnSchema& column) {
  const std::string_view declared = column.declared_type;
  const std::size_t open = declared.find('(');
  if (open == std::string_view::npos) return {};
  return declared.substr(open, declared.find(')') - open + 1);
}

bool DeclaredWith(const ColumnSchema& column, std::string_view word, std::size_t at) {
  const std::string_view declared = column.declared_type;
  return at <= declared.size() && SameName(declared.substr(at, word.size()), word);
}

bool IsBlobLike(SourceType type) { return type == SourceType::kText || type == SourceType::kBlob; }

// Of TEXT(n) and BLOB(n), which stand for the smallest that holds so much.
std::optional<std::uint64_t> Wanted(const ColumnSchema& column) {
  const std::string_view digits = DisplayDigits(column);
  if (digits.empty()) return std::nullopt;
  std::uint64_t wanted = 0;
  std::from_chars(digits.data() + 1, digits.data() + digits.size(), wanted);
  return wanted;
}

constexpr std::uint64_t kLongBytes = (1UL << 32U) - 1;

// Bytes that a TEXT or BLOB holds, by its name.
std::uint64_t Capacity(const ColumnSchema& column) {
  constexpr std::uint64_t kMediumBytes = (1UL << 24U) - 1;
  if (DeclaredWith(column, "tiny", 0)) return 255;
  if (DeclaredWith(column, "medium", 0)) return kMediumBytes;
  return DeclaredWith(column, "long", 0) ? kLongBytes : 65'535;
}

// At most so many characters (bytes of a byte type) are in a value.
std::uint64_t MostCharacters(const ColumnSchema& column) {
  if (column.type == SourceType::kJson) return kLongBytes;
  if (!IsBlobLike(column.type)) return column.length;
  return Wanted(column) ? kLongBytes : Capacity(column);
}

constexpr std::uint64_t kMostBytesOfCharacter = 4;

// So many characters always have a place.
std::uint64_t LeastCharacters(const ColumnSchema& column, bool same_charset) {
  if (!IsBlobLike(column.type)) return column.length;
  if (const auto wanted = Wanted(column)) return *wanted;
  return same_charset ? Capacity(column) : Capacity(column) / kMostBytesOfCharacter;
}

// The texts are the same in the other character set. In strict mode the server refuses one that has
// no place there; cp932 alone then takes a character for another.
bool CharactersKept(const Retype& r) {
  const std::string_view from = CharacterSet(r.before);
  const std::string_view to = CharacterSet(r.after);
  if (!to.empty() && to == from) return true;
  if (to == "utf8mb4" || to == "utf16" || to == "utf16le" || to == "utf32") return true;
  return r.context.strict && to != "cp932" && to != "binary";
}

bool SameCharset(const Retype& r) {
  return !CharacterSet(r.after).empty() && CharacterSet(r.before) == CharacterSet(r.after);
}

// Forms. Each is certain because…

// … the range holds every value, or strict mode refuses the one that it does not.
bool IntegerStays(const Retype& r) {
  if (!IsIntegerType(r.before.type) || !IsIntegerType(r.after.type)) return false;
  return RangeGrows(r.before, r.after) || r.context.strict;
}

// … no digit behind the point goes, and those before it have a place or are refused.
bool DecimalStays(const Retype& r) {
  if (!r.Both(SourceType::kDecimal) || r.after.scale < r.before.scale) return false;
  if (IsZeroFilled(r.before) != IsZeroFilled(r.after)) return false;
  if (r.context.strict) return true;
  if (r.after.is_unsigned && !r.before.is_unsigned) return false;
  return r.after.length - r.after.scale >= r.before.length - r.before.scale;
}

// … every FLOAT is a DOUBLE. The digits that (m,d) shows must not come or change: stored numbers
// are rounded to them only when they are copied.
bool FloatStays(const Retype& r) {
  const bool from = r.before.type == SourceType::kFloat || r.before.type == SourceType::kDouble;
  if (!from || (r.after.type != r.before.type && !r.Are(SourceType::kFloat, SourceType::kDouble))) {
    return false;
  }
  if (r.before.is_unsigned != r.after.is_unsigned) return false;
  const std::string_view shown = DisplayDigits(r.after);
  return shown.empty() || (shown == DisplayDigits(r.before) && r.before.type == r.after.type);
}

// … digits are only added. MySQL takes a TIMESTAMP through the session's wall clock, on which an
// hour comes twice when summer ends.
bool TimeStays(const Retype& r) {
  if (r.before.type != r.after.type || r.after.scale < r.before.scale) return false;
  if (r.before.type == SourceType::kTime || r.before.type == SourceType::kDateTime) return true;
  if (r.before.type != SourceType::kTimestamp) return false;
  return r.after.scale == r.before.scale || r.context.is_mariadb || r.context.zone_is_steady;
}

// … labels keep their numbers: new ones come behind the old. SET is shown in their order.
bool LabelsStay(const Retype& r) {
  if (!r.Both(SourceType::kEnum) && !r.Both(SourceType::kSet)) return false;
  if (r.after.labels.size() < r.before.labels.size()) return false;
  return std::equal(r.before.labels.begin(), r.before.labels.end(), r.after.labels.begin()) &&
         CharactersKept(r);
}

// … the text has a place, and is read without padding. A VARCHAR that is too short is refused in
// strict mode, unless the text is converted: then trailing spaces are cut without a word. So they
// are of a TEXT, whose bytes grow by the conversion.
bool TextStays(const Retype& r) {
  const SourceType from = r.before.type;
  const bool from_text = IsCharacterType(from) || from == SourceType::kJson;
  if (!from_text || !IsCharacterType(r.after.type) || !CharactersKept(r)) return false;
  // Into CHAR only from CHAR: it loses trailing spaces.
  if (r.after.type == SourceType::kChar && from != SourceType::kChar) return false;
  if (from == SourceType::kChar && r.after.type != from && r.context.pads_char) return false;
  const bool same = SameCharset(r);
  const bool fits = MostCharacters(r.before) <= LeastCharacters(r.after, same);
  if (fits) return true;
  if (!r.context.strict) return false;
  // A CHAR has no trailing spaces, JSON none that matter.
  if (from == SourceType::kChar || from == SourceType::kJson) return true;
  return r.Both(SourceType::kVarChar) && same;
}

// … the bytes have a place, or are refused.
bool BytesStay(const Retype& r) {
  if (!IsVariableBytes(r.before.type) || !IsVariableBytes(r.after.type)) return false;
  return r.context.strict || MostCharacters(r.before) <= LeastCharacters(r.after, true);
}

// … nothing about the values changes.
bool TypeStays(const Retype& r) {
  if (r.before.type != r.after.type) return false;
  switch (r.before.type) {
    case SourceType::kBinary:
    case SourceType::kBit:
    case SourceType::kVector:
      return r.before.length == r.after.length;
    case SourceType::kGeometry:
      return r.before.declared_type == r.after.declared_type;
    case SourceType::kDate:
    case SourceType::kYear:
    case SourceType::kJson:
    case SourceType::kUuid:
    case SourceType::kInet4:
    case SourceType::kInet6:
      return true;
    default:
      return false;
  }
}

using Form = bool (*)(const Retype&);
constexpr std::array<Form, 8> kForms = {IntegerStays, DecimalStays, FloatStays, TimeStays,
                                        LabelsStay,   TextStays,    BytesStay,  TypeStays};

// NULL becomes NOT NULL: in strict mode the server refuses a table with NULLs, but MariaDB puts the
// time of the statement into a TIMESTAMP.
bool NullsStay(const Retype& r) {
  if (r.after.nullable || !r.before.nullable) return true;
  if (r.context.is_mariadb && r.after.type == SourceType::kTimestamp) return false;
  return r.context.strict;
}

}  // namespace

std::optional<std::string> RetypeProblem(const ColumnSchema& before, const ColumnSchema& after,
                                         const FormContext& context) {
  const Retype retype{before, after, context};
  if (std::ranges::none_of(kForms, [&](Form form) { return form(retype); })) {
    const auto declared = [](const ColumnSchema& column) {
      return column.charset.empty() ? column.declared_type
                                    : fmt::format("{} {}", column.declared_type, column.charset);
    };
    return fmt::format("column {} changed from {} to {}, which may change its values", after.name,
                       declared(before), declared(after));
  }
  if (!NullsStay(retype)) {
    return fmt::format("column {} became NOT NULL: the server may have replaced its NULLs",
                       after.name);
  }
  return std::nullopt;
}

std::optional<std::string> ConversionProblem(const ColumnSchema& before, const ColumnSchema& after,
                                             const FormContext& context) {
  if (CharactersKept({before, after, context})) return std::nullopt;
  return fmt::format("column {} was converted from {} to {}, which may change its characters",
                     after.name, before.charset.empty() ? "its character set" : before.charset,
                     after.charset.empty() ? "another" : after.charset);
}

}  // namespace foreset::mysql
