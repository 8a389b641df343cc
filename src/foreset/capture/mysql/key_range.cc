// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/key_range.h"

#include <algorithm>

#include <fmt/format.h>

#include "foreset/capture/mysql/text_decoder.h"

namespace foreset::mysql {
namespace {

std::uint64_t LabelNumber(const ColumnSchema& column, std::string_view label) {
  const auto it = std::ranges::find(column.labels, label);
  if (it == column.labels.end()) return 0;
  return static_cast<std::uint64_t>(it - column.labels.begin()) + 1;
}

std::uint64_t SetBits(const ColumnSchema& column, std::string_view labels) {
  std::uint64_t bits = 0;
  while (!labels.empty()) {
    const std::size_t comma = std::min(labels.find(','), labels.size());
    const std::uint64_t number = LabelNumber(column, labels.substr(0, comma));
    if (number > 0) bits |= 1ULL << (number - 1);
    labels.remove_prefix(std::min(comma + 1, labels.size()));
  }
  return bits;
}

std::string Hex(std::string_view bytes) {
  std::string text = "x'";
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text + "'";
}

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

// "(a > x) OR (a = x AND b > y) …"
std::string After(const std::vector<std::string>& names, const std::vector<std::string>& after) {
  std::string condition;
  std::string equal;
  for (std::size_t i = 0; i < names.size(); ++i) {
    condition += fmt::format("{}({}{} > {})", i == 0 ? "" : " OR ", equal, names[i], after[i]);
    equal += fmt::format("{} = {} AND ", names[i], after[i]);
  }
  return condition;
}

}  // namespace

std::string KeyLiteral(const ColumnSchema& column, std::string_view value,
                       const Connection& connection) {
  switch (column.type) {
    case SourceType::kTinyInt:
    case SourceType::kSmallInt:
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kBigInt:
    case SourceType::kDecimal:
    case SourceType::kYear:
      return std::string(value);
    case SourceType::kFloat:
    case SourceType::kDouble:
      // With an exponent it is a DOUBLE, else it were a DECIMAL.
      return std::string(value) + (value.contains('e') ? "" : "e0");
    case SourceType::kBit:
      return std::to_string(BigEndian(value));
    case SourceType::kEnum:
      return std::to_string(LabelNumber(column, value));
    case SourceType::kSet:
      return std::to_string(SetBits(column, value));
    case SourceType::kBinary:
    case SourceType::kVarBinary:
    case SourceType::kBlob:
    case SourceType::kGeometry:
    case SourceType::kVector:
      return Hex(value);
    default:
      return connection.Quote(value);
  }
}

std::string ChunkQuery(const TableSchema& schema, const std::vector<std::string>& after_key,
                       std::size_t max_rows) {
  std::string sql = fmt::format("SELECT {} FROM {}.{}", SelectList(schema),
                                QuoteName(schema.id.database), QuoteName(schema.id.table));
  if (schema.key.empty()) return sql;
  std::vector<std::string> names;
  for (const std::size_t column : schema.key) {
    names.push_back(QuoteName(schema.columns[column].name));
  }
  if (after_key.size() == names.size()) {
    sql += fmt::format(" WHERE {} >= {} AND ({})", names[0], after_key[0], After(names, after_key));
  }
  return sql + fmt::format(" ORDER BY {} LIMIT {}", fmt::join(names, ","), max_rows);
}

}  // namespace foreset::mysql
