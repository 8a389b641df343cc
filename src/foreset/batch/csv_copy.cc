// SPDX-License-Identifier: MIT
// A table of a database as a folder of CSV files.
#include <algorithm>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/json_writer.h"
#include "foreset/batch/column_types.h"
#include "foreset/batch/csv_dialect.h"
#include "foreset/batch/csv_reader.h"
#include "foreset/batch/input_files.h"
#include "foreset/batch/row_totals.h"
#include "foreset/batch/table_copy.h"
#include "foreset/lake/conform.h"
#include "foreset/sql/relation.h"

namespace foreset::batch {
namespace {

constexpr char kStateFile[] = "_foreset.json";
constexpr char kRead[] = "foreset_read";

class CsvCopy final : public TableCopy {
 public:
  CsvCopy(const DatabaseMigration& migration, std::shared_ptr<ObjectStore> store,
          std::shared_ptr<arrow::Schema> columns)
      : migration_(migration), store_(std::move(store)), columns_(std::move(columns)) {}

  Status Load() {
    const auto text = store_->Read(kStateFile);
    if (!text && text.error().kind == ErrorKind::kNotFound) {
      if (TRY(store_->List("", "")).empty()) return {};
      return Err(ErrorKind::kInvalidInput, batch_error::kTargetKept,
                 fmt::format("{} has files that no migration made", store_->Describe()));
    }
    if (!text) return std::unexpected(text.error());
    simdjson::dom::parser parser;
    simdjson::dom::array files;
    simdjson::dom::element state;
    const simdjson::padded_string padded(*text);
    const auto root = parser.parse(padded);
    if (root["state"].get(state) != simdjson::SUCCESS ||
        root["files"].get(files) != simdjson::SUCCESS) {
      return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
                 fmt::format("{}/{} is damaged", store_->Describe(), kStateFile));
    }
    state_ = TRY(CopyStateFromJson(simdjson::minify(state)));
    for (const auto file : files) {
      std::string_view name;
      if (file.get(name) == simdjson::SUCCESS) files_.emplace_back(name);
    }
    return {};
  }

  const CopyState& state() const override { return state_; }

  Status Begin(bool go_on) override {
    if (go_on) return {};
    // First without the old files' names, then without the files.
    files_.clear();
    state_ = {};
    RETURN_IF_ERROR(PutState());
    return DropLeftOvers();
  }

  Status Write(const arrow::RecordBatch& rows) override {
    RETURN_IF_ERROR(OpenFile());
    return sink_->Write(rows);
  }

  Status Commit(const CopyState& state) override {
    // A table without rows has one file, with its header.
    if (sink_ == nullptr && files_.empty() && state.cursor.done) RETURN_IF_ERROR(OpenFile());
    if (sink_ != nullptr) {
      RETURN_IF_ERROR(sink_->Finish());
      sink_.reset();
      files_.push_back(open_);
    }
    state_ = state;
    RETURN_IF_ERROR(PutState());
    return state.cursor.done ? DropLeftOvers() : Status();
  }

  Result<pipeline::RowSet> ReadBack() override {
    const TemporaryFolder folder =
        TRY(TemporaryFolder::Make(migration_.job.temporary_folder, migration_.job.make_id()));
    const auto engine = TRY(sql::Engine::Open({.temporary_folder = folder.path(), .files = true}));
    pipeline::RowSet totals;
    for (const std::string& file : files_) {
      const ObjectInfo info = TRY(store_->Stat(file));
      const InputFile input{.name = file,
                            .path = file,
                            .store = store_,
                            .size_bytes = info.size_bytes,
                            .modified_us = info.modified_at.value()};
      const LocalFile local = TRY(LocalFile::Of(input, folder.path()));
      RETURN_IF_ERROR(ReadFile(*engine, local, totals));
    }
    return totals;
  }

 private:
  Status OpenFile() {
    if (sink_ != nullptr) return {};
    open_ = fmt::format("part-{:05}-{}.csv", files_.size(), migration_.job.make_id().substr(0, 8));
    sink_ = TRY(migration_.csv(*store_, open_, columns_));
    return {};
  }

  Status PutState() {
    JsonWriter json;
    json.BeginObject().Key("state").Raw(ToJson(state_)).Key("files").BeginArray();
    for (const std::string& file : files_) json.String(file);
    json.EndArray().EndObject();
    const std::string text = json.Take();
    return store_->Put(kStateFile, AsBytes(text));
  }

  Status DropLeftOvers() {
    for (const ObjectInfo& info : TRY(store_->List("", ""))) {
      const bool counts = std::ranges::find(files_, info.path) != files_.end();
      const bool ours = info.path.starts_with("part-") && info.path.ends_with(".csv");
      if (ours && !counts) RETURN_IF_ERROR(store_->Delete(info.path));
    }
    return {};
  }

  // The values as the file's text gives them, by another hand than the one that wrote them.
  Status ReadFile(sql::Engine& engine, const LocalFile& local, pipeline::RowSet& totals) const {
    CsvDialect dialect;
    std::string select;
    for (const auto& field : columns_->fields()) {
      const bool binary = field->type()->id() == arrow::Type::BINARY;
      const std::string name = sql::Quoted(field->name());
      dialect.columns.push_back({field->name(), binary ? "VARCHAR" : SqlTypeOf(*field->type())});
      select +=
          (select.empty() ? "" : ", ") + (binary ? fmt::format("unhex({0}) AS {0}", name) : name);
    }
    const auto bad = [&](const BadRow& row) {
      return Status(Err(ErrorKind::kCorruption, batch_error::kMigrationDiffers,
                        fmt::format("{} line {}: {}", row.file, row.line, row.reason)));
    };
    CsvReader reader = TRY(CsvReader::Open(local, local.path(), dialect, engine, bad));
    while (const auto batch = TRY(reader.Next())) {
      RETURN_IF_ERROR(engine.Register({kRead}, sql::MakeBatchRelation(batch->schema(), {batch})));
      const auto rows = TRY(engine.Query(fmt::format("SELECT {} FROM {}", select, kRead)));
      while (const auto read = TRY(rows->Next())) {
        const auto kept = TRY(lake::ConformBatch(*read, columns_));
        RETURN_IF_ERROR(AddRows(*kept, totals));
      }
    }
    return {};
  }

  const DatabaseMigration& migration_;
  std::shared_ptr<ObjectStore> store_;
  std::shared_ptr<arrow::Schema> columns_;
  CopyState state_;
  std::vector<std::string> files_;
  std::unique_ptr<RowSink> sink_;
  std::string open_;
};

}  // namespace

Result<std::unique_ptr<TableCopy>> OpenCsvCopy(const DatabaseMigration& migration,
                                               const MigratedTable& table,
                                               const std::shared_ptr<arrow::Schema>& columns) {
  auto copy =
      std::make_unique<CsvCopy>(migration, TRY(OpenStore(table.place, migration.stores)), columns);
  RETURN_IF_ERROR(copy->Load());
  return copy;
}

}  // namespace foreset::batch
