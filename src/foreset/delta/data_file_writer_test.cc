// SPDX-License-Identifier: MIT
#include "foreset/delta/data_file_writer.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

#include "foreset/columnar/parquet_file.h"
#include "foreset/delta/schema_json.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::delta {
namespace {

std::shared_ptr<arrow::RecordBatch> Rows(const arrow::Schema& schema, const std::string& json) {
  const auto rows =
      arrow::json::ArrayFromJSONString(arrow::struct_(schema.fields()), json).ValueOrDie();
  return arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
}

TEST(DataFileWriterTest, MakesTheActionThatNamesTheFile) {
  const ManualClock clock(Timestamp(1'700'000'000'123'456));
  MemoryStore store(clock);
  const auto schema = arrow::schema({arrow::field("a b", arrow::int32())});
  auto writer = DataFileWriter::Open(store, "dir/part 1.parquet", schema).value();
  ASSERT_TRUE(writer->Write(*Rows(*schema, R"([{"a b":1},{"a b":null}])")));
  ASSERT_TRUE(writer->Write(*Rows(*schema, R"([{"a b":5}])")));
  EXPECT_EQ(writer->rows(), 3);
  const AddFile file = writer->Finish(clock.Now()).value();
  EXPECT_EQ(file.path, "dir/part%201.parquet");
  EXPECT_EQ(file.modification_time_ms, 1'700'000'000'123);
  EXPECT_TRUE(file.data_change);
  EXPECT_EQ(file.size_bytes,
            static_cast<std::int64_t>(store.Stat("dir/part 1.parquet")->size_bytes));
  EXPECT_EQ(file.stats_json, R"({"numRecords":3,"minValues":{"a b":1},"maxValues":{"a b":5},)"
                             R"("nullCount":{"a b":1}})");
}

TEST(DataFileWriterTest, ColumnMappingNamesAndNumbersTheColumns) {
  const SystemClock clock;
  MemoryStore store(clock);
  const auto map = [](std::shared_ptr<arrow::Field> field, const char* id, const char* name) {
    return WithMetadata(WithMetadata(field, kColumnIdKey, id), kPhysicalNameKey, name);
  };
  const auto inner = map(arrow::field("x", arrow::int32()), "2", "\"col-2\"");
  const auto schema =
      arrow::schema({map(arrow::field("s", arrow::struct_({inner})), "1", "\"col-1\"")});
  auto writer = DataFileWriter::Open(store, "f.parquet", schema).value();
  ASSERT_TRUE(writer->Write(*Rows(*schema, R"([{"s":{"x":7}}])")));
  EXPECT_EQ(writer->Finish(clock.Now())->stats_json,
            R"({"numRecords":1,"minValues":{"col-1":{"col-2":7}},)"
            R"("maxValues":{"col-1":{"col-2":7}},"nullCount":{"col-1":{"col-2":0}}})");
  const auto file = ParquetFile::Open(store, "f.parquet").value();
  EXPECT_EQ(file->FindFieldById(1), 0);
  const auto& field = *file->schema()->field(0);
  EXPECT_EQ(field.name(), "col-1");
  EXPECT_EQ(field.type()->field(0)->name(), "col-2");
  EXPECT_EQ(ParquetFieldId(*field.type()->field(0)), 2);
}

}  // namespace
}  // namespace foreset::delta
