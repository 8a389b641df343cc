// SPDX-License-Identifier: MIT
#include "foreset/columnar/variant_value.h"

#include <bit>
#include <string>
#include <utility>

#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include "foreset/base/time_units.h"
#include "foreset/columnar/variant_scalars.h"

namespace foreset {
namespace {

constexpr int kMaxDepth = 1000;
constexpr std::size_t kMaxKeyBytes = 256U << 20U;
constexpr int kMaxDecimalScale = 38;

// VariantEncoding.md, "Encoding types".
enum class BasicType : std::uint8_t { kPrimitive, kShortString, kObject, kArray };
enum class PrimitiveType : std::uint8_t {
  kNull,
  kTrue,
  kFalse,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kDouble,
  kDecimal4,
  kDecimal8,
  kDecimal16,
  kDate,
  kTimestamp,
  kTimestampNtz,
  kFloat,
  kBinary,
  kString,
  kTime,
  kTimestampNanos,
  kTimestampNtzNanos,
  kUuid,
};

std::unexpected<Error> Damaged(std::string fault) {
  return Err(ErrorKind::kCorruption, ErrorCode::kParquetDamaged,
             fmt::format("a variant {}", fault));
}

BasicType BasicTypeOf(std::uint8_t header) { return static_cast<BasicType>(header & 3U); }

std::int64_t Signed(ByteReader& reader, std::size_t width) {
  const std::size_t spare = 64 - 8 * width;
  return static_cast<std::int64_t>(reader.LittleEndian(width) << spare) >>
         static_cast<std::int64_t>(spare);
}

std::uint64_t Entry(Bytes list, std::size_t width, std::size_t index) {
  return ByteReader(list.subspan(index * width, width)).LittleEndian(width);
}

Status WriteDecimal(ByteReader& reader, std::size_t width, JsonWriter& json) {
  const int scale = reader.U8();
  if (scale > kMaxDecimalScale) return Damaged(fmt::format("has a decimal of scale {}", scale));
  if (width == 16) {
    const std::uint64_t low = reader.U64();
    WriteVariantDecimal(arrow::Decimal128(Signed(reader, 8), low), scale, json);
  } else {
    WriteVariantDecimal(arrow::Decimal128(Signed(reader, width)), scale, json);
  }
  return {};
}

Status WriteTime(std::int64_t microseconds, JsonWriter& json) {
  if (microseconds < 0 || microseconds >= kMicrosPerDay) {
    return Damaged("has a time that is not within a day");
  }
  WriteVariantTime(microseconds, json);
  return {};
}

void WriteTimestamp(ByteReader& reader, PrimitiveType type, JsonWriter& json) {
  const bool nanos =
      type == PrimitiveType::kTimestampNanos || type == PrimitiveType::kTimestampNtzNanos;
  const bool utc = type == PrimitiveType::kTimestamp || type == PrimitiveType::kTimestampNanos;
  WriteVariantTimestamp(Signed(reader, 8), nanos ? arrow::TimeUnit::NANO : arrow::TimeUnit::MICRO,
                        utc, json);
}

// Writes something for a value that is cut short, too; the reader tells.
Status DecodeNumber(ByteReader& reader, PrimitiveType type, JsonWriter& json) {
  switch (type) {
    case PrimitiveType::kInt8:
      json.Int(Signed(reader, 1));
      return {};
    case PrimitiveType::kInt16:
      json.Int(Signed(reader, 2));
      return {};
    case PrimitiveType::kInt32:
      json.Int(Signed(reader, 4));
      return {};
    case PrimitiveType::kInt64:
      json.Int(Signed(reader, 8));
      return {};
    case PrimitiveType::kDouble:
      WriteVariantDouble(std::bit_cast<double>(reader.U64()), json);
      return {};
    case PrimitiveType::kFloat:
      WriteVariantFloat(std::bit_cast<float>(reader.U32()), json);
      return {};
    case PrimitiveType::kDecimal4:
      return WriteDecimal(reader, 4, json);
    case PrimitiveType::kDecimal8:
      return WriteDecimal(reader, 8, json);
    default:
      return WriteDecimal(reader, 16, json);
  }
}

Status DecodeScalar(ByteReader& reader, PrimitiveType type, JsonWriter& json) {
  switch (type) {
    case PrimitiveType::kNull:
      json.Null();
      return {};
    case PrimitiveType::kTrue:
    case PrimitiveType::kFalse:
      json.Bool(type == PrimitiveType::kTrue);
      return {};
    case PrimitiveType::kDate:
      WriteVariantDate(Signed(reader, 4), json);
      return {};
    case PrimitiveType::kTime:
      return WriteTime(Signed(reader, 8), json);
    case PrimitiveType::kTimestamp:
    case PrimitiveType::kTimestampNtz:
    case PrimitiveType::kTimestampNanos:
    case PrimitiveType::kTimestampNtzNanos:
      WriteTimestamp(reader, type, json);
      return {};
    case PrimitiveType::kBinary:
      WriteVariantBinary(AsText(reader.Take(reader.U32())), json);
      return {};
    case PrimitiveType::kString:
      json.String(AsText(reader.Take(reader.U32())));
      return {};
    case PrimitiveType::kUuid:
      WriteVariantUuid(AsText(reader.Take(16)), json);
      return {};
    default:
      return DecodeNumber(reader, type, json);
  }
}

}  // namespace

Result<VariantValue> VariantValue::Open(std::string_view metadata, std::string_view value) {
  VariantValue opened(metadata, value);
  RETURN_IF_ERROR(opened.ReadDictionary());
  return opened;
}

Status VariantValue::ReadDictionary() {
  ByteReader reader(metadata_);
  const std::uint8_t header = reader.U8();
  if (reader.ok() && (header & 15U) != 1) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
               fmt::format("variants of version {}", header & 15U));
  }
  key_offset_width_ = (header >> 6U) + 1U;
  key_count_ = reader.LittleEndian(key_offset_width_);
  key_offsets_ = reader.Take((key_count_ + 1) * key_offset_width_);
  if (!reader.ok()) return Damaged("has metadata that are cut short");
  keys_ = reader.Rest();
  return {};
}

