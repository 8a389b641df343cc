// SPDX-License-Identifier: MIT
#include "foreset/delta/schema_json.h"

#include <charconv>
#include <set>
#include <utility>
#include <vector>

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/json_fields.h"
#include "foreset/base/json_writer.h"

namespace foreset::delta {
namespace {

using simdjson::dom::element;
using TypePtr = std::shared_ptr<arrow::DataType>;

constexpr std::string_view kVariantKey = "foreset.variant";
constexpr std::string_view kVariantType = "variant";

// Deeper nesting than anybody has is refused before it costs stack.
constexpr int kMaxDepth = 128;

std::unexpected<Error> DamagedSchema(std::string fault) {
  return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt,
             fmt::format("table schema: {}", fault));
}

std::unexpected<Error> Unsupported(std::string_view type) {
  return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
             fmt::format("columns of type {}", type));
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// ---- reading

const TypePtr* FindPrimitive(std::string_view name) {
  static const auto* const types = new std::vector<std::pair<std::string_view, TypePtr>>{
      {"string", arrow::utf8()},
      {"long", arrow::int64()},
      {"integer", arrow::int32()},
      {"short", arrow::int16()},
      {"byte", arrow::int8()},
      {"float", arrow::float32()},
      {"double", arrow::float64()},
      {"boolean", arrow::boolean()},
      {"binary", arrow::binary()},
      {"date", arrow::date32()},
      {"timestamp", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
      {"timestamp_ntz", arrow::timestamp(arrow::TimeUnit::MICRO)},
      {"void", arrow::null()},
      {"null", arrow::null()},
      {kVariantType, arrow::large_utf8()},
  };
  for (const auto& [known, type] : *types) {
    if (known == name) return &type;
  }
  return nullptr;
}

// "decimal(p,s)"; the bare word means (10,0).
Result<TypePtr> DecimalOf(std::string_view name) {
  if (name == "decimal") return arrow::decimal128(10, 0);
  std::string digits;
  for (const char c : name) {
    if (c != ' ') digits += c;
  }
  const char* at = digits.data() + sizeof("decimal(") - 1;
  const char* const end = digits.data() + digits.size();
  int precision = 0;
  int scale = 0;
  const auto first = std::from_chars(at, end, precision);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ',') {
    return DamagedSchema(fmt::format("malformed type '{}'", name));
  }
  const auto second = std::from_chars(first.ptr + 1, end, scale);
  const bool closed = second.ec == std::errc() && std::string_view(second.ptr, end) == ")";
  if (!closed || precision < 1 || precision > 38 || scale < 0 || scale > precision) {
    return DamagedSchema(fmt::format("malformed type '{}'", name));
  }
  return arrow::decimal128(precision, scale);
}

Result<TypePtr> PrimitiveOf(std::string_view name) {
  if (const TypePtr* type = FindPrimitive(name)) return *type;
  if (name == "decimal" || name.starts_with("decimal(")) return DecimalOf(name);
  // Spark's length-limited texts are plain text to everybody else.
  if (name.starts_with("varchar(") || name.starts_with("char(")) return arrow::utf8();
  return Unsupported(name.substr(0, 100));
}

Result<TypePtr> ReadType(const element& json, int depth);

// Arrow's own members of a field's metadata mean something else to it than to Delta; the mark of
// variants is the type.
bool IsNotDeltas(std::string_view key) {
  return key.starts_with("PARQUET:") || key.starts_with("ARROW:") || key == kVariantKey;
}

// The field, marked when the JSON of its type is that of a variant.
std::shared_ptr<arrow::Field> MarkVariant(std::shared_ptr<arrow::Field> field,
                                          const element& type_json) {
  std::string_view name;
  const bool variant = type_json.get(name) == simdjson::SUCCESS && name == kVariantType;
  return variant ? WithMetadata(field, kVariantKey, "true") : field;
}

std::shared_ptr<arrow::KeyValueMetadata> ReadFieldMetadata(const simdjson::dom::object& object) {
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  for (const simdjson::dom::key_value_pair member : object) {
    if (IsNotDeltas(member.key)) continue;
    metadata->Append(std::string(member.key), simdjson::minify(member.value));
  }
  return metadata->size() == 0 ? nullptr : metadata;
}

Result<std::shared_ptr<arrow::Field>> ReadField(const element& json, int depth) {
  simdjson::dom::object object;
  if (json.get(object) != simdjson::SUCCESS) return DamagedSchema("a field is not an object");
  JsonFields fields(object, "table schema: field", ErrorCode::kDeltaCorrupt);
  std::string name = fields.Text("name");
  const bool nullable = fields.Flag("nullable", true);
  const auto metadata = fields.OptionalObject("metadata");
  RETURN_IF_ERROR(fields.status());
  element type_json;
  if (object.at_key("type").get(type_json) != simdjson::SUCCESS) {
    return DamagedSchema(fmt::format("column '{}' has no type", name));
  }
  auto type = ReadType(type_json, depth + 1);
  if (!type) {
    return std::unexpected(std::move(type).error().Within(fmt::format("column '{}'", name)));
  }
  return MarkVariant(arrow::field(std::move(name), *type, nullable,
                                  metadata ? ReadFieldMetadata(*metadata) : nullptr),
                     type_json);
}

Result<arrow::FieldVector> ReadFields(const simdjson::dom::object& object, int depth) {
  simdjson::dom::array array;
  if (object.at_key("fields").get(array) != simdjson::SUCCESS) {
    return DamagedSchema("a struct has no fields");
  }
  arrow::FieldVector fields;
  std::set<std::string> names;  // Delta's column names are unique without regard to case
  for (const element field : array) {
    fields.push_back(TRY(ReadField(field, depth)));
    if (!names.insert(Lower(fields.back()->name())).second) {
      return DamagedSchema(fmt::format("column '{}' is there twice", fields.back()->name()));
    }
  }
  return fields;
}

// One of an array's or map's inner types, as a field of that name.
Result<std::shared_ptr<arrow::Field>> ReadInner(const simdjson::dom::object& object,
                                                std::string_view key, std::string name,
                                                bool nullable, int depth) {
  element inner;
  if (object.at_key(key).get(inner) != simdjson::SUCCESS) {
    return DamagedSchema(fmt::format("'{}' is missing", key));
  }
  TypePtr type = TRY(ReadType(inner, depth + 1));
  return MarkVariant(arrow::field(std::move(name), std::move(type), nullable), inner);
}

Result<TypePtr> ReadNested(const simdjson::dom::object& object, int depth) {
  JsonFields fields(object, "table schema: type", ErrorCode::kDeltaCorrupt);
  const std::string kind = fields.Text("type");
  const bool contains_null = fields.Flag("containsNull", true);
  const bool value_contains_null = fields.Flag("valueContainsNull", true);
  RETURN_IF_ERROR(fields.status());
  if (kind == "struct") return arrow::struct_(TRY(ReadFields(object, depth)));
  if (kind == "array") {
    return arrow::list(TRY(ReadInner(object, "elementType", "element", contains_null, depth)));
  }
  if (kind == "map") {
    const auto key = TRY(ReadInner(object, "keyType", "key", false, depth));
    if (IsVariant(*key)) return Unsupported("map with variants as keys");
    return arrow::map(key->type(),
                      TRY(ReadInner(object, "valueType", "value", value_contains_null, depth)));
  }
  return Unsupported(kind.substr(0, 100));
}

Result<TypePtr> ReadType(const element& json, int depth) {
  if (depth > kMaxDepth) return DamagedSchema("types are nested too deeply");
  std::string_view name;
  if (json.get(name) == simdjson::SUCCESS) return PrimitiveOf(name);
  simdjson::dom::object object;
  if (json.get(object) != simdjson::SUCCESS)
    return DamagedSchema("a type is neither text nor object");
  return ReadNested(object, depth);
}

// ---- writing

bool IsJson(const std::string& text) {
  simdjson::dom::parser parser;
  element ignored;
  return parser.parse(text).get(ignored) == simdjson::SUCCESS;
}

void WriteMetadata(JsonWriter& json, const arrow::KeyValueMetadata* metadata) {
  json.BeginObject();
  for (std::int64_t i = 0; metadata != nullptr && i < metadata->size(); ++i) {
    const std::string& key = metadata->key(i);
    if (IsNotDeltas(key)) continue;
    json.Key(key);
    if (IsJson(metadata->value(i))) {
      json.Raw(metadata->value(i));
    } else {
      json.String(metadata->value(i));
    }
  }
  json.EndObject();
}

Status WriteType(JsonWriter& json, const arrow::DataType& type);

Status WriteFieldType(JsonWriter& json, const arrow::Field& field) {
  if (!IsVariant(field)) return WriteType(json, *field.type());
  json.String(kVariantType);
  return {};
}

Status WriteStruct(JsonWriter& json, const arrow::FieldVector& fields) {
  json.BeginObject().Member("type", "struct").Key("fields").BeginArray();
  for (const auto& field : fields) {
    json.BeginObject().Member("name", field->name()).Key("type");
    RETURN_IF_ERROR(WriteFieldType(json, *field));
    json.Member("nullable", field->nullable()).Key("metadata");
    WriteMetadata(json, field->metadata().get());
    json.EndObject();
  }
  json.EndArray().EndObject();
  return {};
}

Status WriteList(JsonWriter& json, const arrow::Field& item) {
  json.BeginObject().Member("type", "array").Key("elementType");
  RETURN_IF_ERROR(WriteFieldType(json, item));
  json.Member("containsNull", item.nullable()).EndObject();
  return {};
}

Status WriteMapType(JsonWriter& json, const arrow::MapType& map) {
  json.BeginObject().Member("type", "map").Key("keyType");
  RETURN_IF_ERROR(WriteType(json, *map.key_type()));
  json.Key("valueType");
  RETURN_IF_ERROR(WriteFieldType(json, *map.item_field()));
  json.Member("valueContainsNull", map.item_field()->nullable()).EndObject();
  return {};
}

std::string NameOfPrimitive(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
    case arrow::Type::STRING:
      return "string";
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::BINARY:
      return "binary";
    case arrow::Type::INT8:
      return "byte";
    case arrow::Type::INT16:
      return "short";
    case arrow::Type::INT32:
      return "integer";
    case arrow::Type::INT64:
      return "long";
    case arrow::Type::FLOAT:
      return "float";
    case arrow::Type::DOUBLE:
      return "double";
    case arrow::Type::BOOL:
      return "boolean";
    case arrow::Type::DATE32:
      return "date";
    case arrow::Type::NA:
      return "void";
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? "timestamp_ntz"
                                                                               : "timestamp";
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return fmt::format("decimal({},{})", decimal.precision(), decimal.scale());
    }
    default:
      return {};
  }
}

