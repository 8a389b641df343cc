// SPDX-License-Identifier: MIT
#include "foreset/cli/output/row_writer.h"

#include <sstream>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "foreset/cli/output/text_width.h"

namespace foreset::cli {
namespace {

// Three rows with the values that make trouble.
std::shared_ptr<arrow::RecordBatch> Rows() {
  arrow::Int64Builder id;
  arrow::StringBuilder name;
  arrow::Decimal128Builder price(arrow::decimal128(18, 2));
  arrow::BinaryBuilder bytes;
  arrow::DoubleBuilder ratio;
  (void)id.AppendValues({1, 9223372036854775807LL, 3});
  (void)name.AppendValues({"plain", "a \"b\", c|d\nnext", ""});
  (void)price.Append(arrow::Decimal128("1999999999999999.01"));
  (void)price.Append(arrow::Decimal128("-5"));
  (void)price.AppendNull();
  (void)bytes.Append("\x01\xFF", 2);
  (void)bytes.AppendNull();
  (void)bytes.Append("", 0);
  (void)ratio.AppendValues({0.1, 1e300, std::numeric_limits<double>::quiet_NaN()});
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("name", arrow::utf8()),
                     arrow::field("price", arrow::decimal128(18, 2)),
                     arrow::field("bytes", arrow::binary()),
                     arrow::field("ratio", arrow::float64())}),
      3,
      arrow::ArrayVector{*id.Finish(), *name.Finish(), *price.Finish(), *bytes.Finish(),
                         *ratio.Finish()});
}

std::string Written(OutputFormat format, const arrow::RecordBatch& batch) {
  std::ostringstream out;
  auto writer = MakeTextWriter(format, batch.schema(), out);
  EXPECT_TRUE(writer->Write(batch));
  EXPECT_TRUE(writer->Finish());
  return out.str();
}

TEST(RowWriter, JsonLinesKeepEveryValueExact) {
  EXPECT_EQ(Written(OutputFormat::kJsonLines, *Rows()),
            R"({"id":1,"name":"plain","price":"1999999999999999.01","bytes":"Af8=","ratio":0.1}
{"id":9223372036854775807,"name":"a \"b\", c|d\nnext","price":"-0.05","bytes":null,"ratio":1e+300}
{"id":3,"name":"","price":null,"bytes":"","ratio":"NaN"}
)");
}

TEST(RowWriter, DecimalsHaveNoExponentAndTimesAllTheirDigits) {
  arrow::Decimal128Builder small(arrow::decimal128(30, 10));
  for (const char* digits : {"0", "1", "-12345", "12345678901"}) {
    (void)small.Append(arrow::Decimal128(digits));
  }
  arrow::TimestampBuilder fine(arrow::timestamp(arrow::TimeUnit::NANO),
                               arrow::default_memory_pool());
  (void)fine.AppendValues({1'700'000'000'000'000'001, 1'700'000'000'123'456'000, -1, 0});
  const auto batch = arrow::RecordBatch::Make(
      arrow::schema({arrow::field("d", small.type()), arrow::field("t", fine.type())}), 4,
      arrow::ArrayVector{*small.Finish(), *fine.Finish()});
  EXPECT_EQ(Written(OutputFormat::kCsv, *batch), R"(d,t
0.0000000000,2023-11-14T22:13:20.000000001
0.0000000001,2023-11-14T22:13:20.123456
-0.0000012345,1969-12-31T23:59:59.999999999
1.2345678901,1970-01-01T00:00:00
)");
}

TEST(TextWidth, WideCharactersTakeTwoPlacesAndCombiningOnesNone) {
  EXPECT_EQ(DisplayWidth("Größe"), 5U);
  EXPECT_EQ(DisplayWidth("日本"), 4U);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U);
  EXPECT_EQ(CutToWidth("日本語", 6), "日本語");
  EXPECT_EQ(CutToWidth("日本語", 5), "日本…");
  EXPECT_EQ(CutToWidth("日本語", 4), "日…");
  EXPECT_EQ(CutToWidth("abcdef", 1), "…");
}

// Whatever the terminal's width, no line is wider, numbers are whole, and what is not shown is
// told.
TEST(RowWriter, ATableFitsTheTerminal) {
  for (const std::size_t places : {10UL, 20UL, 30UL, 44UL, 60UL, 80UL, 200UL}) {
    std::ostringstream out;
    auto writer = MakeTableWriter(Rows()->schema(), out, places);
    ASSERT_TRUE(writer->Write(*Rows()) && writer->Finish());
    std::string line;
    std::istringstream lines(out.str());
    std::size_t first_column = std::string("9223372036854775807").size();
    while (std::getline(lines, line) && !line.starts_with('(')) {
      EXPECT_LE(DisplayWidth(line), std::max(places, first_column)) << line;
    }
    EXPECT_TRUE(out.str().contains("9223372036854775807"));
    EXPECT_EQ(out.str().contains("columns fit"), places < 80) << out.str();
  }
}

