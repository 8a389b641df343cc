// SPDX-License-Identifier: MIT
#include "foreset/delta/schema_json.h"

#include <arrow/type.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace foreset::delta {
namespace {

std::string Struct(std::string_view type, std::string_view metadata = "{}") {
  return fmt::format(
      R"({{"type":"struct","fields":[{{"name":"c","type":{},"nullable":true,"metadata":{}}}]}})",
      type, metadata);
}

std::shared_ptr<arrow::Schema> Parsed(std::string_view text) {
  auto schema = SchemaFromJson(text);
  EXPECT_TRUE(schema) << schema.error().message;
  return schema ? *schema : nullptr;
}

std::string Written(const arrow::Schema& schema) {
  const auto text = SchemaToJson(schema);
  return text ? *text : text.error().message;
}

Error FaultOf(std::string_view text) {
  const auto schema = SchemaFromJson(text);
  EXPECT_FALSE(schema);
  return schema ? Error() : schema.error();
}

TEST(SchemaJson, PrimitiveTypesMapBothWays) {
  const std::pair<const char*, std::shared_ptr<arrow::DataType>> pairs[] = {
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
      {"decimal(38,18)", arrow::decimal128(38, 18)},
  };
  for (const auto& [name, type] : pairs) {
    const std::string text = Struct(fmt::format("\"{}\"", name));
    const auto schema = Parsed(text);
    ASSERT_TRUE(schema) << name;
    EXPECT_TRUE(schema->field(0)->type()->Equals(*type)) << name;
    EXPECT_EQ(Written(*schema), text);
  }
}

TEST(SchemaJson, NestedTypesRoundTrip) {
  const std::string text =
      Struct(R"({"type":"map","keyType":"string","valueType":{"type":"array","elementType":)"
             R"({"type":"struct","fields":[{"name":"x","type":"long","nullable":false,)"
             R"("metadata":{"delta.columnMapping.id":5}}]},"containsNull":false},)"
             R"("valueContainsNull":true})");
  const auto schema = Parsed(text);
  ASSERT_TRUE(schema);
  EXPECT_EQ(Written(*schema), text);
}

TEST(SchemaJson, FieldMetadataIsKeptVerbatim) {
  const std::string metadata =
      R"({"delta.columnMapping.id":4,"delta.columnMapping.physicalName":"col-1",)"
      R"("delta.typeChanges":[{"fromType":"integer","toType":"long"}],"b":true,"s":"4"})";
  const auto schema = Parsed(Struct("\"long\"", metadata));
  ASSERT_TRUE(schema);
  EXPECT_EQ(PhysicalName(*schema->field(0)), "col-1");
  EXPECT_EQ(ColumnId(*schema->field(0)), 4);
  EXPECT_EQ(TextMetadata(*schema->field(0), "s"), "4");
  EXPECT_EQ(IntMetadata(*schema->field(0), "s"), std::nullopt);
  EXPECT_EQ(Written(*schema), Struct("\"long\"", metadata));
}

TEST(SchemaJson, WithoutMappingAColumnIsItsOwnPhysicalName) {
  const auto field = arrow::field("a", arrow::int32());
  EXPECT_EQ(PhysicalName(*field), "a");
  EXPECT_EQ(ColumnId(*field), std::nullopt);
  const auto named = WithMetadata(field, kPhysicalNameKey, "\"p\"");
  const auto mapped = WithMetadata(named, kColumnIdKey, "1");
  EXPECT_EQ(PhysicalName(*WithMetadata(mapped, kPhysicalNameKey, "\"q\"")), "q");
  EXPECT_EQ(ColumnId(*mapped), 1);
}

TEST(SchemaJson, ArrowsOwnMetadataIsNotWritten) {
  const auto field = WithMetadata(arrow::field("a", arrow::int32()), "PARQUET:field_id", "1");
  EXPECT_EQ(Written(*arrow::schema({field})),
            R"({"type":"struct","fields":[{"name":"a","type":"integer",)"
            R"("nullable":true,"metadata":{}}]})");
}

TEST(SchemaJson, OldSpellingsAreUnderstood) {
  EXPECT_TRUE(Parsed(Struct("\"decimal\""))->field(0)->type()->Equals(arrow::decimal128(10, 0)));
  EXPECT_TRUE(
      Parsed(Struct("\"decimal(5, 2)\""))->field(0)->type()->Equals(arrow::decimal128(5, 2)));
  EXPECT_TRUE(Parsed(Struct("\"varchar(9)\""))->field(0)->type()->Equals(arrow::utf8()));
}

TEST(SchemaJson, VariantsAreMarkedTextsAtEveryDepth) {
  for (const char* type :
       {R"("variant")", R"({"type":"array","elementType":"variant","containsNull":true})",
        R"({"type":"map","keyType":"string","valueType":"variant","valueContainsNull":true})",
        R"({"type":"struct","fields":[)"
        R"({"name":"v","type":"variant","nullable":true,"metadata":{}}]})"}) {
    const auto schema = Parsed(Struct(type));
    ASSERT_NE(schema, nullptr) << type;
    std::shared_ptr<arrow::Field> field = schema->field(0);
    if (field->type()->id() == arrow::Type::MAP) {
      field = static_cast<const arrow::MapType&>(*field->type()).item_field();
    } else if (field->type()->num_fields() > 0) {
      field = field->type()->field(0);
    }
    EXPECT_TRUE(IsVariant(*field)) << type;
    EXPECT_TRUE(field->type()->Equals(arrow::large_utf8())) << type;
    EXPECT_EQ(Written(*schema), Struct(type));
  }
}

TEST(SchemaJson, OnlyTheTypeMakesAVariant) {
  const auto schema = Parsed(Struct("\"string\"", R"({"foreset.variant":"true"})"));
  EXPECT_FALSE(IsVariant(*schema->field(0)));
  EXPECT_EQ(Written(*schema), Struct("\"string\""));
}

TEST(SchemaJson, TypesThatAreNotThereAreNamed) {
  const Error error = FaultOf(Struct("\"interval day\""));
  EXPECT_EQ(error.kind, ErrorKind::kUnsupported);
  EXPECT_EQ(error.message, "column 'c': columns of type interval day");
  EXPECT_EQ(FaultOf(Struct(R"({"type":"map","keyType":"variant","valueType":"long"})")).kind,
            ErrorKind::kUnsupported);
  EXPECT_EQ(FaultOf(Struct(R"({"type":"udt"})")).kind, ErrorKind::kUnsupported);
  EXPECT_FALSE(SchemaToJson(*arrow::schema({arrow::field("a", arrow::uint64())})));
}

TEST(SchemaJson, MalformedSchemasAreCorruption) {
  for (const std::string& text :
       {std::string("x"), std::string("\"long\""), std::string(R"({"type":"struct"})"),
        std::string(R"({"type":"struct","fields":[1]})"),
        std::string(R"({"type":"struct","fields":[{"name":"a"}]})"),
        std::string(R"({"type":"struct","fields":[{"name":"a","type":"long"},)"
                    R"({"name":"A","type":"long"}]})"),
        Struct("\"decimal(39,1)\""), Struct("\"decimal(5\""), Struct("\"decimal(5,6)\""),
        Struct("1"), Struct(R"({"type":"array"})")}) {
    EXPECT_EQ(FaultOf(text).kind, ErrorKind::kCorruption) << text;
  }
}

TEST(SchemaJson, EndlessNestingIsRefused) {
  std::string open;
  std::string close;
  for (int i = 0; i < 300; ++i) {
    open += R"({"type":"array","elementType":)";
    close += "}";
  }
  EXPECT_EQ(FaultOf(Struct(open + "\"long\"" + close)).kind, ErrorKind::kCorruption);
}

}  // namespace
}  // namespace foreset::delta
