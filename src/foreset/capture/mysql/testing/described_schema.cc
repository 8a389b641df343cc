// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/testing/described_schema.h"

#include <fmt/format.h>

#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/binlog_file.h"
#include "foreset/capture/mysql/charset.h"
#include "foreset/capture/mysql/transaction_payload.h"

namespace foreset::mysql::testing {
namespace {

SourceType TypeOf(const TableMapColumn& column) {
  const bool bytes = CharsetOfCollation(column.collation) == "binary";
  switch (column.type) {
    case WireType::kTiny:
      return SourceType::kTinyInt;
    case WireType::kShort:
      return SourceType::kSmallInt;
    case WireType::kInt24:
      return SourceType::kMediumInt;
    case WireType::kLong:
      return SourceType::kInt;
    case WireType::kLongLong:
      return SourceType::kBigInt;
    case WireType::kFloat:
      return SourceType::kFloat;
    case WireType::kDouble:
      return SourceType::kDouble;
    case WireType::kNewDecimal:
      return SourceType::kDecimal;
    case WireType::kBit:
      return SourceType::kBit;
    case WireType::kYear:
      return SourceType::kYear;
    case WireType::kDate:
    case WireType::kNewDate:
      return SourceType::kDate;
    case WireType::kTime:
    case WireType::kTime2:
      return SourceType::kTime;
    case WireType::kDateTime:
    case WireType::kDateTime2:
      return SourceType::kDateTime;
    case WireType::kTimestamp:
    case WireType::kTimestamp2:
      return SourceType::kTimestamp;
    case WireType::kVarChar:
    case WireType::kVarString:
    case WireType::kMariaVarCharCompressed:
      return bytes ? SourceType::kVarBinary : SourceType::kVarChar;
    case WireType::kString:
      return bytes ? SourceType::kBinary : SourceType::kChar;
    case WireType::kEnum:
      return SourceType::kEnum;
    case WireType::kSet:
      return SourceType::kSet;
    case WireType::kJson:
      return SourceType::kJson;
    case WireType::kGeometry:
      return SourceType::kGeometry;
    case WireType::kVector:
      return SourceType::kVector;
    default:
      return bytes ? SourceType::kBlob : SourceType::kText;
  }
}

std::uint32_t LengthOf(const TableMapColumn& column) {
  return column.type == WireType::kNewDecimal ? column.precision : column.length;
}

Status Describe(Bytes body, bool is_mariadb, SchemaRegistry& registry) {
  const TableMapHead head = TRY(ParseTableMapHead(body, false));
  const TableMap map = TRY(ParseTableMap(head, is_mariadb));
  if (registry.Find(map.table) == nullptr) {
    registry.Put(std::make_shared<const TableSchema>(DescribedSchema(map)));
  }
  return {};
}

Status DescribeEvent(const EventView& view, bool is_mariadb, SchemaRegistry& registry) {
  if (view.header.type == EventType::kTableMap) return Describe(view.body, is_mariadb, registry);
  if (view.header.type != EventType::kTransactionPayload) return {};
  TransactionPayload payload = TRY(TransactionPayload::Open(view.body));
  while (true) {
    const Bytes inner = TRY(payload.Next());
    if (inner.empty()) return {};
    const EventView event = TRY(ParseEvent(inner, Checksum::kNone));
    if (event.header.type == EventType::kTableMap) {
      RETURN_IF_ERROR(Describe(event.body, false, registry));
    }
  }
}

}  // namespace

TableSchema DescribedSchema(const TableMap& map) {
  TableSchema schema{.id = map.table};
  for (const TableMapColumn& wire : map.columns) {
    ColumnSchema column;
    column.name =
        wire.name.empty() ? fmt::format("c{}", schema.columns.size()) : std::string(wire.name);
    column.type = TypeOf(wire);
    column.is_unsigned = wire.is_unsigned.value_or(false);
    column.nullable = wire.nullable;
    column.length = LengthOf(wire);
    column.scale = wire.scale;
    column.charset = std::string(CharsetOfCollation(wire.collation));
    const Charset* charset = FindCharset(column.charset.empty() ? "utf8mb4" : column.charset);
    for (const std::string_view label : wire.labels.value_or(std::vector<std::string_view>())) {
      charset->Append(AsBytes(label), column.labels.emplace_back());
    }
    schema.columns.push_back(std::move(column));
  }
  for (const KeyPart& part : map.primary_key) schema.key.push_back(part.column);
  schema.key_kind = schema.key.empty() ? KeyKind::kWholeRow : KeyKind::kPrimary;
  return schema;
}

Status DescribeTables(Bytes file, bool is_mariadb, SchemaRegistry& registry) {
  BinlogFile events = TRY(BinlogFile::Open(file));
  while (true) {
    const Bytes event = TRY(events.Next());
    if (event.empty()) return {};
    const EventView view = TRY(ParseEvent(event, Checksum::kUnknown));
    RETURN_IF_ERROR(DescribeEvent(view, is_mariadb, registry));
  }
}

}  // namespace foreset::mysql::testing