Result<std::string_view> VariantValue::Key(std::size_t id) {
  if (id >= key_count_) return Damaged(fmt::format("names key {} of {}", id, key_count_));
  const std::size_t begin = Entry(key_offsets_, key_offset_width_, id);
  const std::size_t end = Entry(key_offsets_, key_offset_width_, id + 1);
  if (begin > end || end > keys_.size()) return Damaged("has a key outside its metadata");
  key_bytes_ += end - begin;
  if (key_bytes_ > kMaxKeyBytes) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
               fmt::format("variants with more than {} MiB of keys", kMaxKeyBytes >> 20U));
  }
  return AsText(keys_.subspan(begin, end - begin));
}

Status VariantValue::Spend(std::size_t bytes) {
  if (bytes > budget_) return Damaged("has values that overlap beyond reason");
  budget_ -= bytes;
  return {};
}

Result<VariantValue::Container> VariantValue::ReadContainer(std::size_t at) {
  ByteReader reader(value_.subspan(at));
  const std::uint8_t header = reader.U8();
  const bool object = BasicTypeOf(header) == BasicType::kObject;
  const bool large = (header >> (object ? 6U : 4U) & 1U) != 0;
  Container container;
  container.offset_width = (header >> 2U & 3U) + 1U;
  container.id_width = object ? (header >> 4U & 3U) + 1U : 0;
  container.count = reader.LittleEndian(large ? 4 : 1);
  container.ids = reader.Take(container.count * container.id_width);
  container.offsets = reader.Take((container.count + 1) * container.offset_width);
  if (!reader.ok()) return Damaged("is cut short");
  RETURN_IF_ERROR(Spend(reader.offset()));
  container.data = at + reader.offset();
  return container;
}

Result<std::size_t> VariantValue::ChildAt(const Container& container, std::size_t index) const {
  const std::size_t at = container.data + Entry(container.offsets, container.offset_width, index);
  if (at >= value_.size()) return Damaged("has a value outside its bytes");
  return at;
}

Result<std::string_view> VariantValue::KeyOf(const Container& container, std::size_t index) {
  return Key(Entry(container.ids, container.id_width, index));
}

Result<std::vector<VariantValue::Member>> VariantValue::Members() {
  if (value_.empty() || BasicTypeOf(value_[0]) != BasicType::kObject) {
    return Damaged("is not an object beside the members of one");
  }
  const Container container = TRY(ReadContainer(0));
  std::vector<Member> members;
  for (std::size_t i = 0; i < container.count; ++i) {
    members.push_back({TRY(KeyOf(container, i)), TRY(ChildAt(container, i))});
  }
  return members;
}

// NOLINTNEXTLINE(misc-no-recursion): the depth is bounded.
Status VariantValue::WriteAt(std::size_t at, int depth, JsonWriter& json) {
  if (at >= value_.size()) return Damaged("has no value");
  switch (BasicTypeOf(value_[at])) {
    case BasicType::kPrimitive:
      return WritePrimitive(at, json);
    case BasicType::kShortString:
      return WriteShortString(at, json);
    default:
      break;
  }
  if (depth >= kMaxDepth) return Damaged("is nested too deeply");
  return WriteContainer(at, depth, json);
}

// NOLINTNEXTLINE(misc-no-recursion)
Status VariantValue::WriteContainer(std::size_t at, int depth, JsonWriter& json) {
  const Container container = TRY(ReadContainer(at));
  const bool object = container.id_width != 0;
  object ? json.BeginObject() : json.BeginArray();
  for (std::size_t i = 0; i < container.count; ++i) {
    if (object) json.Key(TRY(KeyOf(container, i)));
    RETURN_IF_ERROR(WriteAt(TRY(ChildAt(container, i)), depth + 1, json));
  }
  object ? json.EndObject() : json.EndArray();
  return {};
}

Status VariantValue::WriteShortString(std::size_t at, JsonWriter& json) {
  ByteReader reader(value_.subspan(at));
  const std::size_t length = reader.U8() >> 2U;
  const std::string_view text = AsText(reader.Take(length));
  if (!reader.ok()) return Damaged("is cut short");
  RETURN_IF_ERROR(Spend(reader.offset()));
  json.String(text);
  return {};
}

Status VariantValue::WritePrimitive(std::size_t at, JsonWriter& json) {
  ByteReader reader(value_.subspan(at));
  const std::uint8_t type = reader.U8() >> 2U;
  if (type > static_cast<std::uint8_t>(PrimitiveType::kUuid)) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
               fmt::format("variants with values of type {}", type));
  }
  RETURN_IF_ERROR(DecodeScalar(reader, static_cast<PrimitiveType>(type), json));
  if (!reader.ok()) return Damaged("is cut short");
  return Spend(reader.offset());
}

}  // namespace foreset
