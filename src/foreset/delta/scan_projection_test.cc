// SPDX-License-Identifier: MIT
#include "foreset/delta/scan_projection.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

#include "foreset/columnar/parquet_file.h"
#include "foreset/delta/schema_json.h"

namespace foreset::delta {
namespace {

using TypePtr = std::shared_ptr<arrow::DataType>;

std::shared_ptr<arrow::Array> Values(const TypePtr& type, const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

std::shared_ptr<arrow::Field> Mapped(const std::string& name, TypePtr type,
                                     const std::string& physical, int id) {
  const auto named =
      WithMetadata(arrow::field(name, std::move(type)), kPhysicalNameKey, "\"" + physical + "\"");
  return WithMetadata(named, kColumnIdKey, std::to_string(id));
}

void ExpectProjected(const TypePtr& from, const TypePtr& to, const std::string& json) {
  const auto got =
      ProjectColumn(Values(from, json), *arrow::field("c", to), ColumnMappingMode::kNone);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_TRUE((*got)->ValidateFull().ok());
  EXPECT_TRUE((*got)->Equals(Values(to, json))) << (*got)->ToString();
}

Error Fault(const TypePtr& from, const TypePtr& to, const std::string& json = "[null]") {
  const auto got =
      ProjectColumn(Values(from, json), *arrow::field("c", to), ColumnMappingMode::kNone);
  EXPECT_FALSE(got) << from->ToString() << " as " << to->ToString();
  return got ? Error() : got.error();
}

TEST(ScanProjection, WidenedTypesAreCast) {
  for (const auto& [from, to] :
       std::vector<std::pair<TypePtr, TypePtr>>{{arrow::int8(), arrow::int16()},
                                                {arrow::int8(), arrow::int32()},
                                                {arrow::int16(), arrow::int64()},
                                                {arrow::int32(), arrow::int64()},
                                                {arrow::int32(), arrow::float64()},
                                                {arrow::float32(), arrow::float64()}}) {
    ExpectProjected(from, to, "[1, null, -7]");
  }
  const auto decimal = [](int precision, int scale) { return arrow::decimal128(precision, scale); };
  const std::string decimals = R"(["1.50", null, "-2.25"])";
  ExpectProjected(decimal(5, 2), decimal(12, 2), decimals);
  const auto wider = ProjectColumn(Values(decimal(5, 2), decimals),
                                   *arrow::field("c", decimal(12, 4)), ColumnMappingMode::kNone);
  EXPECT_TRUE((*wider)->Equals(Values(decimal(12, 4), R"(["1.5000", null, "-2.2500"])")));
  const auto whole = ProjectColumn(Values(arrow::int32(), "[7]"),
                                   *arrow::field("c", decimal(12, 2)), ColumnMappingMode::kNone);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_TRUE((*whole)->Equals(Values(decimal(12, 2), R"(["7.00"])")));
  const auto day = ProjectColumn(Values(arrow::date32(), "[1]"),
                                 *arrow::field("c", arrow::timestamp(arrow::TimeUnit::MICRO)),
                                 ColumnMappingMode::kNone);
  EXPECT_TRUE((*day)->Equals(Values(arrow::timestamp(arrow::TimeUnit::MICRO), "[86400000000]")));
}

TEST(ScanProjection, TimestampsConvertTheirUnitOnly) {
  const auto utc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto project = [&](arrow::TimeUnit::type unit, const std::string& json) {
    return *ProjectColumn(Values(arrow::timestamp(unit), json), *arrow::field("c", utc),
                          ColumnMappingMode::kNone);
  };
  EXPECT_TRUE(project(arrow::TimeUnit::MICRO, "[5]")->Equals(Values(utc, "[5]")));
  EXPECT_TRUE(project(arrow::TimeUnit::MILLI, "[5]")->Equals(Values(utc, "[5000]")));
  EXPECT_TRUE(project(arrow::TimeUnit::NANO, "[5999]")->Equals(Values(utc, "[5]")));
}

TEST(ScanProjection, OtherSpellingsOfATypeAreRead) {
  const auto encoded = arrow::dictionary(arrow::int32(), arrow::utf8());
  ExpectProjected(arrow::large_utf8(), arrow::utf8(), R"(["a", null])");
  ExpectProjected(arrow::binary(), arrow::utf8(), R"(["a", null])");
  const auto got = ProjectColumn(Values(encoded, R"(["a", "b", "a"])"),
                                 *arrow::field("c", arrow::utf8()), ColumnMappingMode::kNone);
  EXPECT_TRUE((*got)->Equals(Values(arrow::utf8(), R"(["a", "b", "a"])")));
  ExpectProjected(arrow::int32(), arrow::int8(), "[1, null]");
}

TEST(ScanProjection, WhatDoesNotFitIsCorruption) {
  EXPECT_EQ(Fault(arrow::utf8(), arrow::int64()).message,
            "column 'c' is string in the file, int64 in the table");
  EXPECT_EQ(Fault(arrow::int32(), arrow::utf8()).kind, ErrorKind::kCorruption);
  EXPECT_EQ(Fault(arrow::float64(), arrow::float32()).kind, ErrorKind::kCorruption);
  EXPECT_EQ(Fault(arrow::int32(), arrow::int8(), "[1000]").kind, ErrorKind::kCorruption);
  EXPECT_EQ(Fault(arrow::list(arrow::int32()), arrow::int32()).kind, ErrorKind::kCorruption);
  EXPECT_EQ(Fault(arrow::int32(), arrow::list(arrow::int32())).kind, ErrorKind::kCorruption);
}

TEST(ScanProjection, NestedFieldsAreFoundOrderedAndFilledIn) {
  const auto file = arrow::struct_(
      {arrow::field("y", arrow::int32()), arrow::field("X", arrow::list(arrow::int32()))});
  const auto table =
      arrow::struct_({arrow::field("x", arrow::list(arrow::int64())),
                      arrow::field("new", arrow::utf8()), arrow::field("y", arrow::int32())});
  const auto rows = Values(file, R"([{"y":1,"X":[2,null]},null,{"y":null,"X":null}])");
  const auto expected =
      Values(table, R"([{"x":[2,null],"new":null,"y":1},null,{"x":null,"new":null,"y":null}])");
  const auto column = arrow::field("c", table);
  EXPECT_TRUE((*ProjectColumn(rows, *column, ColumnMappingMode::kNone))->Equals(expected));
  const auto tail = *ProjectColumn(rows->Slice(1), *column, ColumnMappingMode::kNone);
  EXPECT_TRUE(tail->ValidateFull().ok());
  EXPECT_TRUE(tail->Equals(expected->Slice(1))) << tail->ToString();
}

TEST(ScanProjection, MapsAndListsOfStructsAreProjectedInside) {
  const auto file =
      arrow::map(arrow::utf8(), arrow::list(arrow::struct_({arrow::field("p1", arrow::int32())})));
  const auto table = arrow::map(
      arrow::utf8(), arrow::list(arrow::struct_({Mapped("a", arrow::int64(), "p1", 1)})));
  const auto rows = Values(file, R"([[["k",[{"p1":1},null]]],null,[["l",null]]])");
  const auto got =
      ProjectColumn(rows->Slice(0, 3), *arrow::field("c", table), ColumnMappingMode::kName);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_TRUE((*got)->ValidateFull().ok());
  EXPECT_TRUE((*got)->Equals(Values(table, R"([[["k",[{"a":1},null]]],null,[["l",null]]])")));
}

TEST(ScanProjection, TheModeSaysHowColumnsAreFound) {
  const arrow::FieldVector with_ids = {
      WithParquetFieldId(arrow::field("a", arrow::int32()), 2),
      WithParquetFieldId(arrow::field("col-a", arrow::int32()), 1)};
  const auto column = Mapped("a", arrow::int32(), "col-a", 2);
  EXPECT_EQ(FindFileField(with_ids, *column, ColumnMappingMode::kNone), 0);
  EXPECT_EQ(FindFileField(with_ids, *column, ColumnMappingMode::kName), 1);
  EXPECT_EQ(FindFileField(with_ids, *column, ColumnMappingMode::kId), 0);
  const auto lacking = Mapped("a", arrow::int32(), "col-a", 9);
  EXPECT_EQ(FindFileField(with_ids, *lacking, ColumnMappingMode::kId), std::nullopt);
  const arrow::FieldVector without = {arrow::field("COL-A", arrow::int32())};
  EXPECT_EQ(FindFileField(without, *column, ColumnMappingMode::kId), 0);
  EXPECT_EQ(FindFileField(without, *column, ColumnMappingMode::kNone), std::nullopt);
}

std::shared_ptr<arrow::Schema> VariantIn(const std::string& type) {
  return *SchemaFromJson(R"({"type":"struct","fields":[{"name":"c","type":)" + type + "}]}");
}

TEST(ScanProjection, VariantsBecomeTextsAtEveryDepth) {
  const auto file = arrow::struct_({arrow::field("value", arrow::binary(), false),
                                    arrow::field("metadata", arrow::binary(), false)});
  const std::string value = R"({"value":"\u0004","metadata":"\u0001\u0000\u0000"})";
  const auto projected = [](const TypePtr& from, const std::string& json, const std::string& to) {
    const auto schema = VariantIn(to);
    const auto got = ProjectColumn(Values(from, json), *schema->field(0), ColumnMappingMode::kNone);
    EXPECT_TRUE(got) << got.error().message;
    EXPECT_TRUE((*got)->ValidateFull().ok());
    EXPECT_TRUE((*got)->type()->Equals(*schema->field(0)->type()));
    return (*got)->Slice((*got)->length() - 1)->ToString();
  };
  EXPECT_NE(projected(file, "[null," + value + "]", R"("variant")").find("true"),
            std::string::npos);
  EXPECT_NE(projected(arrow::list(file), "[null,[null," + value + "]]",
                      R"({"type":"array","elementType":"variant"})")
                .find("true"),
            std::string::npos);
  EXPECT_NE(projected(arrow::map(arrow::utf8(), file), R"([null,[["k",)" + value + "]]]",
                      R"({"type":"map","keyType":"string","valueType":"variant"})")
                .find("true"),
            std::string::npos);
}

// Parquet has no values where an outer struct is NULL; Arrow puts empty ones there.
TEST(ScanProjection, AVariantThatMayNotBeNullIsWhereItsStructIs) {
  const auto empty = [] {
    arrow::BinaryBuilder builder;
    EXPECT_TRUE(builder.Append("").ok());
    return builder.Finish().ValueOrDie();
  };
  const auto variant =
      *arrow::StructArray::Make({empty(), empty()}, std::vector<std::string>{"metadata", "value"});
  const auto null = arrow::Buffer::FromString(std::string(1, '\0'));
  const auto outer = *arrow::StructArray::Make({variant}, std::vector<std::string>{"v"}, null, 1);
  const auto schema =
      VariantIn(R"({"type":"struct","fields":[{"name":"v","type":"variant","nullable":false}]})");
  const auto got = ProjectColumn(outer, *schema->field(0), ColumnMappingMode::kNone);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_TRUE((*got)->IsNull(0));
}

TEST(ScanProjection, DamagedVariantsNameTheirColumn) {
  const auto schema = VariantIn(R"("variant")");
  const auto got =
      ProjectColumn(Values(arrow::int64(), "[1]"), *schema->field(0), ColumnMappingMode::kNone);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::kCorruption);
  EXPECT_NE(got.error().message.find("column 'c'"), std::string::npos) << got.error().message;
}

}  // namespace
}  // namespace foreset::delta
