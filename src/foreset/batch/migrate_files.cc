// SPDX-License-Identifier: MIT
// Folders of files into Delta tables.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/base/mutex.h"
#include "foreset/batch/delta_target.h"
#include "foreset/batch/input_files.h"
#include "foreset/batch/migration.h"
#include "foreset/batch/row_totals.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {
namespace {

const std::vector<FileFormat> kFormats{FileFormat::kCsv, FileFormat::kParquet, FileFormat::kJson};

// "Orders" of "Orders/2024/part-0.csv" and of "Orders.csv.gz".
std::string TableOf(const std::string& relative) {
  const std::size_t slash = relative.find('/');
  return slash != std::string::npos ? relative.substr(0, slash)
                                    : relative.substr(0, relative.find('.'));
}

std::string WithSlash(std::string folder) {
  if (!folder.ends_with('/')) folder += '/';
  return folder;
}

class FilesMigrator {
 public:
  explicit FilesMigrator(const FileMigration& migration) : migration_(migration) {}

  Result<MigrationReport> Run() {
    const auto begun = migration_.job.clock->Steady();
    RETURN_IF_ERROR(FindTables());
    report_.dry_run = migration_.job.dry_run;
    RETURN_IF_ERROR(ForEach(report_.tables.size(), migration_.jobs,
                            [&](std::size_t i) { return Migrate(report_.tables[i]); }));
    report_.seconds = std::chrono::duration<double>(migration_.job.clock->Steady() - begun).count();
    return std::move(report_);
  }

 private:
  Status FindTables() {
    const auto engine = TRY(sql::Engine::Open({.files = true}));
    InputList list = TRY(FindInputs(*engine, {migration_.from}, kFormats, migration_.stores));
    report_.others = std::move(list.others);
    for (const InputFile& file : list.files) {
      const std::string root = WithSlash(migration_.from);
      const std::string relative =
          file.name.starts_with(root) ? file.name.substr(root.size()) : file.path;
      files_[TableOf(relative)].push_back(file.name);
    }
    for (const auto& [name, files] : files_) {
      report_.tables.push_back({.name = name,
                                .place = WithSlash(migration_.to) + name,
                                .source = {},
                                .target = {},
                                .notes = {}});
    }
    return {};
  }

  CsvLoadOptions OptionsOf(const std::string& table) const {
    CsvLoadOptions options;
    options.inputs = files_.at(table);
    options.stores = migration_.stores;
    options.wishes = migration_.wishes;
    options.evolve = true;
    options.job = migration_.job;
    options.job.memory_limit_bytes /= std::max<std::size_t>(migration_.jobs, 1);
    options.formats = kFormats;
    if (!migration_.bad_rows.empty()) {
      options.bad_rows = fmt::format("{}{}.jsonl", WithSlash(migration_.bad_rows), table);
    }
    return options;
  }

  Status Migrate(MigratedTable& told) const {
    const auto store = TRY(OpenStore(told.place, migration_.stores));
    CsvLoadOptions options = OptionsOf(told.name);
    const LoadReport loaded = TRY(LoadCsv(store, told.name, options));
    told.copied = std::ranges::any_of(
        loaded.files, [](const LoadedFile& file) { return file.outcome == FileOutcome::kLoaded; });
    told.bad_rows = loaded.bad_rows;
    if (migration_.job.dry_run) {
      told.source.rows = loaded.rows;
      return {};
    }
    Info("{}: comparing", told.name);
    options.job.dry_run = true;
    options.show = [&](const arrow::RecordBatch& rows) { return AddRows(rows, told.source); };
    const LoadReport read = TRY(LoadCsv(store, told.name, options));
    told.bad_rows = read.bad_rows;
    const auto snapshot = TRY(delta::Snapshot::Load(store));
    told.target = TRY(TotalsOf(*store, *snapshot));
    return {};
  }

  const FileMigration& migration_;
  std::map<std::string, std::vector<std::string>> files_;  // of each table
  MigrationReport report_;
};

}  // namespace

bool MigrationReport::equal() const {
  return dry_run || std::ranges::all_of(tables, [](const MigratedTable& table) {
           return table.source == table.target;
         });
}

Status ForEach(std::size_t count, std::size_t threads,
               const std::function<Status(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  Mutex mutex;
  std::optional<Error> first_error;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      Status done = work(i);
      if (done) continue;
      const MutexLock lock(mutex);
      if (!first_error) first_error = std::move(done).error();
      next = count;
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min(threads, count); ++i) others.emplace_back(run);
    run();
  }
  if (first_error) return std::unexpected(*first_error);
  return {};
}

Result<MigrationReport> MigrateFiles(const FileMigration& migration) {
  return FilesMigrator(migration).Run();
}

}  // namespace foreset::batch
