// SPDX-License-Identifier: MIT
// foreset_delta_sample DIRECTORY: writes three tables with the delta module alone.
//   types    every type, NULLs, two data files, deletion vectors that grow, a checkpoint
//   plain    what readers of version 1 can read
//   mapped   names that need column mapping
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <arrow/api.h>
#include <fmt/format.h>

#include "foreset/delta/checkpoint_writer.h"
#include "foreset/delta/committer.h"
#include "foreset/delta/data_file_writer.h"
#include "foreset/delta/deletion_vector.h"
#include "foreset/delta/table_creation.h"
#include "foreset/model/arrow_status.h"
#include "foreset/storage/open.h"

namespace foreset::delta {
namespace {

constexpr std::int64_t kRowsOfFile = 1'000;
constexpr std::int64_t kFirstTimeUs = 1'767'225'600'000'000;  // 2026-01-01
constexpr int kFiles = 12;

std::shared_ptr<arrow::Schema> AllTypes() {
  const auto row = arrow::struct_({arrow::field("x", arrow::int32()),
                                   arrow::field("tags", arrow::list(arrow::utf8()))});
  return arrow::schema({
      arrow::field("id", arrow::int64(), false), arrow::field("tiny", arrow::int8()),
      arrow::field("small", arrow::int16()), arrow::field("number", arrow::int32()),
      arrow::field("single", arrow::float32()), arrow::field("real", arrow::float64()),
      arrow::field("price", arrow::decimal128(18, 2)),
      arrow::field("huge", arrow::decimal128(38, 10)), arrow::field("flag", arrow::boolean()),
      arrow::field("text", arrow::utf8()), arrow::field("bytes", arrow::binary()),
      arrow::field("day", arrow::date32()),
      arrow::field("wall", arrow::timestamp(arrow::TimeUnit::MICRO)),
      arrow::field("at", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
      arrow::field("row", row),
  });
}

// The value of a column in the row `id`; every seventh value is NULL but for the id itself.
class ValueMaker : public arrow::TypeVisitor {
 public:
  ValueMaker(std::int64_t id, arrow::ArrayBuilder& builder) : id_(id), builder_(builder) {}

  arrow::Status Visit(const arrow::Int8Type&) override {
    return Put<arrow::Int8Builder>(id_ % 100);
  }
  arrow::Status Visit(const arrow::Int16Type&) override { return Put<arrow::Int16Builder>(id_); }
  arrow::Status Visit(const arrow::Int32Type&) override { return Put<arrow::Int32Builder>(id_); }
  arrow::Status Visit(const arrow::Int64Type&) override { return Put<arrow::Int64Builder>(id_); }
  arrow::Status Visit(const arrow::FloatType&) override { return Put<arrow::FloatBuilder>(id_); }
  arrow::Status Visit(const arrow::DoubleType&) override {
    return As<arrow::DoubleBuilder>().Append(static_cast<double>(id_) / 4);
  }
  arrow::Status Visit(const arrow::Decimal128Type&) override {
    return As<arrow::Decimal128Builder>().Append(arrow::Decimal128(id_ * 25));
  }
  arrow::Status Visit(const arrow::BooleanType&) override {
    return As<arrow::BooleanBuilder>().Append(id_ % 2 == 0);
  }
  arrow::Status Visit(const arrow::StringType&) override {
    return As<arrow::StringBuilder>().Append(Text());
  }
  arrow::Status Visit(const arrow::BinaryType&) override {
    return As<arrow::BinaryBuilder>().Append(Text());
  }
  arrow::Status Visit(const arrow::Date32Type&) override {
    return Put<arrow::Date32Builder>(20'000 + id_);
  }
  arrow::Status Visit(const arrow::TimestampType&) override {
    return Put<arrow::TimestampBuilder>(kFirstTimeUs + id_ * 1'001);
  }
  arrow::Status Visit(const arrow::StructType& type) override {
    auto& row = As<arrow::StructBuilder>();
    ARROW_RETURN_NOT_OK(row.Append());
    for (int i = 0; i < type.num_fields(); ++i) {
      ValueMaker member(id_, *row.field_builder(i));
      ARROW_RETURN_NOT_OK(type.field(i)->type()->Accept(&member));
    }
    return arrow::Status::OK();
  }
  arrow::Status Visit(const arrow::ListType& type) override {
    auto& list = As<arrow::ListBuilder>();
    ARROW_RETURN_NOT_OK(list.Append());
    ValueMaker element(id_, *list.value_builder());
    return type.value_type()->Accept(&element);
  }

 private:
  std::string Text() const { return fmt::format("{:06}-Größe-{}", id_, std::string(40, 'z')); }
  template <typename Builder>
  Builder& As() {
    return static_cast<Builder&>(builder_);
  }
  template <typename Builder>
  arrow::Status Put(std::int64_t value) {
    return As<Builder>().Append(static_cast<typename Builder::value_type>(value));
  }

  const std::int64_t id_;
  arrow::ArrayBuilder& builder_;
};

Result<std::shared_ptr<arrow::RecordBatch>> MakeRows(const std::shared_ptr<arrow::Schema>& schema,
                                                     std::int64_t first, std::int64_t count) {
  auto builder =
      TRY(FromArrow(arrow::RecordBatchBuilder::Make(schema, arrow::default_memory_pool())));
  for (std::int64_t id = first; id < first + count; ++id) {
    for (int i = 0; i < schema->num_fields(); ++i) {
      arrow::ArrayBuilder& column = *builder->GetField(i);
      ValueMaker maker(id, column);
      const bool null = i > 0 && (id + i) % 7 == 0;
      RETURN_IF_ERROR(FromArrow(null ? column.AppendNull()
                                     : schema->field(i)->type()->Accept(&maker)));
    }
  }
  return FromArrow(builder->Flush());
}

// One table that is written commit by commit.
class SampleTable {
 public:
  SampleTable(std::shared_ptr<ObjectStore> store, const Clock& clock)
      : store_(std::move(store)),
        clock_(clock),
        committer_(store_, clock, [this] { return NextId(); }) {}

  Status Create(const arrow::Schema& schema, const TableWish& wish) {
    const auto table = TRY(DefineTable(schema, wish, [this] { return NextId(); }, clock_.Now()));
    return Keep(committer_.Create(table.protocol, table.metadata, {}));
  }
  Status Append(std::int64_t first_id) {
    const auto& schema = snapshot_->schema();
    auto writer =
        TRY(DataFileWriter::Open(*store_, fmt::format("part {}.parquet", first_id), schema));
    const auto rows = TRY(MakeRows(schema, first_id, kRowsOfFile));
    RETURN_IF_ERROR(writer->Write(*rows));
    Transaction transaction(snapshot_, Isolation::kOwner);
    transaction.Add(TRY(writer->Finish(clock_.Now())));
    transaction.SetProgress({.app_id = "sample", .version = first_id});
    transaction.SetDomain("foreset.progress", fmt::format("{{\"first\":{}}}", first_id));
    return Keep(committer_.Commit(transaction));
  }
  // Deletes every `step`-th row of each file, on top of what is deleted already.
  Status DeleteEvery(std::uint64_t step) {
    std::vector<const AddFile*> files;
    std::vector<DeletionVector> vectors;
    for (const AddFile& file : snapshot_->files()) {
      DeletionVector vector;
      if (file.deletion_vector) vector = TRY(ReadDeletionVector(*store_, *file.deletion_vector));
      for (std::uint64_t row = 0; row < kRowsOfFile; row += step) vector.Add(row);
      files.push_back(&file);
      vectors.push_back(std::move(vector));
    }
    std::vector<const DeletionVector*> pointers;
    for (const DeletionVector& vector : vectors) pointers.push_back(&vector);
    const auto descriptors = TRY(WriteDeletionVectors(*store_, pointers, NextId()));
    Transaction transaction(snapshot_, Isolation::kOwner);
    for (std::size_t i = 0; i < files.size(); ++i) {
      transaction.ReplaceDeletionVector(*files[i], descriptors[i]);
    }
    transaction.Describe("DELETE", {}, {{"numDeletionVectorsAdded", "1"}});
    return Keep(committer_.Commit(transaction));
  }
  Status Checkpoint() {
    TRY(WriteCheckpoint(*store_, *snapshot_, clock_.Now()));
    return {};
  }

 private:
  std::string NextId() { return fmt::format("00000000-0000-4000-8000-{:012x}", ++ids_); }

  Status Keep(Result<CommitOutcome> outcome) {
    if (!outcome) return std::unexpected(std::move(outcome).error());
    if (auto* committed = std::get_if<Committed>(&*outcome)) {
      snapshot_ = std::move(committed->snapshot);
      return {};
    }
    return Err(ErrorKind::kInternal, ErrorCode::kInternal, std::get<Conflict>(*outcome).reason);
  }

  std::shared_ptr<ObjectStore> store_;
  const Clock& clock_;
  Committer committer_;
  std::uint64_t ids_ = 0;
  std::shared_ptr<const Snapshot> snapshot_;
};

Status WriteSamples(const std::string& directory) {
  const SystemClock clock;
  const auto store = TRY(OpenStore(directory, {}));
  SampleTable types(SubStore(store, "types"), clock);
  RETURN_IF_ERROR(types.Create(*AllTypes(), {.deletion_vectors = true}));
  for (int file = 0; file < kFiles; ++file) RETURN_IF_ERROR(types.Append(file * kRowsOfFile));
  RETURN_IF_ERROR(types.DeleteEvery(10));
  RETURN_IF_ERROR(types.Checkpoint());
  RETURN_IF_ERROR(types.DeleteEvery(3));

  const auto simple = arrow::schema({arrow::field("id", arrow::int64(), false),
                                     arrow::field("text", arrow::utf8())});
  SampleTable plain(SubStore(store, "plain"), clock);
  RETURN_IF_ERROR(plain.Create(*simple, {.append_only = true}));
  RETURN_IF_ERROR(plain.Append(0));
  RETURN_IF_ERROR(plain.Checkpoint());

  const auto odd = arrow::schema({arrow::field("the id", arrow::int64()),
                                  arrow::field("a,b", arrow::utf8())});
  SampleTable mapped(SubStore(store, "mapped"), clock);
  RETURN_IF_ERROR(mapped.Create(*odd, {.column_mapping = true}));
  return mapped.Append(0);
}

}  // namespace
}  // namespace foreset::delta

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto written = foreset::delta::WriteSamples(argv[1]);
  if (!written) fmt::print(stderr, "{}\n", written.error().ToString());
  return written ? 0 : 1;
}
