// SPDX-License-Identifier: MIT
// A table of a database as a folder of CSV files.
#include <algorithm>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/batch/csv_landing.h"
#include "foreset/batch/row_totals.h"
#include "foreset/batch/table_copy.h"

namespace foreset::batch {
namespace {

class CsvCopy final : public TableCopy {
 public:
  CsvCopy(CsvSinkFactory make_sink, CopyTarget target)
      : make_sink_(std::move(make_sink)), target_(std::move(target)) {}

  Status Load() {
    auto landing = LoadLanding(*target_.store);
    if (!landing && landing.error().kind == ErrorKind::kNotFound) {
      if (TRY(target_.store->List("", "")).empty()) return {};
      return Err(ErrorKind::kInvalidInput, batch_error::kTargetKept,
                 fmt::format("{} has files that no migration made", target_.store->Describe()));
    }
    if (!landing) return std::unexpected(std::move(landing).error());
    if (!landing->state.table.empty()) {
      RETURN_IF_ERROR(CheckIsCopyOf(target_, landing->state.table));
      landing_ = *std::move(landing);
    }
    // What does not say whose copy it is, and of which columns, is begun anew.
    return {};
  }

  const CopyState& state() const override { return landing_.state; }

  Status Begin(bool go_on) override {
    if (go_on) return {};
    // First without the old files' names, then without the files.
    landing_ = {.state = {.table = target_.table}, .columns = target_.columns};
    RETURN_IF_ERROR(SaveLanding(*target_.store, landing_));
    return DropLeftOvers();
  }

  Status Write(const arrow::RecordBatch& rows) override {
    RETURN_IF_ERROR(OpenFile());
    return sink_->Write(rows);
  }

  Status Commit(const CopyState& state) override {
    // A table without rows has one file, with its header.
    if (sink_ == nullptr && landing_.files.empty() && state.cursor.done) {
      RETURN_IF_ERROR(OpenFile());
    }
    if (sink_ != nullptr) {
      RETURN_IF_ERROR(sink_->Finish());
      sink_.reset();
      landing_.files.push_back(open_);
    }
    landing_.state = state;
    RETURN_IF_ERROR(SaveLanding(*target_.store, landing_));
    return state.cursor.done ? DropLeftOvers() : Status();
  }

  Result<pipeline::RowSet> ReadBack() override {
    pipeline::RowSet totals;
    RETURN_IF_ERROR(
        ReadLanding(target_.store, landing_, target_.job,
                    [&](const arrow::RecordBatch& rows) { return AddRows(rows, totals); }));
    return totals;
  }

 private:
  Status OpenFile() {
    if (sink_ != nullptr) return {};
    open_ =
        fmt::format("part-{:05}-{}.csv", landing_.files.size(), target_.job.make_id().substr(0, 8));
    sink_ = TRY(make_sink_(*target_.store, open_, landing_.columns));
    return {};
  }

  Status DropLeftOvers() {
    for (const ObjectInfo& info : TRY(target_.store->List("", ""))) {
      const bool counts = std::ranges::find(landing_.files, info.path) != landing_.files.end();
      const bool ours = info.path.starts_with("part-") && info.path.ends_with(".csv");
      if (ours && !counts) RETURN_IF_ERROR(target_.store->Delete(info.path));
    }
    return {};
  }

  CsvSinkFactory make_sink_;
  CopyTarget target_;
  CsvLanding landing_;
  std::unique_ptr<RowSink> sink_;
  std::string open_;
};

}  // namespace

Result<std::unique_ptr<TableCopy>> OpenCsvCopy(const CsvSinkFactory& make_sink, CopyTarget target) {
  auto copy = std::make_unique<CsvCopy>(make_sink, std::move(target));
  RETURN_IF_ERROR(copy->Load());
  return copy;
}

}  // namespace foreset::batch
