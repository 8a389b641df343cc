// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "foreset/capture/mysql/schema_edit.h"

namespace foreset::mysql {
namespace {

bool IsInteger(SourceType type) { return type <= SourceType::kBigInt; }

bool IsText(SourceType type) { return IsCharacterType(type) || type == SourceType::kJson; }

bool IsTemporal(SourceType type) {
  return type == SourceType::kTime || type == SourceType::kDateTime ||
         type == SourceType::kTimestamp;
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

// In strict mode a value that does not fit makes the ALTER fail, so what went through is unchanged.
bool IntegerFits(const ColumnSchema& before, const ColumnSchema& after, bool strict) {
  if (strict) return true;
  if (before.is_unsigned == after.is_unsigned) return Width(after.type) >= Width(before.type);
  return before.is_unsigned && Width(after.type) > Width(before.type);
}

bool DecimalFits(const ColumnSchema& before, const ColumnSchema& after, bool strict) {
  if (after.scale < before.scale) return false;  // rounded, strict or not
  return strict || after.length - after.scale >= before.length - before.scale;
}

bool LabelsKept(const ColumnSchema& before, const ColumnSchema& after) {
  return std::ranges::all_of(before.labels, [&](const std::string& label) {
    return std::ranges::find(after.labels, label) != after.labels.end();
  });
}

// Lengths are compared where they count the same.
bool LengthFits(const ColumnSchema& before, const ColumnSchema& after, bool strict) {
  if (strict || after.type == SourceType::kText || after.type == SourceType::kBlob) return true;
  return before.length > 0 && after.length >= before.length;
}

bool ValuesKept(const ColumnSchema& before, const ColumnSchema& after, bool strict) {
  const SourceType from = before.type;
  const SourceType to = after.type;
  if (IsInteger(from) && IsInteger(to)) return IntegerFits(before, after, strict);
  if (from == SourceType::kDecimal && to == from) return DecimalFits(before, after, strict);
  if (from == SourceType::kFloat && to == SourceType::kDouble) return true;
  if (IsTemporal(from) && from == to) return after.scale >= before.scale;
  if (from == SourceType::kEnum && to == from) return LabelsKept(before, after);
  if (from == SourceType::kSet && to == from) return LabelsKept(before, after);
  if (IsText(from) && IsCharacterType(to)) return LengthFits(before, after, strict);
  const bool bytes = from == SourceType::kVarBinary || from == SourceType::kBlob;
  if (bytes && (to == SourceType::kVarBinary || to == SourceType::kBlob)) {
    return LengthFits(before, after, strict);
  }
  if (from == SourceType::kBit && to == from) {
    return before.length == after.length;  // the number of bytes may change
  }
  return from == to && before.length == after.length && before.is_unsigned == after.is_unsigned;
}

}  // namespace

std::optional<std::string> RetypeProblem(const ColumnSchema& before, const ColumnSchema& after,
                                         bool strict) {
  if (!ValuesKept(before, after, strict)) {
    return fmt::format("column {} changed from {} to {}, which may change its values", after.name,
                       before.declared_type, after.declared_type);
  }
  if (before.nullable && !after.nullable && !strict) {
    return fmt::format(
        "column {} became NOT NULL without strict sql_mode: the server replaced "
        "its NULLs",
        after.name);
  }
  return std::nullopt;
}

}  // namespace foreset::mysql
