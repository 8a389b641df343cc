// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/table_map.h"

#include <algorithm>

#include <fmt/format.h>

#include "foreset/capture/mysql/control_events.h"

namespace foreset::mysql {
namespace {

std::unexpected<Error> DamagedMap(std::string_view table, std::string_view what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kBinlogEventDamaged,
             fmt::format("table map of {}: {}", table, what));
}

// Types 1 to 13 of the optional fields.
enum MetadataField : std::uint8_t {
  kSignedness = 1,
  kDefaultCharset = 2,
  kColumnCharset = 3,
  kColumnName = 4,
  kSetLabels = 5,
  kEnumLabels = 6,
  kGeometryType = 7,
  kSimplePrimaryKey = 8,
  kPrimaryKeyWithPrefix = 9,
  kLabelDefaultCharset = 10,
  kLabelColumnCharset = 11,
  kVisibility = 12,
  kDimensions = 13,
};

// CHAR's two bytes: the true type (ENUM and SET travel as CHAR) and the length, of which two bits
// hide, inverted, in the type.
void ReadStringMetadata(ByteReader& in, TableMapColumn& column) {
  const std::uint8_t first = in.U8();
  const std::uint8_t second = in.U8();
  column.length = second;
  auto type = static_cast<WireType>(first);
  if ((first & 0x30U) != 0x30U) {
    column.length |= ((first & 0x30U) ^ 0x30U) << 4U;
    type = static_cast<WireType>(first | 0x30U);
  }
  if (type == WireType::kEnum || type == WireType::kSet) column.type = type;
  column.length_bytes = column.length > 255 ? 2 : 1;
}

void ReadTypeMetadata(ByteReader& in, TableMapColumn& column) {
  switch (column.type) {
    case WireType::kFloat:
    case WireType::kDouble:
      column.length = in.U8();
      break;
    case WireType::kTinyBlob:
    case WireType::kMediumBlob:
    case WireType::kLongBlob:
    case WireType::kBlob:
    case WireType::kMariaBlobCompressed:
    case WireType::kJson:
    case WireType::kGeometry:
    case WireType::kVector:
      column.length_bytes = in.U8();
      break;
    case WireType::kTimestamp2:
    case WireType::kDateTime2:
    case WireType::kTime2:
      column.scale = in.U8();
      break;
    case WireType::kVarChar:
    case WireType::kMariaVarCharCompressed:
      column.length = in.U16();
      column.length_bytes = column.length > 255 ? 2 : 1;
      break;
    case WireType::kBit: {
      const std::uint8_t bits = in.U8();
      column.length = in.U8() * 8U + bits;
      break;
    }
    case WireType::kNewDecimal:
      column.precision = in.U8();
      column.scale = in.U8();
      break;
    case WireType::kString:
    case WireType::kVarString:
    case WireType::kEnum:
    case WireType::kSet:
      ReadStringMetadata(in, column);
      break;
    default:
      break;
  }
}

bool IsNumeric(const TableMapColumn& column) {
  switch (column.type) {
    case WireType::kTiny:
    case WireType::kShort:
    case WireType::kInt24:
    case WireType::kLong:
    case WireType::kLongLong:
    case WireType::kNewDecimal:
    case WireType::kFloat:
    case WireType::kDouble:
    case WireType::kYear:  // seen from MySQL 9.7 and MariaDB 10.11
      return true;
    default:
      return false;
  }
}

bool IsCharacter(const TableMapColumn& column, bool is_mariadb) {
  switch (column.type) {
    case WireType::kString:
    case WireType::kVarString:
    case WireType::kVarChar:
    case WireType::kMariaVarCharCompressed:
    case WireType::kTinyBlob:
    case WireType::kMediumBlob:
    case WireType::kLongBlob:
    case WireType::kBlob:
    case WireType::kMariaBlobCompressed:
    case WireType::kVector:  // counted among them by MySQL 9.7, with collation "binary"
      return true;
    case WireType::kGeometry:  // the same by MariaDB 10.11
      return is_mariadb;
    default:
      return false;
  }
}

bool HasLabels(const TableMapColumn& column) {
  return column.type == WireType::kEnum || column.type == WireType::kSet;
}

void ReadSignedness(ByteReader& in, TableMap& map) {
  std::uint8_t bits = 0;
  unsigned left = 0;
  for (TableMapColumn& column : map.columns) {
    if (!IsNumeric(column)) continue;
    if (left == 0) {
      if (in.empty()) return;
      bits = in.U8();
      left = 8;
    }
    column.is_unsigned = (bits & 0x80U) != 0;
    bits = static_cast<std::uint8_t>(bits << 1U);
    --left;
  }
}

// One collation for all, then pairs of (index among such columns, collation) for the others.
template <typename Applies>
void ReadDefaultCollation(ByteReader& in, TableMap& map, Applies applies) {
  std::vector<TableMapColumn*> such;
  const auto common = static_cast<std::uint32_t>(ReadPackedInteger(in));
  for (TableMapColumn& column : map.columns) {
    if (!applies(column)) continue;
    column.collation = common;
    such.push_back(&column);
  }
  while (in.ok() && !in.empty()) {
    const std::uint64_t index = ReadPackedInteger(in);
    const auto collation = static_cast<std::uint32_t>(ReadPackedInteger(in));
    if (index < such.size()) such[index]->collation = collation;
  }
}

template <typename Applies>
void ReadCollations(ByteReader& in, TableMap& map, Applies applies) {
  for (TableMapColumn& column : map.columns) {
    if (!applies(column) || in.empty()) continue;
    column.collation = static_cast<std::uint32_t>(ReadPackedInteger(in));
  }
}

void ReadNames(ByteReader& in, TableMap& map) {
  for (TableMapColumn& column : map.columns) {
    if (in.empty()) return;
    column.name = AsText(in.Take(ReadPackedInteger(in)));
  }
  map.has_names = true;
}

void ReadLabelBlock(ByteReader& in, TableMap& map, WireType type) {
  for (TableMapColumn& column : map.columns) {
    if (column.type != type || in.empty()) continue;
    const std::uint64_t count = ReadPackedInteger(in);
    std::vector<std::string_view> labels;
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
      labels.push_back(AsText(in.Take(ReadPackedInteger(in))));
    }
    column.labels = std::move(labels);
  }
}

