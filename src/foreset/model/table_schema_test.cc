// SPDX-License-Identifier: MIT
#include "foreset/model/table_schema.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

#include "foreset/model/arrow_types.h"
#include "foreset/model/table_schema_json.h"

namespace foreset {
namespace {

TableSchema Shop() {
  TableSchema schema{{"online_store", "Products"}, SchemaVersion(3), {}, KeyKind::kPrimary, {0}};
  schema.columns.push_back({.name = "ProductID", .nullable = false, .declared_type = "int"});
  schema.columns.push_back({.name = "Price",
                            .type = SourceType::kDecimal,
                            .length = 18,
                            .scale = 2,
                            .default_value = "0.00",
                            .declared_type = "decimal(18,2)"});
  schema.columns.push_back({.name = "Kind",
                            .type = SourceType::kEnum,
                            .charset = "utf8mb4",
                            .labels = {"a", "b'c"},
                            .declared_type = "enum('a','b''c')"});
  return schema;
}

TEST(TableSchema, JsonRoundTripsExactly) {
  EXPECT_EQ(TableSchemaFromJson(ToJson(Shop())).value(), Shop());
  const std::vector<ColumnChange> changes = {ColumnAdded{"x", "5"}, ColumnAdded{"y", {}},
                                             ColumnDropped{"z"}, ColumnRenamed{"p", "q"},
                                             ColumnRetyped{"r"}};
  EXPECT_EQ(ColumnChangesFromJson(ToJson(changes)).value(), changes);
}

TEST(TableSchema, BinaryDefaultsKeepTheirBytes) {
  const std::string bytes("\x00\xff\x7f", 3);
  const std::vector<ColumnChange> changes = {ColumnAdded{"x", bytes}};
  EXPECT_EQ(ColumnChangesFromJson(ToJson(changes)).value(), changes);
  TableSchema schema = Shop();
  schema.columns[0].default_value = bytes;
  EXPECT_EQ(TableSchemaFromJson(ToJson(schema)).value(), schema);
}

TEST(TableSchema, DamagedJsonIsRefused) {
  EXPECT_FALSE(TableSchemaFromJson("{"));
  EXPECT_FALSE(TableSchemaFromJson(R"({"key_kind":"primary","columns":[],"key":[0]})"));
}

TEST(TableSchema, NamesAreFoundWithoutCase) {
  EXPECT_EQ(Shop().FindColumn("price"), 1U);
  EXPECT_EQ(Shop().FindColumn("cost"), std::nullopt);
}

TEST(ArrowTypes, NothingLosesPrecision) {
  const auto type_of = [](ColumnSchema column) { return ArrowTypeOf(column)->ToString(); };
  EXPECT_EQ(type_of({.type = SourceType::kBigInt, .is_unsigned = true}), "decimal128(20, 0)");
  EXPECT_EQ(type_of({.type = SourceType::kDecimal, .length = 65, .scale = 30}), "string");
  EXPECT_EQ(type_of({.type = SourceType::kDecimal, .length = 38, .scale = 30}),
            "decimal128(38, 30)");
  EXPECT_EQ(type_of({.type = SourceType::kTinyInt, .is_unsigned = true}), "int16");
  EXPECT_EQ(type_of({.type = SourceType::kBit, .length = 1}), "bool");
}

}  // namespace
}  // namespace foreset
