// SPDX-License-Identifier: MIT
#include "foreset/columnar/variant_column.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/compute/cast.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/columnar/variant_scalars.h"
#include "foreset/columnar/variant_value.h"

namespace foreset {
namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;
using arrow::Type;

std::unexpected<Error> DamagedColumn(std::string fault) {
  return Err(ErrorKind::kCorruption, ErrorCode::kParquetDamaged, std::move(fault));
}

Result<ArrayPtr> CastTo(const ArrayPtr& array, const std::shared_ptr<arrow::DataType>& type) {
  auto cast = arrow::compute::Cast(*array, type);
  if (cast.ok()) return *std::move(cast);
  return DamagedColumn(fmt::format("variants: {}", cast.status().message()));
}

// Some writers have their own idea of how texts lie in memory, and ask for it in the file.
Result<ArrayPtr> Plain(const ArrayPtr& array) {
  switch (array->type_id()) {
    case Type::DICTIONARY: {
      const auto& type = static_cast<const arrow::DictionaryType&>(*array->type());
      return Plain(TRY(CastTo(array, type.value_type())));
    }
    case Type::LARGE_STRING:
    case Type::STRING_VIEW:
      return CastTo(array, arrow::utf8());
    case Type::LARGE_BINARY:
    case Type::BINARY_VIEW:
      return CastTo(array, arrow::binary());
    default:
      return array;
  }
}

template <typename ArrayType>
auto At(const arrow::Array& array, std::int64_t row) {
  return static_cast<const ArrayType&>(array).GetView(row);
}

bool IsScalar(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::BOOL:
    case Type::INT8:
    case Type::INT16:
    case Type::INT32:
    case Type::INT64:
    case Type::FLOAT:
    case Type::DOUBLE:
    case Type::DECIMAL128:
    case Type::DATE32:
    case Type::STRING:
    case Type::BINARY:
      return true;
    case Type::TIME64:
      return static_cast<const arrow::Time64Type&>(type).unit() == arrow::TimeUnit::MICRO;
    case Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).unit() >= arrow::TimeUnit::MICRO;
    case Type::FIXED_SIZE_BINARY:  // a UUID
      return static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width() == 16;
    default:
      return false;
  }
}

void WriteNumber(const arrow::Array& array, std::int64_t row, JsonWriter& json) {
  switch (array.type_id()) {
    case Type::BOOL:
      json.Bool(At<arrow::BooleanArray>(array, row));
      return;
    case Type::INT8:
      json.Int(At<arrow::Int8Array>(array, row));
      return;
    case Type::INT16:
      json.Int(At<arrow::Int16Array>(array, row));
      return;
    case Type::INT32:
      json.Int(At<arrow::Int32Array>(array, row));
      return;
    case Type::INT64:
      json.Int(At<arrow::Int64Array>(array, row));
      return;
    case Type::FLOAT:
      WriteVariantFloat(At<arrow::FloatArray>(array, row), json);
      return;
    case Type::DOUBLE:
      WriteVariantDouble(At<arrow::DoubleArray>(array, row), json);
      return;
    default:
      WriteVariantDecimal(
          arrow::Decimal128(static_cast<const arrow::Decimal128Array&>(array).GetValue(row)),
          static_cast<const arrow::Decimal128Type&>(*array.type()).scale(), json);
  }
}

void WriteScalar(const arrow::Array& array, std::int64_t row, JsonWriter& json) {
  switch (array.type_id()) {
    case Type::STRING:
      json.String(At<arrow::StringArray>(array, row));
      return;
    case Type::BINARY:
      WriteVariantBinary(At<arrow::BinaryArray>(array, row), json);
      return;
    case Type::FIXED_SIZE_BINARY:
      WriteVariantUuid(At<arrow::FixedSizeBinaryArray>(array, row), json);
      return;
    case Type::DATE32:
      WriteVariantDate(At<arrow::Date32Array>(array, row), json);
      return;
    case Type::TIME64:
      WriteVariantTime(At<arrow::Time64Array>(array, row), json);
      return;
    case Type::TIMESTAMP: {
      const auto& type = static_cast<const arrow::TimestampType&>(*array.type());
      WriteVariantTimestamp(At<arrow::TimestampArray>(array, row), type.unit(),
                            !type.timezone().empty(), json);
      return;
    }
    default:
      WriteNumber(array, row, json);
  }
}

// A group of `value` and `typed_value`, either of which may be missing: a whole variant, a member
// of an object or an element of an array.
class VariantGroup {
 public:
  static Result<VariantGroup> Make(const ArrayPtr& array, bool outermost);

  // True when the row has a value; false for a member that the object lacks.
  bool Has(std::int64_t row) const { return HasTyped(row) || HasValue(row); }

  std::string_view metadata(std::int64_t row) const {
    return At<arrow::BinaryArray>(*metadata_, row);
  }
  bool HasMetadata(std::int64_t row) const { return metadata_->IsValid(row); }

  Status Write(std::string_view metadata, std::int64_t row, JsonWriter& json) const;

 private:
  bool HasTyped(std::int64_t row) const { return typed_ != nullptr && typed_->IsValid(row); }
  bool HasValue(std::int64_t row) const { return value_ != nullptr && value_->IsValid(row); }
  std::string_view value(std::int64_t row) const { return At<arrow::BinaryArray>(*value_, row); }

  Status Take(const std::string& name, const ArrayPtr& array, bool outermost);
  Status TakeTyped(const ArrayPtr& array);
  Status WriteObject(std::string_view metadata, std::int64_t row, JsonWriter& json) const;
  Status WriteArray(std::string_view metadata, std::int64_t row, JsonWriter& json) const;

