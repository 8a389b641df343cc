// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/text_decoder.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "foreset/capture/mysql/column_type.h"
#include "foreset/capture/mysql/text_values.h"

namespace foreset::mysql {
namespace {

constexpr std::int64_t kMicros = 1'000'000;

TEST(TextValues, ReadTemporalsOfTheServersText) {
  EXPECT_EQ(ParseDate("1970-01-02"), 1);
  EXPECT_EQ(ParseDate("9999-12-31"), 2932896);
  EXPECT_EQ(ParseDate("2023-02-29"), std::nullopt);
  EXPECT_EQ(ParseDate("0000-00-00"), std::nullopt);
  EXPECT_EQ(ParseDateTime("1970-01-01 00:00:01.5"), kMicros * 3 / 2);
  EXPECT_EQ(ParseDateTime("1969-12-31 23:59:59.999999"), -1);
  EXPECT_EQ(ParseDateTime("2020-00-15 00:00:00"), std::nullopt);
  EXPECT_EQ(ParseTime("-838:59:59"), -(838 * 3600 + 59 * 60 + 59) * kMicros);
  EXPECT_EQ(ParseTime("-00:00:00.5"), -kMicros / 2);
  EXPECT_EQ(ParseTime("12:34"), std::nullopt);
}

TEST(TextValues, ReadDecimalsWithoutLoss) {
  EXPECT_TRUE(ParseDecimal("-12.50", 2) == Int128{-1250});
  EXPECT_TRUE(ParseDecimal("0.05", 2) == Int128{5});
  EXPECT_FALSE(ParseDecimal("1.5", 2));
  const auto wide = ParseDecimal("99999999999999999999999999999999999999", 0);
  ASSERT_TRUE(wide);
  EXPECT_TRUE(*wide / 10 % 10 == 9);
  EXPECT_FALSE(ParseDecimal("999999999999999999999999999999999999999", 0));
}

// One row of one column, as it comes out.
struct Decoded {
  std::string value;
  std::vector<RescuedValue> rescued;
};

Decoded Decode(std::string_view type, std::string_view text) {
  auto schema = std::make_shared<TableSchema>();
  ColumnSchema column{.name = "c"};
  AssignType(*ParseColumnType(type, false), column);
  schema->columns.push_back(column);
  TextDecoder decoder(schema);
  const char* const value = text.data();
  const unsigned long length = text.size();  // NOLINT(google-runtime-int)
  EXPECT_TRUE(decoder.Append({{&value, 1}, {&length, 1}}));
  Decoded decoded;
  const auto batch = decoder.Finish(decoded.rescued);
  EXPECT_TRUE(batch);
  const auto scalar = *(*batch)->column(0)->GetScalar(0);
  decoded.value = scalar->is_valid ? scalar->ToString() : "NULL";
  return decoded;
}

TEST(TextDecoder, KeepsEveryTypeExact) {
  EXPECT_EQ(Decode("tinyint(1)", "-128").value, "-128");
  EXPECT_EQ(Decode("bigint unsigned", "18446744073709551615").value, "18446744073709551615");
  EXPECT_EQ(Decode("decimal(20,3)", "-0.125").value, "-0.125");
  EXPECT_EQ(Decode("decimal(65,2)", "123456789012345678901234567890123456789012345.67").value,
            "123456789012345678901234567890123456789012345.67");
  EXPECT_EQ(Decode("float", "16777217.5").value, "16777218");
  EXPECT_EQ(Decode("bit(1)", std::string_view("\1", 1)).value, "true");
  EXPECT_EQ(Decode("bit(1)", std::string_view("\0", 1)).value, "false");
  EXPECT_EQ(Decode("year(4)", "2155").value, "2155");
  EXPECT_EQ(Decode("varchar(10)", "ü").value, "ü");
  EXPECT_EQ(Decode("time(3)", "00:00:01.500").value, "1500000");
}

TEST(TextDecoder, RescuesWhatTheLakeTypeCannotHold) {
  const Decoded decoded = Decode("date", "0000-00-00");
  EXPECT_EQ(decoded.value, "NULL");
  ASSERT_EQ(decoded.rescued.size(), 1U);
  EXPECT_EQ(decoded.rescued[0].text, "0000-00-00");
  EXPECT_EQ(decoded.rescued[0].column, "c");
}

TEST(TextDecoder, AsksForFloatsAsDoubles) {
  TableSchema schema;
  schema.columns.push_back({.name = "a`b", .type = SourceType::kFloat});
  schema.columns.push_back({.name = "c", .type = SourceType::kInt});
  EXPECT_EQ(SelectList(schema), "`a``b`*1E0,`c`");
}

}  // namespace
}  // namespace foreset::mysql