Status WriteType(JsonWriter& json, const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::STRUCT:
      return WriteStruct(json, type.fields());
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
      return WriteList(json, *type.field(0));
    case arrow::Type::MAP:
      return WriteMapType(json, static_cast<const arrow::MapType&>(type));
    default:
      break;
  }
  const std::string name = NameOfPrimitive(type);
  if (name.empty()) return Unsupported(type.ToString());
  json.String(name);
  return {};
}

std::optional<std::string> FindMetadata(const arrow::Field& field, std::string_view key) {
  if (!field.HasMetadata()) return std::nullopt;
  const int index = field.metadata()->FindKey(std::string(key));
  if (index < 0) return std::nullopt;
  return field.metadata()->value(index);
}

}  // namespace

bool IsVariant(const arrow::Field& field) { return FindMetadata(field, kVariantKey).has_value(); }

Result<std::shared_ptr<arrow::Schema>> SchemaFromJson(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root)) {
    return DamagedSchema(fmt::format("not a JSON object ({})", simdjson::error_message(error)));
  }
  std::string_view kind;
  if (root.at_key("type").get(kind) != simdjson::SUCCESS || kind != "struct") {
    return DamagedSchema("the outermost type is not a struct");
  }
  return arrow::schema(TRY(ReadFields(root, 0)));
}

