// SPDX-License-Identifier: MIT
#include "foreset/batch/kept_types.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/batch/column_types.h"
#include "foreset/model/table_schema.h"

namespace foreset::batch {
namespace {

bool IsText(const arrow::DataType& type) {
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING;
}

bool HasZone(const arrow::DataType& timestamp) {
  return !static_cast<const arrow::TimestampType&>(timestamp).timezone().empty();
}

// The member of that name; null when there is none.
const arrow::DataType* MemberOf(const arrow::DataType& type, const std::string& name) {
  for (const auto& member : type.fields()) {
    if (SameName(member->name(), name)) return member->type().get();
  }
  return nullptr;
}

bool IsKept(const arrow::DataType& from, const arrow::DataType& to);

bool AreMembersKept(const arrow::DataType& from, const arrow::DataType& to) {
  return std::ranges::all_of(from.fields(), [&](const auto& member) {
    const arrow::DataType* kept = MemberOf(to, member->name());
    return kept != nullptr && IsKept(*member->type(), *kept);
  });
}

bool IsKept(const arrow::DataType& from, const arrow::DataType& to) {
  if (from.Equals(to) || (IsText(from) && IsText(to))) return true;
  const bool whole = arrow::is_integer(from.id());
  switch (to.id()) {
    case arrow::Type::STRING:
      return whole || arrow::is_floating(from.id()) || arrow::is_decimal(from.id()) ||
             from.id() == arrow::Type::BOOL || from.id() == arrow::Type::DATE32;
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
      return whole || arrow::is_floating(from.id()) || arrow::is_decimal(from.id());
    case arrow::Type::DECIMAL128:
      return whole || arrow::is_decimal(from.id());
    case arrow::Type::DOUBLE:
      return whole || from.id() == arrow::Type::FLOAT;
    case arrow::Type::FLOAT:
      return whole;
    case arrow::Type::TIMESTAMP:
      if (from.id() == arrow::Type::DATE32) return !HasZone(to);
      return from.id() == arrow::Type::TIMESTAMP && HasZone(from) == HasZone(to);
    case arrow::Type::BINARY:
      return from.id() == arrow::Type::LARGE_BINARY;
    case arrow::Type::STRUCT:
      return from.id() == to.id() && AreMembersKept(from, to);
    case arrow::Type::LIST:
      return from.id() == to.id() && IsKept(*from.field(0)->type(), *to.field(0)->type());
    case arrow::Type::MAP: {
      if (from.id() != to.id()) return false;
      const auto& map = static_cast<const arrow::MapType&>(from);
      const auto& kept = static_cast<const arrow::MapType&>(to);
      return IsKept(*map.key_type(), *kept.key_type()) &&
             IsKept(*map.item_type(), *kept.item_type());
    }
    default:
      return false;
  }
}

}  // namespace

Status CheckKept(const arrow::RecordBatch& rows, const arrow::Schema& columns) {
  for (int i = 0; i < rows.num_columns(); ++i) {
    const arrow::Field& field = *rows.schema()->field(i);
    const auto kept = std::ranges::find_if(columns.fields(), [&](const auto& column) {
      return SameName(column->name(), field.name());
    });
    if (kept == columns.fields().end() || rows.column(i)->null_count() == rows.num_rows() ||
        IsKept(*field.type(), *(*kept)->type())) {
      continue;
    }
    return Err(ErrorKind::kInvalidInput, batch_error::kColumnsDiffer,
               fmt::format("the column \"{}\" is {}, and {} in the table", field.name(),
                           SqlTypeOf(*field.type()), SqlTypeOf(*(*kept)->type())));
  }
  return {};
}

}  // namespace foreset::batch
