// SPDX-License-Identifier: MIT
// Tables that other writers made. They are no part of the project: where they are absent, the tests
// are skipped. FORESET_DELTA_TABLES names their folder.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "foreset/base/hash128.h"
#include "foreset/columnar/parquet_file.h"
#include "foreset/delta/scan_projection.h"
#include "foreset/delta/snapshot.h"
#include "foreset/delta/table_scan.h"
#include "foreset/storage/local/local_store.h"

namespace foreset::delta {
namespace {

namespace fs = std::filesystem;

// One digest a row; sorted, so that two tables are equal when these are.
using Rows = std::vector<Hash128>;

fs::path Corpus() {
  const char* place = std::getenv("FORESET_DELTA_TABLES");
  return fs::absolute(place != nullptr ? place : "../shared/data/delta-tables").lexically_normal();
}

void AppendRows(const arrow::RecordBatch& batch, Rows& rows) {
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    std::string text;
    for (const auto& column : batch.columns()) {
      text += (*column->GetScalar(row))->ToString() + '\x1F';
    }
    rows.push_back(HashBytes(text));
  }
}

struct TableRead {
  std::shared_ptr<const Snapshot> snapshot;
  Rows rows;
};

Result<TableRead> ReadTable(const fs::path& folder) {
  const auto store = std::make_shared<LocalStore>(folder.string());
  TableRead table;
  table.snapshot = TRY(Snapshot::Load(store));
  RETURN_IF_ERROR(ScanTable(*store, *table.snapshot, {}, [&](const ScannedBatch& scanned) {
    EXPECT_TRUE(scanned.batch->ValidateFull().ok());
    AppendRows(*scanned.batch, table.rows);
    return Status();
  }));
  std::ranges::sort(table.rows);
  return table;
}

// The columns of the schema out of a batch of expected rows, in its types.
std::shared_ptr<arrow::RecordBatch> AsTable(const arrow::RecordBatch& batch,
                                            const std::shared_ptr<arrow::Schema>& schema) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (const auto& field : schema->fields()) {
    const auto at = FindFileField(batch.schema()->fields(), *field, ColumnMappingMode::kNone);
    const auto column = at ? ProjectColumn(batch.column(*at), *field, ColumnMappingMode::kNone)
                           : NullColumn(field->type(), batch.num_rows());
    EXPECT_TRUE(at && column) << field->name();
    columns.push_back(*column);
  }
  return arrow::RecordBatch::Make(schema, batch.num_rows(), std::move(columns));
}

Rows ReadExpected(const fs::path& folder, const std::shared_ptr<arrow::Schema>& schema) {
  const LocalStore store(folder.string());
  const std::vector<ObjectInfo> objects = *store.List("", "");
  Rows rows;
  for (const ObjectInfo& info : objects) {
    if (!info.path.ends_with(".parquet")) continue;
    const auto file = *ParquetFile::Open(store, info.path);
    const auto batches = *file->Read({});
    while (const auto batch = *batches->Next()) AppendRows(*AsTable(*batch, schema), rows);
  }
  std::ranges::sort(rows);
  return rows;
}

// Tables with their rows beside them.
TEST(ForeignTables, GiveTheRowsThatTheirWritersMeant) {
  ASSERT_TRUE(fs::exists(Corpus())) << "no foreign tables in " << Corpus();
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(Corpus() / "golden")) {
    if (!fs::exists(entry.path() / "expected")) continue;
    const auto table = ReadTable(entry.path() / "delta");
    ASSERT_TRUE(table) << entry.path() << ": " << table.error().ToString();
    EXPECT_TRUE(table->rows == ReadExpected(entry.path() / "expected", table->snapshot->schema()))
        << entry.path();
    ++compared;
  }
  EXPECT_GT(compared, 30);
}

