// SPDX-License-Identifier: MIT
#include "foreset/delta/scan_projection.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/compute/cast.h>
#include <arrow/type.h>
#include <arrow/util/bitmap_ops.h>
#include <fmt/format.h>

#include "foreset/columnar/parquet_file.h"
#include "foreset/columnar/variant_column.h"
#include "foreset/delta/schema_json.h"
#include "foreset/model/table_schema.h"

namespace foreset::delta {
namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;
using arrow::Type;

std::unexpected<Error> DamagedFile(std::string fault) {
  return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt, std::move(fault));
}

template <typename T>
Result<T> FromArrow(arrow::Result<T> result, const arrow::Field& column) {
  if (result.ok()) return std::move(result).ValueUnsafe();
  return DamagedFile(fmt::format("column '{}': {}", column.name(), result.status().message()));
}

// The validity of rows that may start in the middle of their buffers, from bit 0.
Result<std::shared_ptr<arrow::Buffer>> Validity(const arrow::Array& array,
                                                const arrow::Field& column) {
  const auto& bitmap = array.data()->buffers[0];
  if (bitmap == nullptr || array.offset() == 0) return bitmap;
  return FromArrow(arrow::internal::CopyBitmap(arrow::default_memory_pool(), bitmap->data(),
                                               array.offset(), array.length()),
                   column);
}

// A member that may not be NULL has placeholders where its struct is NULL, which are no variants.
Result<ArrayPtr> MemberOf(const arrow::StructArray& values, int at, const arrow::Field& column) {
  if (!IsVariant(column) && column.type()->id() != Type::STRUCT) return values.field(at);
  return FromArrow(values.GetFlattenedField(at), column);
}

Result<ArrayPtr> ProjectStruct(const arrow::StructArray& values, const arrow::Field& column,
                               ColumnMappingMode mode) {
  const auto& fields = column.type()->fields();
  std::vector<ArrayPtr> children;
  for (const auto& field : fields) {
    const auto at = FindFileField(values.type()->fields(), *field, mode);
    if (at) {
      const ArrayPtr member = TRY(MemberOf(values, *at, *field));
      children.push_back(TRY(ProjectColumn(member, *field, mode)));
    } else {
      children.push_back(TRY(NullColumn(field->type(), values.length())));
    }
  }
  return std::make_shared<arrow::StructArray>(column.type(), values.length(), std::move(children),
                                              TRY(Validity(values, column)));
}

// Lists and maps keep their offsets; what they hold is projected whole.
Result<ArrayPtr> ProjectList(const arrow::ListArray& values, const arrow::Field& column,
                             ColumnMappingMode mode) {
  ArrayPtr items = TRY(ProjectColumn(values.values(), *column.type()->field(0), mode));
  return std::make_shared<arrow::ListArray>(column.type(), values.length(), values.value_offsets(),
                                            std::move(items), values.null_bitmap(),
                                            arrow::kUnknownNullCount, values.offset());
}

Result<ArrayPtr> ProjectMap(const arrow::MapArray& values, const arrow::Field& column,
                            ColumnMappingMode mode) {
  const auto& type = static_cast<const arrow::MapType&>(*column.type());
  ArrayPtr keys = TRY(ProjectColumn(values.keys(), *type.key_field(), mode));
  ArrayPtr items = TRY(ProjectColumn(values.items(), *type.item_field(), mode));
  return std::make_shared<arrow::MapArray>(column.type(), values.length(), values.value_offsets(),
                                           std::move(keys), std::move(items), values.null_bitmap(),
                                           arrow::kUnknownNullCount, values.offset());
}

bool IsInteger(Type::type id) {
  return id == Type::INT8 || id == Type::INT16 || id == Type::INT32 || id == Type::INT64;
}

bool IsText(Type::type id) {
  return id == Type::STRING || id == Type::LARGE_STRING || id == Type::STRING_VIEW ||
         id == Type::BINARY || id == Type::LARGE_BINARY || id == Type::BINARY_VIEW ||
         id == Type::FIXED_SIZE_BINARY;
}

// Which types a leaf column may have in a file. Narrower integers than declared are widening;
// wider ones are how writers without annotations store bytes and shorts, and must fit.
bool IsReadable(const arrow::DataType& from, const arrow::DataType& to) {
  switch (to.id()) {
    case Type::INT8:
    case Type::INT16:
    case Type::INT32:
    case Type::INT64:
      return IsInteger(from.id());
    case Type::FLOAT:
      return from.id() == Type::FLOAT;
    case Type::DOUBLE:
      return from.id() == Type::FLOAT || from.id() == Type::INT8 || from.id() == Type::INT16 ||
             from.id() == Type::INT32;
    case Type::DECIMAL128:
      return IsInteger(from.id()) || from.id() == Type::DECIMAL128;
    case Type::TIMESTAMP:
      return from.id() == Type::TIMESTAMP ||
             (from.id() == Type::DATE32 &&
              static_cast<const arrow::TimestampType&>(to).timezone().empty());
    case Type::STRING:
    case Type::BINARY:
      return IsText(from.id());
    default:
      return false;
  }
}

