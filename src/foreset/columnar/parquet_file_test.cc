// SPDX-License-Identifier: MIT
#include "foreset/columnar/parquet_file.h"

#include <cstring>
#include <random>
#include <string>

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>
#include <parquet/metadata.h>

#include "foreset/columnar/parquet_writer.h"
#include "foreset/storage/memory/faulty_store.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset {
namespace {

class ParquetFileTest : public testing::Test {
 protected:
  std::shared_ptr<arrow::RecordBatch> Rows(const std::string& json) const {
    const auto rows =
        arrow::json::ArrayFromJSONString(arrow::struct_(schema_->fields()), json).ValueOrDie();
    return arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
  }
  std::int64_t Write(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                     const ParquetWriteOptions& options = {}) {
    auto writer = ParquetWriter::Open(*store_, "f", schema_, options).value();
    for (const auto& batch : batches) {
      const auto written = writer->Write(*batch);
      EXPECT_TRUE(written) << written.error().ToString();
    }
    return writer->Finish().value();
  }
  std::shared_ptr<arrow::Table> ReadAll(const ParquetReadOptions& options = {}) {
    const auto file = ParquetFile::Open(*store_, "f").value();
    const auto stream = file->Read(options).value();
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
    while (auto batch = stream->Next().value()) batches.push_back(batch);
    return arrow::Table::FromRecordBatches(batches).ValueOrDie();
  }

