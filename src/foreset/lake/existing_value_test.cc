// SPDX-License-Identifier: MIT
#include "foreset/lake/existing_value.h"

#include <arrow/scalar.h>
#include <gtest/gtest.h>

namespace foreset::lake {
namespace {

ColumnSchema Column(SourceType type, std::uint32_t length = 0) {
  ColumnSchema column;
  column.name = "x";
  column.type = type;
  column.length = length;
  return column;
}

std::string Bytes(const ColumnSchema& column, std::string_view text) {
  const auto value = ParseExistingValue(column, text, DateTimeAs::kWallClock);
  EXPECT_TRUE(value);
  return static_cast<const arrow::BinaryScalar&>(**value).value->ToString();
}

TEST(ParseExistingValue, BitsAreToldInDigitsOrAsTheBytesThatEarlierVersionsRecorded) {
  const ColumnSchema eight = Column(SourceType::kBit, 8);
  EXPECT_EQ(Bytes(eight, "b'00110000'"), "0");
  EXPECT_EQ(Bytes(eight, "0"), "0");
  EXPECT_EQ(Bytes(eight, "b"), "b");
  EXPECT_EQ(Bytes(Column(SourceType::kBit, 40), "b'1'x"), "b'1'x");
  EXPECT_EQ(Bytes(Column(SourceType::kBit, 64), "b'" + std::string(64, '1') + "'"),
            std::string(8, '\xFF'));
  const auto one = ParseExistingValue(Column(SourceType::kBit, 1), "b'1'", DateTimeAs::kWallClock);
  ASSERT_TRUE(one);
  EXPECT_TRUE(static_cast<const arrow::BooleanScalar&>(**one).value);
}

TEST(ParseExistingValue, AFloatIsRoundedFromTheDoubleThatItsTextIs) {
  const auto value =
      ParseExistingValue(Column(SourceType::kFloat), "0.10000000149011612", DateTimeAs::kWallClock);
  ASSERT_TRUE(value);
  EXPECT_EQ(static_cast<const arrow::FloatScalar&>(**value).value, 0.1F);
}

}  // namespace
}  // namespace foreset::lake