  ArrayPtr metadata_;
  ArrayPtr value_;
  ArrayPtr typed_;
  std::vector<std::string> names_;    // of members, where typed_ is of objects
  std::vector<VariantGroup> groups_;  // the members; one where typed_ is of arrays
};

// NOLINTNEXTLINE(misc-no-recursion): as deep as the file's schema.
Result<VariantGroup> VariantGroup::Make(const ArrayPtr& array, bool outermost) {
  if (array->type_id() != Type::STRUCT) {
    return DamagedColumn(fmt::format("variants are {} in the file", array->type()->ToString()));
  }
  const auto& group = static_cast<const arrow::StructArray&>(*array);
  VariantGroup made;
  for (int i = 0; i < group.num_fields(); ++i) {
    const std::string& name = group.type()->field(i)->name();
    RETURN_IF_ERROR(made.Take(name, TRY(Plain(group.field(i))), outermost));
  }
  if (outermost && made.metadata_ == nullptr) return DamagedColumn("variants without metadata");
  return made;
}

// NOLINTNEXTLINE(misc-no-recursion)
Status VariantGroup::Take(const std::string& name, const ArrayPtr& array, bool outermost) {
  if (name == "typed_value") return TakeTyped(array);
  const bool known = name == "value" || (outermost && name == "metadata");
  if (!known) return DamagedColumn(fmt::format("variants with a column '{}'", name));
  if (array->type_id() != Type::BINARY) {
    return DamagedColumn(fmt::format("variants whose {} is {}", name, array->type()->ToString()));
  }
  (name == "value" ? value_ : metadata_) = array;
  return {};
}

// NOLINTNEXTLINE(misc-no-recursion)
Status VariantGroup::TakeTyped(const ArrayPtr& array) {
  typed_ = array;
  if (array->type_id() == Type::STRUCT) {
    const auto& object = static_cast<const arrow::StructArray&>(*array);
    for (int i = 0; i < object.num_fields(); ++i) {
      names_.push_back(object.type()->field(i)->name());
      groups_.push_back(TRY(Make(object.field(i), false)));
    }
    return {};
  }
  if (array->type_id() == Type::LIST) {
    groups_.push_back(TRY(Make(static_cast<const arrow::ListArray&>(*array).values(), false)));
    return {};
  }
  if (IsScalar(*array->type())) return {};
  return DamagedColumn(fmt::format("shredded variants of type {}", array->type()->ToString()));
}

// NOLINTNEXTLINE(misc-no-recursion)
Status VariantGroup::Write(std::string_view metadata, std::int64_t row, JsonWriter& json) const {
  if (HasTyped(row)) {
    if (typed_->type_id() == Type::STRUCT) return WriteObject(metadata, row, json);
    if (typed_->type_id() == Type::LIST) return WriteArray(metadata, row, json);
    WriteScalar(*typed_, row, json);
    return {};
  }
  if (!HasValue(row)) return DamagedColumn("a variant has neither value nor typed_value");
  VariantValue binary = TRY(VariantValue::Open(metadata, value(row)));
  return binary.Write(json);
}

// The members in columns of their own and the others, by key.
// NOLINTNEXTLINE(misc-no-recursion)
Status VariantGroup::WriteObject(std::string_view metadata, std::int64_t row,
                                 JsonWriter& json) const {
  struct Member {
    std::string_view key;
    const VariantGroup* group;  // null: in the value, at
    std::size_t at;
  };
  std::vector<Member> members;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (groups_[i].Has(row)) members.push_back({names_[i], &groups_[i], 0});
  }
  std::optional<VariantValue> others;
  if (HasValue(row)) {
    others = TRY(VariantValue::Open(metadata, value(row)));
    for (const auto& [key, at] : TRY(others->Members())) {
      if (std::ranges::find(names_, key) != names_.end()) {
        return DamagedColumn(fmt::format("a variant has the shredded member '{}' twice", key));
      }
      members.push_back({key, nullptr, at});
    }
  }
  std::ranges::sort(members, {}, &Member::key);
  json.BeginObject();
  for (const auto& [key, group, at] : members) {
    json.Key(key);
    RETURN_IF_ERROR(group != nullptr ? group->Write(metadata, row, json)
                                     : others->WriteMember({key, at}, json));
  }
  json.EndObject();
  return {};
}

// NOLINTNEXTLINE(misc-no-recursion)
Status VariantGroup::WriteArray(std::string_view metadata, std::int64_t row,
                                JsonWriter& json) const {
  const auto& list = static_cast<const arrow::ListArray&>(*typed_);
  json.BeginArray();
  for (auto i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
    RETURN_IF_ERROR(groups_.front().Write(metadata, i, json));
  }
  json.EndArray();
  return {};
}

Status FromArrow(const arrow::Status& status) {
  if (status.ok()) return {};
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, status.ToString());
}

}  // namespace

Result<ArrayPtr> VariantTexts(const ArrayPtr& column) {
  const VariantGroup group = TRY(VariantGroup::Make(column, true));
  arrow::LargeStringBuilder texts;
  for (std::int64_t row = 0; row < column->length(); ++row) {
    if (column->IsNull(row)) {
      RETURN_IF_ERROR(FromArrow(texts.AppendNull()));
      continue;
    }
    if (!group.HasMetadata(row)) return DamagedColumn("a variant has no metadata");
    JsonWriter json;
    RETURN_IF_ERROR(group.Write(group.metadata(row), row, json));
    RETURN_IF_ERROR(FromArrow(texts.Append(json.Take())));
  }
  ArrayPtr array;
  RETURN_IF_ERROR(FromArrow(texts.Finish(&array)));
  return array;
}

}  // namespace foreset