// Tables without; the counts are those that Spark reads.
TEST(ForeignTables, HaveAsManyRowsAsTheirWritersSay) {
  ASSERT_TRUE(fs::exists(Corpus())) << "no foreign tables in " << Corpus();
  const std::pair<const char*, std::size_t> tables[] = {
      {"golden/canonicalized-paths-normal-b/delta", 0},
      {"golden/canonicalized-paths-special-b/delta", 0},
      {"kernel-java/basic-dv-no-checkpoint", 8},
      {"kernel-java/basic-dv-with-checkpoint", 454},
      {"kernel-java/basic-with-checkpoint", 150},
      {"kernel-java/column-mapping-id", 20},
      {"kernel-java/data-reader-partition-values-column-mapping-name", 3},
      {"kernel-java/data-reader-primitives-column-mapping-name", 11},
      {"kernel-java/kernel-pagination-all-jsons", 150},
      {"kernel-java/kernel-pagination-multi-part-checkpoints", 2000},
      {"kernel-java/kernel-pagination-single-checkpoint", 130},
      {"kernel-java/kernel-pagination-v2-checkpoint-json", 210},
      {"kernel-java/kernel-pagination-v2-checkpoint-parquet", 210},
      {"kernel-java/spark-shredded-variant-preview-delta", 102},
      {"kernel-java/spark-variant-checkpoint", 102},
      {"spark/dbr_8_0_non_generated_columns", 0},
      {"spark/dbr_8_1_generated_columns", 0},
      {"spark/delta-0.1.0", 3},
      {"spark/delta-1.2.1", 33},
      {"spark/history/delta-0.2.0", 6},
      {"spark/identity_test_written_by_version_5", 3},
      {"spark/transaction_log_schema_evolvability", 18},
      {"spark/variant-stats-nested-no-checkpoint", 10},
      {"spark/variant-stats-no-checkpoint", 10},
      {"spark/variant-stats-state-reconstruction", 1},
      {"spark/variant-stats-with-struct-no-checkpoint", 10},
  };
  for (const auto& [path, rows] : tables) {
    const auto table = ReadTable(Corpus() / path);
    ASSERT_TRUE(table) << path << ": " << table.error().ToString();
    EXPECT_EQ(table->rows.size(), rows) << path;
  }
}

// Damaged tables, and those that need what is not there.
TEST(ForeignTables, AreRefusedWithAReasonWhereTheyCannotBeRead) {
  ASSERT_TRUE(fs::exists(Corpus())) << "no foreign tables in " << Corpus();
  struct Refusal {
    const char* path;
    ErrorCode code;
    const char* reason;
  };
  const Refusal refusals[] = {
      {"golden/deltalog-commit-info/delta", ErrorCode::kDeltaCorrupt, "'schemaString'"},
      {"golden/deltalog-invalid-protocol-version/delta", ErrorCode::kDeltaUnsupported,
       "reader version 99"},
      {"golden/deltalog-state-reconstruction-from-checkpoint-missing-protocol/delta",
       ErrorCode::kDeltaCorrupt, "checkpoint"},
      {"golden/deltalog-state-reconstruction-without-protocol/delta", ErrorCode::kDeltaCorrupt,
       "protocol"},
      {"golden/log-replay-special-characters-b/delta", ErrorCode::kDeltaCorrupt, "is gone"},
      {"golden/no-delta-log-folder/delta", ErrorCode::kDeltaTableNotFound, "no Delta table"},
      {"golden/versions-not-contiguous/delta", ErrorCode::kDeltaCorrupt, "version 1"},
      {"kernel-java/catalog-owned-preview", ErrorCode::kDeltaUnsupported, "catalogManaged"},
      {"kernel-java/json-files", ErrorCode::kDeltaTableNotFound, "no Delta table"},
      {"kernel-java/parquet", ErrorCode::kDeltaTableNotFound, "no Delta table"},
      {"kernel-java/spark-variant-stable-feature-checkpoint", ErrorCode::kDeltaCorrupt, "is gone"},
      // The names of their vectors' files are those of a test setting of their writer.
      {"spark/partitioned-table-with-dv-large", ErrorCode::kDeltaCorrupt, "is gone"},
      {"spark/table-with-dv-large", ErrorCode::kDeltaCorrupt, "is gone"},
      {"spark/table-with-dv-small", ErrorCode::kDeltaCorrupt, "is gone"},
      {"spark/table-with-dv-special-char", ErrorCode::kDeltaCorrupt, "is gone"},
  };
  for (const Refusal& refusal : refusals) {
    const auto table = ReadTable(Corpus() / refusal.path);
    ASSERT_FALSE(table) << refusal.path;
    EXPECT_EQ(table.error().code, refusal.code) << refusal.path;
    EXPECT_NE(table.error().message.find(refusal.reason), std::string::npos)
        << refusal.path << ": " << table.error().message;
  }
}

}  // namespace
}  // namespace foreset::delta