// Timestamps of every unit and zone count from the same instant: only the unit is converted.
Result<ArrayPtr> ProjectTimestamp(const ArrayPtr& values, const arrow::Field& column) {
  const auto& from = static_cast<const arrow::TimestampType&>(*values->type());
  const auto& to = static_cast<const arrow::TimestampType&>(*column.type());
  ArrayPtr converted = values;
  if (from.unit() != to.unit()) {
    arrow::compute::CastOptions options;
    options.allow_time_truncate = true;
    converted = TRY(FromArrow(
        arrow::compute::Cast(*values, arrow::timestamp(to.unit(), from.timezone()), options),
        column));
  }
  auto data = converted->data()->Copy();
  data->type = column.type();
  return arrow::MakeArray(data);
}

Result<ArrayPtr> ProjectLeaf(const ArrayPtr& values, const arrow::Field& column,
                             ColumnMappingMode mode) {
  const auto& to = column.type();
  if (values->type_id() == Type::DICTIONARY) {
    const auto& dictionary = static_cast<const arrow::DictionaryArray&>(*values);
    const auto& inner = dictionary.dictionary()->type();
    const auto plain = TRY(FromArrow(arrow::compute::Cast(*values, inner), column));
    return ProjectColumn(plain, column, mode);
  }
  if (values->type_id() == Type::NA) return NullColumn(to, values->length());
  if (!IsReadable(*values->type(), *to)) {
    return DamagedFile(fmt::format("column '{}' is {} in the file, {} in the table", column.name(),
                                   values->type()->ToString(), to->ToString()));
  }
  if (to->id() == Type::TIMESTAMP && values->type_id() == Type::TIMESTAMP) {
    return ProjectTimestamp(values, column);
  }
  return FromArrow(arrow::compute::Cast(*values, to), column);
}

Result<ArrayPtr> ProjectVariant(const ArrayPtr& values, const arrow::Field& column) {
  auto texts = VariantTexts(values);
  if (texts) return texts;
  return std::unexpected(
      std::move(texts).error().Within(fmt::format("column '{}'", column.name())));
}

}  // namespace

std::optional<int> FindFileField(const std::vector<std::shared_ptr<arrow::Field>>& file_fields,
                                 const arrow::Field& column, ColumnMappingMode mode) {
  const auto index_of = [&](auto matches) -> std::optional<int> {
    const auto at = std::ranges::find_if(file_fields, matches);
    if (at == file_fields.end()) return std::nullopt;
    return static_cast<int>(at - file_fields.begin());
  };
  if (mode == ColumnMappingMode::kId) {
    const auto id = ColumnId(column);
    const bool has_ids =
        index_of([](const auto& f) { return ParquetFieldId(*f).has_value(); }).has_value();
    if (id && has_ids) return index_of([&](const auto& f) { return ParquetFieldId(*f) == id; });
  }
  const std::string name = mode == ColumnMappingMode::kNone ? column.name() : PhysicalName(column);
  if (const auto exact = index_of([&](const auto& f) { return f->name() == name; })) return exact;
  return index_of([&](const auto& f) { return SameName(f->name(), name); });
}

Result<ArrayPtr> ProjectColumn(const ArrayPtr& values, const arrow::Field& column,
                               ColumnMappingMode mode) {
  if (IsVariant(column)) return ProjectVariant(values, column);
  const auto id = values->type_id();
  if (id == column.type()->id()) {
    if (id == Type::STRUCT) {
      return ProjectStruct(static_cast<const arrow::StructArray&>(*values), column, mode);
    }
    if (id == Type::LIST) {
      return ProjectList(static_cast<const arrow::ListArray&>(*values), column, mode);
    }
    if (id == Type::MAP) {
      return ProjectMap(static_cast<const arrow::MapArray&>(*values), column, mode);
    }
  }
  if (values->type()->Equals(*column.type())) return values;
  return ProjectLeaf(values, column, mode);
}

Result<ArrayPtr> NullColumn(const std::shared_ptr<arrow::DataType>& type, std::int64_t rows) {
  auto made = arrow::MakeArrayOfNull(type, rows);
  if (made.ok()) return *std::move(made);
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, made.status().ToString());
}

}  // namespace foreset::delta