  SystemClock clock_;
  std::shared_ptr<FaultyStore> store_ =
      std::make_shared<FaultyStore>(std::make_shared<MemoryStore>(clock_));
  std::shared_ptr<arrow::Schema> schema_ = arrow::schema(
      {WithParquetFieldId(arrow::field("id", arrow::int64(), false), 7),
       arrow::field("name", arrow::utf8()), arrow::field("price", arrow::decimal128(18, 2)),
       arrow::field("at", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
       arrow::field("row", arrow::struct_({arrow::field("x", arrow::decimal128(30, 1)),
                                           arrow::field("y", arrow::list(arrow::float32()))}))});
  const std::string row_ =
      R"({"id":1,"name":"ä","price":"-1.25","at":"2026-01-01","row":{"x":"1.5","y":[1,null]}})";
  const std::string nulls_ = R"({"id":2,"name":null,"price":null,"at":null,"row":null})";
};

TEST_F(ParquetFileTest, AllTypesRoundTripOverRowGroups) {
  const auto batch = Rows("[" + row_ + "," + nulls_ + "]");
  const std::int64_t size =
      Write({batch, batch, batch}, {.row_group_rows = 1L << 20, .row_group_bytes = 1});
  EXPECT_EQ(store_->Stat("f")->size_bytes, static_cast<std::uint64_t>(size));
  const auto table = ReadAll();
  EXPECT_TRUE(table->schema()->Equals(*schema_)) << table->schema()->ToString();
  EXPECT_TRUE(table->Equals(*arrow::Table::FromRecordBatches({batch, batch, batch}).ValueOrDie()));
}

TEST_F(ParquetFileTest, FieldsAreFoundByNameAndIdAndProjectedInTheOrderWanted) {
  Write({Rows("[" + row_ + "]")});
  const auto file = ParquetFile::Open(*store_, "f").value();
  EXPECT_EQ(file->FindField("row"), 4);
  EXPECT_EQ(file->FindField("x"), std::nullopt);
  EXPECT_EQ(file->FindFieldById(7), 0);
  EXPECT_EQ(file->FindFieldById(8), std::nullopt);
  const auto table = ReadAll({.fields = std::vector{4, 0}});
  EXPECT_EQ(table->schema()->field_names(), (std::vector<std::string>{"row", "id"}));
  const auto nothing = ReadAll({.fields = std::vector<int>{}});
  EXPECT_EQ(nothing->num_rows(), 1);
}

TEST_F(ParquetFileTest, BatchesAreBounded) {
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches(10, Rows("[" + row_ + "]"));
  Write(batches);
  const auto file = ParquetFile::Open(*store_, "f").value();
  EXPECT_EQ(file->rows(), 10);
  const auto again = ParquetFile::Open(*store_, "f", file->footer()).value();
  const auto stream = again->Read({.fields = {}, .batch_rows = 4}).value();
  EXPECT_EQ(stream->Next().value()->num_rows(), 4);
  EXPECT_EQ(stream->Next().value()->num_rows(), 4);
  EXPECT_EQ(stream->Next().value()->num_rows(), 2);
  EXPECT_EQ(stream->Next().value(), nullptr);
}

TEST_F(ParquetFileTest, AnEmptyFileHasItsSchema) {
  Write({});
  const auto file = ParquetFile::Open(*store_, "f").value();
  EXPECT_EQ(file->rows(), 0);
  EXPECT_EQ(file->schema()->num_fields(), 5);
  EXPECT_EQ(file->Read({}).value()->Next().value(), nullptr);
}

TEST_F(ParquetFileTest, NullsWhereNoneMayBeAreRefused) {
  auto writer = ParquetWriter::Open(*store_, "f", schema_).value();
  auto relaxed = arrow::schema({arrow::field("id", arrow::int64())});
  auto fields = schema_->fields();
  fields[0] = relaxed->field(0);
  const auto rows =
      arrow::json::ArrayFromJSONString(arrow::struct_(fields), R"([{"id":null}])").ValueOrDie();
  const auto batch = arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
  EXPECT_EQ(writer->Write(*batch).error().code, ErrorCode::kColumnNotNull);
  writer.reset();
  EXPECT_FALSE(store_->Stat("f"));
}

// What the library holds of a large value beside the batch that it is given: the encoder's, the
// page and the page compressed, of one column at a time.
TEST_F(ParquetFileTest, LargeValuesAreHeldThreeTimesAtMost) {
  constexpr std::int64_t kMiB = 1L << 20U;
  constexpr std::int64_t kValue = 12 * kMiB;
  std::string noise(kValue, ' ');  // that nothing compresses
  std::mt19937 random(1);
  for (char& c : noise) c = static_cast<char>('!' + random() % 90);
  schema_ = arrow::schema(
      {arrow::field("text", arrow::utf8()),
       arrow::field("image", arrow::struct_({arrow::field("bytes", arrow::binary())}))});
  const auto batch_of = [&](const std::string& text, const std::string& bytes) {
    arrow::StringBuilder texts;
    arrow::BinaryBuilder images;
    EXPECT_TRUE(texts.Append(text).ok() && images.Append(bytes).ok());
    const auto image = arrow::StructArray::Make({images.Finish().ValueOrDie()},
                                                schema_->field(1)->type()->fields());
    return arrow::RecordBatch::Make(schema_, 1, {texts.Finish().ValueOrDie(), image.ValueOrDie()});
  };
  const std::vector batches{batch_of(noise, noise), batch_of("x", "y"), batch_of(noise, noise)};
  const std::int64_t before = arrow::default_memory_pool()->bytes_allocated();
  Write(batches);
  EXPECT_LE(arrow::default_memory_pool()->max_memory() - before, 3 * kValue + 4 * kMiB);
  EXPECT_TRUE(ReadAll()->Equals(*arrow::Table::FromRecordBatches(batches).ValueOrDie()));
}

TEST_F(ParquetFileTest, ABatchWithTheFirstLargeValuesOfAColumnDoesNotSuit) {
  schema_ = arrow::schema({arrow::field("a", arrow::utf8()), arrow::field("b", arrow::utf8())});
  const std::string large(ParquetWriter::kLargeValueBytes, 'x');
  const auto batch_of = [&](const std::string& a, const std::string& b) {
    return Rows(R"([{"a":")" + a + R"(","b":")" + b + R"("}])");
  };
  auto writer = ParquetWriter::Open(*store_, "f", schema_).value();
  EXPECT_TRUE(writer->Suits(*batch_of(large, large)));
  ASSERT_TRUE(writer->Write(*batch_of(large, "y")));
  EXPECT_TRUE(writer->Suits(*batch_of(large, "y")));
  EXPECT_TRUE(writer->Suits(*batch_of("y", "y")));
  EXPECT_FALSE(writer->Suits(*batch_of("y", large)));
}

TEST_F(ParquetFileTest, PagesAndRowGroupsOfLargeRowsAreBoundedByBytes) {
  schema_ = arrow::schema({arrow::field("name", arrow::utf8())});
  const std::string text(100'000, 'x');
  std::string json;
  for (int i = 0; i < 100; ++i) {
    json += (i == 0 ? "[" : ",") + (R"({"name":")" + std::to_string(i) + text + R"("})");
  }
  const auto batch = Rows(json + "]");
  Write({batch}, {.row_group_rows = 1L << 20, .row_group_bytes = 3L << 20U});
  EXPECT_EQ(ParquetFile::Open(*store_, "f").value()->footer()->num_row_groups(), 4);
  EXPECT_TRUE(ReadAll()->Equals(*arrow::Table::FromRecordBatches({batch}).ValueOrDie()));
}

TEST_F(ParquetFileTest, DamagedBytesAreCorruptionNamingThePath) {
  Write({Rows("[" + row_ + "]")});
  const std::string good = store_->Read("f").value();
  const std::string half = good.substr(0, good.size() / 2);
  for (const std::string& bad :
       {std::string(), std::string("PAR1"), half, std::string(good.size(), 'x')}) {
    ASSERT_TRUE(store_->Put("f", AsBytes(bad)));
    const auto file = ParquetFile::Open(*store_, "f");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::kParquetDamaged);
    EXPECT_TRUE(file.error().message.contains("reading f"));
  }
}

// The pages' checksums; what stands around the pages is checked by its own structure.
TEST_F(ParquetFileTest, NoFlippedBitOfAPageBecomesAnotherValue) {
  Write({Rows("[" + row_ + "," + nulls_ + "," + row_ + "]")});
  const std::string good = store_->Read("f").value();
  const auto rows = ReadAll();
  constexpr std::size_t kTail = 8;  // length of the footer, magic number
  std::uint32_t footer = 0;
  std::memcpy(&footer, good.data() + good.size() - kTail, sizeof(footer));
  std::size_t refused = 0;
  for (std::size_t at = 4; at < good.size() - kTail - footer; ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1U << (at % 8)));
    ASSERT_TRUE(store_->Put("f", AsBytes(bad)));
    const auto stream = ParquetFile::Open(*store_, "f").value()->Read({});
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
    auto batch = stream ? (*stream)->Next() : std::unexpected(stream.error());
    for (; batch && *batch != nullptr; batch = (*stream)->Next()) batches.push_back(*batch);
    if (!batch) {
      ++refused;
      continue;
    }
    const auto read = arrow::Table::FromRecordBatches(rows->schema(), batches).ValueOrDie();
    EXPECT_TRUE(read->Equals(*rows)) << "byte " << at;
  }
  EXPECT_GT(refused, 0U);
}

TEST_F(ParquetFileTest, FailuresOfTheStorePassThrough) {
  store_->FailStep(1, Fault::kLostBefore);
  auto writer = ParquetWriter::Open(*store_, "f", schema_).value();
  EXPECT_EQ(writer->Finish().error().kind, ErrorKind::kTransient);
  Write({Rows("[" + row_ + "]")});
  store_->FailReads(1);
  EXPECT_EQ(ParquetFile::Open(*store_, "f").error().kind, ErrorKind::kTransient);
  EXPECT_EQ(ParquetFile::Open(*store_, "g").error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace foreset
