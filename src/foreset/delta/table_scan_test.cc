// SPDX-License-Identifier: MIT
#include "foreset/delta/table_scan.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/columnar/parquet_writer.h"
#include "foreset/delta/actions_json.h"
#include "foreset/delta/deletion_vector.h"
#include "foreset/delta/log_files.h"
#include "foreset/delta/schema_json.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::delta {
namespace {

class TableScanTest : public testing::Test {
 protected:
  static std::shared_ptr<arrow::RecordBatch> Rows(const arrow::Schema& schema,
                                                  const std::string& json) {
    const auto rows =
        arrow::json::ArrayFromJSONString(arrow::struct_(schema.fields()), json).ValueOrDie();
    return arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
  }
  AddFile Write(const std::string& path, const std::shared_ptr<arrow::Schema>& schema,
                const std::string& json) {
    auto writer = *ParquetWriter::Open(*store_, path, schema);
    EXPECT_TRUE(writer->Write(*Rows(*schema, json)));
    AddFile file;
    file.path = path;
    file.size_bytes = *writer->Finish();
    return file;
  }
  DeletionVectorDescriptor Deleted(const std::vector<std::uint64_t>& rows) {
    DeletionVector vector;
    for (const std::uint64_t row : rows) vector.Add(row);
    const auto written =
        WriteDeletionVectors(*store_, {&vector}, "d2c639aa-8816-431a-aaf6-d3fe2512ff61");
    EXPECT_TRUE(written) << written.error().message;
    return written->front();
  }
  void Commit(const arrow::Schema& schema, const std::vector<AddFile>& files,
              std::map<std::string, std::string> configuration = {},
              std::vector<std::string> partition_columns = {}) {
    Metadata metadata;
    metadata.schema_json = *SchemaToJson(schema);
    metadata.configuration = std::move(configuration);
    metadata.partition_columns = std::move(partition_columns);
    std::string text = ToJsonLine(Protocol{2, 5, {}, {}}) + "\n" + ToJsonLine(metadata) + "\n";
    for (const AddFile& file : files) text += ToJsonLine(file) + "\n";
    ASSERT_TRUE(store_->Put(CommitPath(Version(0)), AsBytes(text)));
    snapshot_ = *Snapshot::Load(store_);
  }
  // All rows, as JSON would give them.
  void ExpectRows(const arrow::Schema& schema, const std::string& json,
                  const ScanOptions& options = {}) {
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
    physical_.clear();
    const Status status = ScanTable(*store_, *snapshot_, options, [&](ScannedBatch scanned) {
      physical_.insert(physical_.end(), scanned.rows.begin(), scanned.rows.end());
      EXPECT_EQ(scanned.file, snapshot_->FindFile(scanned.file->path));
      batches.push_back(std::move(scanned.batch));
      return Status();
    });
    ASSERT_TRUE(status) << status.error().message;
    const auto expected = *arrow::Table::FromRecordBatches({Rows(schema, json)});
    const auto got = *arrow::Table::FromRecordBatches(expected->schema(), batches);
    EXPECT_TRUE(got->Equals(*expected)) << got->ToString();
  }
  Error Fault(const ScanOptions& options = {}) {
    const Status status =
        ScanTable(*store_, *snapshot_, options, [](const ScannedBatch&) { return Status(); });
    EXPECT_FALSE(status);
    return status ? Error() : status.error();
  }

