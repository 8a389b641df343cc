// SPDX-License-Identifier: MIT
#include "foreset/batch/column_types.h"

#include <utility>

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {
namespace {

using TypePtr = std::shared_ptr<arrow::DataType>;

std::unexpected<Error> NoDeltaType(const std::string& column, const arrow::DataType& type) {
  return Err(ErrorKind::kUnsupported, batch_error::kTypeWithoutDelta,
             fmt::format("column \"{}\" has the type {}", column, type.ToString()));
}

Result<TypePtr> NestedTypeOf(const std::string& column, const TypePtr& type) {
  switch (type->id()) {
    case arrow::Type::STRUCT: {
      arrow::FieldVector fields;
      for (const auto& field : type->fields()) {
        fields.push_back(arrow::field(field->name(), TRY(DeltaTypeOf(column, field->type()))));
      }
      return arrow::struct_(fields);
    }
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST:
      return arrow::list(TRY(DeltaTypeOf(column, type->field(0)->type())));
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(*type);
      return arrow::map(TRY(DeltaTypeOf(column, map.key_type())),
                        TRY(DeltaTypeOf(column, map.item_type())));
    }
    default:
      return NoDeltaType(column, *type);
  }
}

TypePtr InMicroseconds(const arrow::DataType& type) {
  const auto& zone = static_cast<const arrow::TimestampType&>(type).timezone();
  return zone.empty() ? arrow::timestamp(arrow::TimeUnit::MICRO)
                      : arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
}

}  // namespace

Result<TypePtr> DeltaTypeOf(const std::string& column, const TypePtr& type) {
  switch (type->id()) {
    case arrow::Type::BOOL:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DECIMAL128:
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
    case arrow::Type::DATE32:
      return type;
    case arrow::Type::UINT8:
      return arrow::int16();
    case arrow::Type::UINT16:
      return arrow::int32();
    case arrow::Type::UINT32:
      return arrow::int64();
    case arrow::Type::UINT64:
      return arrow::decimal128(20, 0);
    case arrow::Type::LARGE_BINARY:
      return arrow::binary();
    case arrow::Type::TIMESTAMP:
      return InMicroseconds(*type);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
    case arrow::Type::DURATION:
    case arrow::Type::DICTIONARY:
    case arrow::Type::FIXED_SIZE_BINARY:
    case arrow::Type::NA:
      return arrow::utf8();
    default:
      return NestedTypeOf(column, type);
  }
}

std::string SqlTypeOf(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return "BOOLEAN";
    case arrow::Type::INT8:
      return "TINYINT";
    case arrow::Type::INT16:
      return "SMALLINT";
    case arrow::Type::INT32:
      return "INTEGER";
    case arrow::Type::INT64:
      return "BIGINT";
    case arrow::Type::FLOAT:
      return "REAL";
    case arrow::Type::DOUBLE:
      return "DOUBLE";
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return fmt::format("DECIMAL({},{})", decimal.precision(), decimal.scale());
    }
    case arrow::Type::BINARY:
      return "BLOB";
    case arrow::Type::DATE32:
      return "DATE";
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? "TIMESTAMP"
                                                                               : "TIMESTAMPTZ";
    case arrow::Type::LIST:
      return SqlTypeOf(*type.field(0)->type()) + "[]";
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      return fmt::format("MAP({}, {})", SqlTypeOf(*map.key_type()), SqlTypeOf(*map.item_type()));
    }
    case arrow::Type::STRUCT: {
      std::string members;
      for (const auto& field : type.fields()) {
        members += fmt::format("{}{} {}", members.empty() ? "" : ", ", sql::Quoted(field->name()),
                               SqlTypeOf(*field->type()));
      }
      return fmt::format("STRUCT({})", members);
    }
    default:
      return "VARCHAR";
  }
}

Result<DeltaShape> DeltaShapeOf(const arrow::Schema& schema) {
  DeltaShape shape;
  arrow::FieldVector fields;
  for (const auto& field : schema.fields()) {
    const TypePtr type = TRY(DeltaTypeOf(field->name(), field->type()));
    const std::string name = sql::Quoted(field->name());
    if (!shape.select.empty()) shape.select += ", ";
    shape.select += type->Equals(*field->type())
                        ? name
                        : fmt::format("CAST({} AS {}) AS {}", name, SqlTypeOf(*type), name);
    fields.push_back(arrow::field(field->name(), type));
  }
  shape.columns = arrow::schema(std::move(fields));
  return shape;
}

}  // namespace foreset::batch
