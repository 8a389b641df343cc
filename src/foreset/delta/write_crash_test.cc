// SPDX-License-Identifier: MIT
#include <arrow/api.h>
#include <gtest/gtest.h>

#include "foreset/delta/checkpoint_writer.h"
#include "foreset/delta/data_file_writer.h"
#include "foreset/delta/deletion_vector.h"
#include "foreset/delta/write_testing.h"

namespace foreset::delta {
namespace {

// Upserts one row again and again: the new row in a new file, the old one in a deletion vector.
class WriteCrashTest : public WriteFixture {
 protected:
  // The next upsert after what the table says it has; nothing happens beyond the first failure.
  Status Upsert() {
    const auto read = TRY(Snapshot::Load(store_));
    const auto done = read->FindTransaction("app");
    const std::int64_t step = done ? done->version + 1 : 0;
    const std::string path = fmt::format("step-{}-{}.parquet", step, ++ids_);
    auto writer = TRY(DataFileWriter::Open(*store_, path, schema_));
    arrow::Int64Builder ids;
    EXPECT_TRUE(ids.AppendValues({step, step}).ok());
    RETURN_IF_ERROR(
        writer->Write(*arrow::RecordBatch::Make(schema_, 2, {ids.Finish().ValueOrDie()})));
    Transaction transaction(read, Isolation::kOwner);
    transaction.Add(TRY(writer->Finish(clock_.Now())));
    for (const AddFile& file : read->files()) {
      if (file.deletion_vector) continue;
      DeletionVector vector;
      vector.Add(0);
      const auto written = TRY(WriteDeletionVectors(*store_, {&vector}, Ids()()));
      transaction.ReplaceDeletionVector(file, written[0]);
    }
    transaction.SetProgress({.app_id = "app", .version = step});
    const auto outcome = TRY(committer_.Commit(transaction));
    if (const auto* committed = std::get_if<Committed>(&outcome)) {
      TRY(WriteCheckpoint(*store_, *committed->snapshot, clock_.Now()));
      return {};
    }
    return {};
  }

  // Every row that was ever written is there: one of the two of each step, both of the last.
  void ExpectWhole(std::int64_t steps) {
    const auto table = Load();
    ASSERT_EQ(table->FindTransaction("app")->version, steps - 1);
    ASSERT_EQ(table->version(), Version(steps));
    ASSERT_EQ(table->files().size(), static_cast<std::size_t>(steps));
    int vectors = 0;
    for (const AddFile& file : table->files()) {
      EXPECT_TRUE(memory_->Stat(file.path));
      if (!file.deletion_vector) continue;
      ++vectors;
      EXPECT_TRUE(ReadDeletionVector(*memory_, *file.deletion_vector)->Contains(0));
    }
    EXPECT_EQ(vectors, steps - 1);
  }
};

TEST_F(WriteCrashTest, AfterACrashAtAnyStepTheNextRunContinuesExactly) {
  Create();
  ASSERT_TRUE(Upsert());
  std::int64_t steps = 1;
  // Five durable steps an upsert: data, vector, commit, checkpoint, hint.
  for (const Fault fault :
       {Fault::kCrashBefore, Fault::kCrashAfter, Fault::kLostBefore, Fault::kLostAfter}) {
    for (int step = 1; step <= 5; ++step) {
      store_->FailStep(step, fault);
      (void)Upsert();
      store_->Recover();
      const std::int64_t version = Load()->FindTransaction("app")->version;
      EXPECT_TRUE(version == steps - 1 || version == steps);
      steps = version + 1;
      ExpectWhole(steps);
    }
  }
  EXPECT_GT(steps, 10);
}

}  // namespace
}  // namespace foreset::delta