  SystemClock clock_;
  std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>(clock_);
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<std::int64_t> physical_;
  const std::shared_ptr<arrow::Schema> two_ =
      arrow::schema({arrow::field("a", arrow::int64()), arrow::field("b", arrow::utf8())});
};

TEST_F(TableScanTest, AllFilesAreRead) {
  Commit(*two_, {Write("x", two_, R"([{"a":1,"b":"p"}])"), Write("y", two_, R"([{"a":2}])")});
  ExpectRows(*two_, R"([{"a":1,"b":"p"},{"a":2}])");
  EXPECT_EQ(physical_, (std::vector<std::int64_t>{0, 0}));
}

TEST_F(TableScanTest, AnEmptyTableHasNoRows) {
  Commit(*two_, {});
  ExpectRows(*two_, "[]");
}

TEST_F(TableScanTest, ColumnsComeInTheOrderWanted) {
  Commit(*two_, {Write("x", two_, R"([{"a":1,"b":"p"}])")});
  ScanOptions options;
  options.columns = {"b", "a"};
  ExpectRows(*arrow::schema({two_->field(1), two_->field(0)}), R"([{"b":"p","a":1}])", options);
  options.columns = {"c"};
  EXPECT_EQ(Fault(options).code, ErrorCode::kDeltaNoSuchColumn);
  options.columns.emplace();
  std::int64_t rows = 0;
  ASSERT_TRUE(ScanTable(*store_, *snapshot_, options, [&](const ScannedBatch& scanned) {
    rows += scanned.batch->num_rows();
    return Status();
  }));
  EXPECT_EQ(rows, 1);
}

TEST_F(TableScanTest, FilesMayBeLeftOut) {
  Commit(*two_, {Write("x", two_, R"([{"a":1}])"), Write("y", two_, R"([{"a":2}])")});
  ScanOptions options;
  options.keep_file = [](const AddFile& file) { return file.path == "y"; };
  ExpectRows(*two_, R"([{"a":2}])", options);
}

TEST_F(TableScanTest, ColumnsThatAFileLacksAreNull) {
  const auto one = arrow::schema({arrow::field("b", arrow::utf8())});
  Commit(*two_, {Write("x", one, R"([{"b":"p"}])")});
  ExpectRows(*two_, R"([{"a":null,"b":"p"}])");
}

TEST_F(TableScanTest, PartitionValuesAreFilledIn) {
  const auto table = arrow::schema(
      {two_->field(0), arrow::field("p", arrow::date32()), arrow::field("q", arrow::utf8())});
  AddFile file = Write("x", arrow::schema({two_->field(0)}), R"([{"a":1},{"a":2}])");
  file.partition_values = {{"p", "1970-01-03"}, {"q", std::nullopt}};
  Commit(*table, {file}, {}, {"p", "q"});
  ExpectRows(*table, R"([{"a":1,"p":2},{"a":2,"p":2}])");
  file.partition_values["p"] = "x";
  Commit(*table, {file}, {}, {"p", "q"});
  EXPECT_EQ(Fault().message,
            "reading x of the table: the partition value 'x' is no date32[day]");
}

TEST_F(TableScanTest, ColumnMappingFindsRenamedColumns) {
  const auto named = [](const char* name, const char* physical, const char* id) {
    return WithMetadata(WithMetadata(arrow::field(name, arrow::int64()), kPhysicalNameKey,
                                     fmt::format("\"{}\"", physical)),
                        kColumnIdKey, id);
  };
  const auto table = arrow::schema({named("a", "b", "1"), named("p", "col-p", "3")});
  const auto file_schema = arrow::schema({arrow::field("a", arrow::int64()),
                                          arrow::field("b", arrow::int64())});
  AddFile file = Write("x", file_schema, R"([{"a":1,"b":2}])");
  file.partition_values = {{"col-p", "7"}};
  Commit(*table, {file}, {{"delta.columnMapping.mode", "name"}}, {"p"});
  ExpectRows(*table, R"([{"a":2,"p":7}])");
}

TEST_F(TableScanTest, DeletedRowsAreHidden) {
  AddFile file = Write("x", two_, R"([{"a":0},{"a":1},{"a":2},{"a":3},{"a":4}])");
  file.deletion_vector = Deleted({0, 3});
  Commit(*two_, {file});
  ScanOptions options;
  for (const std::int64_t batch_rows : {1, 2, 100}) {
    options.batch_rows = batch_rows;
    ExpectRows(*two_, R"([{"a":1},{"a":2},{"a":4}])", options);
    EXPECT_EQ(physical_, (std::vector<std::int64_t>{1, 2, 4}));
  }
  options.include_deleted = true;
  ExpectRows(*two_, R"([{"a":0},{"a":1},{"a":2},{"a":3},{"a":4}])", options);
}

TEST_F(TableScanTest, OneFileCanBeRead) {
  Commit(*two_, {Write("x", two_, R"([{"a":1}])"), Write("y", two_, R"([{"a":2}])")});
  std::int64_t rows = 0;
  ASSERT_TRUE(ScanFile(*store_, *snapshot_, *snapshot_->FindFile("y"), {},
                       [&](const ScannedBatch& scanned) {
                         rows += scanned.batch->num_rows();
                         return Status();
                       }));
  EXPECT_EQ(rows, 1);
}

TEST_F(TableScanTest, PathsAreDecoded) {
  AddFile file = Write("p=a b/x%.parquet", two_, R"([{"a":1}])");
  file.path = "p=a%20b/x%25.parquet";
  Commit(*two_, {file});
  ExpectRows(*two_, R"([{"a":1}])");
}

TEST_F(TableScanTest, AMissingOrDamagedFileIsCorruption) {
  AddFile file;
  file.path = "gone";
  Commit(*two_, {file});
  EXPECT_EQ(Fault().kind, ErrorKind::kCorruption);
  EXPECT_TRUE(Fault().message.starts_with("reading gone of the table: a file of the table is gone"))
      << Fault().message;
  ASSERT_TRUE(store_->Put("gone", AsBytes("PAR1 no PAR1")));
  EXPECT_EQ(Fault().kind, ErrorKind::kCorruption);
}

TEST_F(TableScanTest, AnErrorOfTheSinkEndsTheScan) {
  Commit(*two_, {Write("x", two_, R"([{"a":1}])"), Write("y", two_, R"([{"a":2}])")});
  int calls = 0;
  const Status status = ScanTable(*store_, *snapshot_, {}, [&](const ScannedBatch&) -> Status {
    ++calls;
    return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "enough");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace foreset::delta