void ReadPrimaryKey(ByteReader& in, TableMap& map, bool with_prefix) {
  map.primary_key.clear();
  while (in.ok() && !in.empty()) {
    KeyPart part{ReadPackedInteger(in), 0};
    if (with_prefix) part.prefix = ReadPackedInteger(in);
    map.primary_key.push_back(part);
  }
}

void ReadVisibility(ByteReader& in, TableMap& map) {
  std::uint8_t bits = 0;
  for (std::size_t i = 0; i < map.columns.size(); ++i) {
    if (i % 8 == 0) {
      if (in.empty()) return;
      bits = in.U8();
    }
    map.columns[i].visible = (bits & 0x80U) != 0;
    bits = static_cast<std::uint8_t>(bits << 1U);
  }
}

void ReadField(std::uint8_t field, ByteReader& in, TableMap& map, bool is_mariadb) {
  const auto is_character = [&](const TableMapColumn& c) { return IsCharacter(c, is_mariadb); };
  switch (field) {
    case kSignedness:
      return ReadSignedness(in, map);
    case kDefaultCharset:
      return ReadDefaultCollation(in, map, is_character);
    case kColumnCharset:
      return ReadCollations(in, map, is_character);
    case kColumnName:
      return ReadNames(in, map);
    case kSetLabels:
      return ReadLabelBlock(in, map, WireType::kSet);
    case kEnumLabels:
      return ReadLabelBlock(in, map, WireType::kEnum);
    case kGeometryType:
      for (TableMapColumn& column : map.columns) {
        if (column.type != WireType::kGeometry || in.empty()) continue;
        column.geometry_type = ReadPackedInteger(in);
      }
      return;
    case kSimplePrimaryKey:
      return ReadPrimaryKey(in, map, false);
    case kPrimaryKeyWithPrefix:
      return ReadPrimaryKey(in, map, true);
    case kLabelDefaultCharset:
      return ReadDefaultCollation(in, map, HasLabels);
    case kLabelColumnCharset:
      return ReadCollations(in, map, HasLabels);
    case kVisibility:
      return ReadVisibility(in, map);
    case kDimensions:
      for (TableMapColumn& column : map.columns) {
        if (column.type != WireType::kVector || in.empty()) continue;
        column.dimensions = ReadPackedInteger(in);
      }
      return;
    default:  // newer servers may say more
      return;
  }
}

}  // namespace

Result<TableMapHead> ParseTableMapHead(Bytes body, bool short_ids) {
  ByteReader in(body);
  TableMapHead head;
  head.table_id = in.LittleEndian(short_ids ? 4 : 6);
  in.Skip(2);  // flags
  head.database = AsText(in.Take(in.U8()));
  in.Skip(1);
  head.table = AsText(in.Take(in.U8()));
  in.Skip(1);
  if (!in.ok()) return DamagedMap("?", "cut short");
  head.rest = in.Rest();
  return head;
}

Result<TableMap> ParseTableMap(const TableMapHead& head, bool is_mariadb) {
  TableMap map{.table_id = head.table_id,
               .table = {std::string(head.database), std::string(head.table)}};
  ByteReader in(head.rest);
  const std::uint64_t count = ReadPackedInteger(in);
  if (count > kMaxTableColumns || count > in.remaining()) {
    return DamagedMap(head.table, "too many columns");
  }
  map.columns.resize(count);
  for (TableMapColumn& column : map.columns) column.type = static_cast<WireType>(in.U8());
  ByteReader metadata(in.Take(ReadPackedInteger(in)));
  for (TableMapColumn& column : map.columns) ReadTypeMetadata(metadata, column);
  const Bytes nullable = in.Take((count + 7) / 8);
  if (!in.ok() || !metadata.ok()) return DamagedMap(head.table, "cut short");
  for (std::size_t i = 0; i < count; ++i) {
    map.columns[i].nullable = (nullable[i / 8] >> (i % 8) & 1U) != 0;
  }
  while (in.ok() && !in.empty()) {
    const std::uint8_t field = in.U8();
    ByteReader value(in.Take(ReadPackedInteger(in)));
    ReadField(field, value, map, is_mariadb);
    if (!value.ok()) return DamagedMap(head.table, fmt::format("field {} is cut short", field));
  }
  if (!in.ok()) return DamagedMap(head.table, "the optional metadata are cut short");
  if (std::ranges::any_of(map.primary_key,
                          [&](const KeyPart& part) { return part.column >= count; })) {
    return DamagedMap(head.table, "its key names a column that it has not");
  }
  return map;
}

}  // namespace foreset::mysql