TEST(RowWriter, ARecordIsALineForEachColumn) {
  std::ostringstream out;
  auto writer = MakeRecordWriter(*Rows()->schema(), out);
  ASSERT_TRUE(writer->Write(*Rows()->Slice(0, 2)) && writer->Finish());
  EXPECT_EQ(out.str(), R"(── row 1 ──
id     1
name   plain
price  1999999999999999.01
bytes  01ff
ratio  0.1
── row 2 ──
id     9223372036854775807
name   a "b", c|d
       next
price  -0.05
bytes  NULL
ratio  1e+300
(2 rows)
)");
}

TEST(RowWriter, JsonOfNoRowsIsAnEmptyArray) {
  EXPECT_EQ(Written(OutputFormat::kJson, *Rows()->Slice(0, 0)), "[]\n");
}

TEST(RowWriter, CsvTellsNullFromEmpty) {
  EXPECT_EQ(Written(OutputFormat::kCsv, *Rows()), R"(id,name,price,bytes,ratio
1,plain,1999999999999999.01,01ff,0.1
9223372036854775807,"a ""b"", c|d
next",-0.05,,1e+300
3,"",,"",NaN
)");
}

TEST(RowWriter, TableAlignsAndKeepsEachRowOnALine) {
  EXPECT_EQ(Written(OutputFormat::kTable, *Rows()->Slice(1, 1)),
            "                 id  name             price  bytes   ratio\n"
            "───────────────────  ───────────────  ─────  ─────  ──────\n"
            "9223372036854775807  a \"b\", c|d⏎next  -0.05  NULL   1e+300\n"
            "(1 row)\n");
}

TEST(RowWriter, MarkdownEscapesWhatWouldBreakItsTable) {
  EXPECT_EQ(Written(OutputFormat::kMarkdown, *Rows()->Slice(1, 1)),
            "| id | name | price | bytes | ratio |\n| ---: | --- | ---: | --- | ---: |\n"
            "| 9223372036854775807 | a \"b\", c\\|d<br>next | -0.05 | NULL | 1e+300 |\n");
}

// People's forms write out what would act on a terminal; programs' forms keep every byte.
TEST(RowWriter, WhatWouldActOnATerminalIsWrittenOutForPeople) {
  arrow::StringBuilder values;
  const std::string acting = "x\x1b[31m\u009b2J\u202etxt\r";
  ASSERT_TRUE(values.Append(acting).ok());
  const auto batch =
      arrow::RecordBatch::Make(arrow::schema({arrow::field("n\x1b[2J\u202e", arrow::utf8())}), 1,
                               arrow::ArrayVector{*values.Finish()});
  for (const OutputFormat form : {OutputFormat::kTable, OutputFormat::kMarkdown}) {
    const std::string written = Written(form, *batch);
    EXPECT_NE(written.find("x\\x1b[31m\\u{9b}2J\\u{202e}txt\\r"), std::string::npos) << written;
    EXPECT_NE(written.find("n\\x1b[2J\\u{202e}"), std::string::npos) << written;
    EXPECT_EQ(written.find('\x1b'), std::string::npos);
  }
  EXPECT_NE(Written(OutputFormat::kCsv, *batch).find(acting), std::string::npos);
}

TEST(RowWriter, NestedValuesAreJson) {
  auto id = std::make_shared<arrow::Int32Builder>();
  arrow::StructBuilder after(arrow::struct_({arrow::field("k", arrow::int32())}),
                             arrow::default_memory_pool(), {id});
  (void)after.Append();
  (void)id->Append(7);
  (void)after.AppendNull();
  const auto batch = arrow::RecordBatch::Make(arrow::schema({arrow::field("after", after.type())}),
                                              2, arrow::ArrayVector{*after.Finish()});
  EXPECT_EQ(Written(OutputFormat::kJsonLines, *batch), "{\"after\":{\"k\":7}}\n{\"after\":null}\n");
  EXPECT_EQ(Written(OutputFormat::kCsv, *batch), "after\n\"{\"\"k\"\":7}\"\n\n");
}

TEST(RowWriter, AClosedStreamIsAnError) {
  std::ostringstream out;
  auto writer = MakeTextWriter(OutputFormat::kCsv, Rows()->schema(), out);
  out.setstate(std::ios::badbit);
  EXPECT_EQ(writer->Write(*Rows()).error().code, ErrorCode::kOutputFailed);
}

}  // namespace
}  // namespace foreset::cli