Result<std::string> SchemaToJson(const arrow::Schema& schema) {
  JsonWriter json;
  RETURN_IF_ERROR(WriteStruct(json, schema.fields()));
  return json.Take();
}

Result<std::string> TypeToJson(const arrow::DataType& type) {
  JsonWriter json;
  RETURN_IF_ERROR(WriteType(json, type));
  return json.Take();
}

std::optional<std::string> TextMetadata(const arrow::Field& field, std::string_view key) {
  const std::optional<std::string> json = FindMetadata(field, key);
  if (!json) return std::nullopt;
  simdjson::dom::parser parser;
  std::string_view text;
  if (parser.parse(*json).get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

std::optional<std::int64_t> IntMetadata(const arrow::Field& field, std::string_view key) {
  const std::optional<std::string> json = FindMetadata(field, key);
  if (!json) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = json->data() + json->size();
  const auto read = std::from_chars(json->data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::shared_ptr<arrow::Field> WithMetadata(const std::shared_ptr<arrow::Field>& field,
                                           std::string_view key, std::string_view json) {
  auto metadata = field->HasMetadata() ? field->metadata()->Copy()
                                       : std::make_shared<arrow::KeyValueMetadata>();
  // Set fails only on keys it cannot find, and then appends.
  (void)metadata->Set(std::string(key), std::string(json));
  return field->WithMetadata(std::move(metadata));
}

std::string PhysicalName(const arrow::Field& field) {
  return TextMetadata(field, kPhysicalNameKey).value_or(field.name());
}

std::optional<std::int32_t> ColumnId(const arrow::Field& field) {
  const std::optional<std::int64_t> id = IntMetadata(field, kColumnIdKey);
  if (!id || *id < 0 || *id > INT32_MAX) return std::nullopt;
  return static_cast<std::int32_t>(*id);
}

}  // namespace foreset::delta
