// SPDX-License-Identifier: MIT
#include "foreset/columnar/variant_column.h"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

namespace foreset {
namespace {

using TypePtr = std::shared_ptr<arrow::DataType>;

// Values of one byte and their dictionary, in JSON's escapes.
constexpr const char* kNoKeys = R"("\u0001\u0000\u0000")";
constexpr const char* kKeyA = R"("\u0001\u0001\u0000\u0001a")";
constexpr const char* kTrue = R"("\u0004")";
constexpr const char* kNull = R"("\u0000")";
constexpr const char* kObject = R"("\u0002\u0001\u0000\u0000\u0001\u0004")";  // {"a":true}

TypePtr Group(const arrow::FieldVector& typed, TypePtr value = arrow::binary()) {
  arrow::FieldVector fields{arrow::field("value", std::move(value)),
                            arrow::field("metadata", arrow::binary())};
  fields.insert(fields.end(), typed.begin(), typed.end());
  return arrow::struct_(fields);
}

TypePtr Shredded(TypePtr type) { return Group({arrow::field("typed_value", std::move(type))}); }

// A member of an object or an element of an array.
TypePtr Inner(TypePtr type) {
  return arrow::struct_(
      {arrow::field("value", arrow::binary()), arrow::field("typed_value", std::move(type))});
}

std::string Row(const std::string& value, const std::string& typed = "",
                const std::string& metadata = kNoKeys) {
  return R"({"metadata":)" + metadata + R"(,"value":)" + value +
         (typed.empty() ? "" : R"(,"typed_value":)" + typed) + "}";
}

Result<std::shared_ptr<arrow::Array>> Texts(const TypePtr& type, const std::string& rows) {
  return VariantTexts(arrow::json::ArrayFromJSONString(type, "[" + rows + "]").ValueOrDie());
}

void ExpectTexts(const TypePtr& type, const std::string& rows, const std::string& texts) {
  const auto got = Texts(type, rows);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_TRUE((*got)->ValidateFull().ok());
  const auto wanted =
      arrow::json::ArrayFromJSONString(arrow::large_utf8(), "[" + texts + "]").ValueOrDie();
  EXPECT_TRUE((*got)->Equals(wanted)) << (*got)->ToString();
}

void ExpectDamage(const TypePtr& type, const std::string& rows) {
  const auto got = Texts(type, rows);
  ASSERT_FALSE(got) << (*got)->ToString();
  EXPECT_EQ(got.error().kind, ErrorKind::kCorruption);
}

TEST(VariantColumnTest, NoVariantAndAVariantThatIsNullDiffer) {
  ExpectTexts(Group({}), Row(kTrue) + ",null," + Row(kNull), R"("true",null,"null")");
  ExpectTexts(Group({}, arrow::large_binary()), Row(kTrue), R"("true")");
}

TEST(VariantColumnTest, AColumnMayBeASliceOfAnother) {
  const auto whole =
      arrow::json::ArrayFromJSONString(Shredded(arrow::int64()),
                                       "[" + Row("null", "1") + "," + Row("null", "2") + ",null]")
          .ValueOrDie();
  const auto texts = VariantTexts(whole->Slice(1));
  ASSERT_TRUE(texts) << texts.error().message;
  EXPECT_EQ((*texts)->length(), 2);
  EXPECT_EQ((*texts)->GetScalar(0).ValueOrDie()->ToString(), "2");
}

TEST(VariantColumnTest, ShreddedScalarsReadLikeOthers) {
  for (const auto& [type, value, text] : std::vector<std::tuple<TypePtr, std::string, std::string>>{
           {arrow::boolean(), "true", R"("true")"},
           {arrow::int8(), "-1", R"("-1")"},
           {arrow::int16(), "300", R"("300")"},
           {arrow::int32(), "7", R"("7")"},
           {arrow::int64(), "9223372036854775807", R"("9223372036854775807")"},
           {arrow::float32(), "0.1", R"("0.1")"},
           {arrow::float64(), "1e10", R"("1.0E10")"},
           {arrow::decimal128(5, 2), R"("1.50")", R"("1.5")"},
           {arrow::date32(), "1", R"("\"1970-01-02\"")"},
           {arrow::time64(arrow::TimeUnit::MICRO), "500000", R"("\"00:00:00.5\"")"},
           {arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "0",
            R"("\"1970-01-01 00:00:00+00:00\"")"},
           {arrow::timestamp(arrow::TimeUnit::NANO), "1", R"("\"1970-01-01 00:00:00.000000001\"")"},
           {arrow::utf8(), R"("x")", R"("\"x\"")"},
           {arrow::large_utf8(), R"("x")", R"("\"x\"")"},
           {arrow::dictionary(arrow::int32(), arrow::utf8()), R"("x")", R"("\"x\"")"},
           {arrow::binary(), R"("x")", R"("\"eA==\"")"},
           {arrow::fixed_size_binary(16), R"("0123456789abcdef")",
            R"("\"30313233-3435-3637-3839-616263646566\"")"}}) {
    ExpectTexts(Shredded(type), Row("null", value) + "," + Row(kTrue, "null"), text + R"(,"true")");
  }
}

TEST(VariantColumnTest, ShreddedObjectsAreMergedByKey) {
  const TypePtr type = Shredded(arrow::struct_(
      {arrow::field("b", Inner(arrow::int64())), arrow::field("A", Inner(arrow::utf8()))}));
  const std::string both =
      R"({"b":{"value":null,"typed_value":5},"A":{"value":null,"typed_value":"x"}})";
  const std::string one = std::string(R"({"b":{"value":)") + kNull +
                          R"(,"typed_value":null},"A":)" + R"({"value":null,"typed_value":null}})";
  ExpectTexts(type, Row("null", both), R"("{\"A\":\"x\",\"b\":5}")");
  ExpectTexts(type, Row(kObject, both, kKeyA), R"("{\"A\":\"x\",\"a\":true,\"b\":5}")");
  ExpectTexts(type, Row("null", one), R"("{\"b\":null}")");
  ExpectTexts(type, Row(kTrue, "null"), R"("true")");
  ExpectDamage(type, Row(kTrue, both));
}

TEST(VariantColumnTest, AMemberThatIsThereTwiceIsDamage) {
  const TypePtr type = Shredded(arrow::struct_({arrow::field("a", Inner(arrow::int64()))}));
  ExpectDamage(type, Row(kObject, R"({"a":{"value":null,"typed_value":5}})", kKeyA));
}

TEST(VariantColumnTest, ShreddedArraysKeepTheirOrder) {
  const TypePtr type = Shredded(arrow::list(Inner(arrow::int64())));
  const std::string element = R"({"value":null,"typed_value":2})";
  const std::string other = std::string(R"({"value":)") + kTrue + R"(,"typed_value":null})";
  ExpectTexts(type, Row("null", "[" + element + "," + other + "]") + "," + Row("null", "[]"),
              R"("[2,true]","[]")");
  ExpectDamage(type, Row("null", R"([{"value":null,"typed_value":null}])"));
}

TEST(VariantColumnTest, GroupsOfAnotherShapeAreDamage) {
  ExpectDamage(arrow::int64(), "1");
  ExpectDamage(arrow::struct_({arrow::field("value", arrow::binary())}), "");
  ExpectDamage(Group({}, arrow::int64()), "");
  ExpectDamage(Group({arrow::field("other", arrow::int64())}), "");
  ExpectDamage(Shredded(arrow::uint8()), "");
  ExpectDamage(Shredded(arrow::list(arrow::int64())), "");
  ExpectDamage(Shredded(arrow::int64()), Row("null", "null"));
  ExpectDamage(Group({}), Row(kTrue, "", "null"));
}

}  // namespace
}  // namespace foreset
