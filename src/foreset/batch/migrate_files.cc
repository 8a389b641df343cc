// SPDX-License-Identifier: MIT
// Folders of files into Delta tables.
#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/ascii.h"
#include "foreset/base/errors/batch.h"
#include "foreset/base/messages.h"
#include "foreset/base/mutex.h"
#include "foreset/batch/csv_landing.h"
#include "foreset/batch/delta_target.h"
#include "foreset/batch/input_files.h"
#include "foreset/batch/migration.h"
#include "foreset/batch/row_totals.h"
#include "foreset/batch/table_copy.h"
#include "foreset/sql/engine.h"
#include "foreset/storage/folder_name.h"
#include "foreset/storage/object_store.h"

namespace foreset::batch {
namespace {

const std::vector<FileFormat> kFormats{FileFormat::kCsv, FileFormat::kParquet, FileFormat::kJson};

// "Orders" of "Orders/2024/part-0.csv" and of "Orders.csv.gz".
std::string TableOf(const std::string& relative) {
  const std::size_t slash = relative.find('/');
  return slash != std::string::npos ? relative.substr(0, slash) : WithoutEndings(relative);
}

std::string WithSlash(std::string folder) {
  if (!folder.ends_with('/')) folder += '/';
  return folder;
}

// "x/_old" of "x/_old/a/b.csv": up to the part that begins with '_' or '.'.
std::string HiddenPart(const std::string& relative) {
  for (std::size_t at = 0; at < relative.size();) {
    const std::size_t end = std::min(relative.find('/', at), relative.size());
    if (relative[at] == '_' || relative[at] == '.') return relative.substr(0, end);
    at = end + 1;
  }
  return relative;
}

// Files of one table that have other columns are read together: that is said.
void TellColumns(const LoadReport& read, MigratedTable& told) {
  std::map<std::string, std::string> all;
  std::size_t files = 0;
  for (const LoadedFile& file : read.files) {
    if (!file.columns.empty()) ++files;
    for (const std::string& column : file.columns) all.emplace(AsciiLower(column), column);
  }
  std::set<std::string> lacked;
  std::size_t lacking = 0;
  for (const LoadedFile& file : read.files) {
    if (file.columns.empty()) continue;
    std::set<std::string> own;
    for (const std::string& column : file.columns) own.insert(AsciiLower(column));
    if (own.size() < all.size()) ++lacking;
    for (const auto& [folded, column] : all) {
      if (!own.contains(folded)) lacked.insert(column);
    }
  }
  if (lacking == 0) return;
  told.notes.push_back(fmt::format("{} of {} files lack columns that others have, NULL there: {}",
                                   lacking, files, fmt::join(lacked, ", ")));
}

// What one table is made of.
struct TableFiles {
  std::vector<std::string> names;     // paths or URIs
  std::set<std::string> places;       // the folder, or the files, below the root
  std::optional<CsvLanding> landing;  // set: that, and not the files
  bool of_earlier_version = false;    // a landing that does not have its columns
};

class FilesMigrator {
 public:
  explicit FilesMigrator(const FileMigration& migration)
      : migration_(migration), root_(WithSlash(migration.from)) {}

  Result<MigrationReport> Run() {
    const auto begun = migration_.job.clock->Steady();
    from_ = TRY(OpenStore(migration_.from, migration_.stores));
    to_ = TRY(OpenStore(migration_.to, migration_.stores));
    RETURN_IF_ERROR(FindTables());
    RETURN_IF_ERROR(CheckSchemas());
    report_.dry_run = migration_.job.dry_run;
    RETURN_IF_ERROR(ForEach(report_.tables.size(), migration_.jobs, [&](std::size_t i) {
      MigratedTable& told = report_.tables[i];
      return tables_.at(told.name).landing ? MigrateLanding(told) : Migrate(told);
    }));
    report_.seconds = std::chrono::duration<double>(migration_.job.clock->Steady() - begun).count();
    return std::move(report_);
  }

 private:
  Status FindTables() {
    const auto engine = TRY(sql::Engine::Open({.files = true}));
    engine->StopWith(migration_.job.stop);
    InputList list = TRY(FindInputs(*engine, {migration_.from}, kFormats, migration_.stores));
    RETURN_IF_ERROR(RefusePartitioned(list));
    report_.others = std::move(list.others);
    for (const std::string& name : list.hidden) {
      RETURN_IF_ERROR(RefuseDeltaTable(Relative(name)));
      RETURN_IF_ERROR(AddLanding(Relative(name)));
    }
    for (const InputFile& file : list.files) {
      const std::string relative = file.name.starts_with(root_) ? Relative(file.name) : file.path;
      if (IsInLanding(relative)) continue;
      TableFiles& table = tables_[TableOf(relative)];
      table.names.push_back(file.name);
      const std::size_t slash = relative.find('/');
      table.places.insert(slash == std::string::npos ? relative : relative.substr(0, slash + 1));
    }
    TellHidden(list.hidden);
    for (const auto& [name, files] : tables_) {
      const bool is_landing = files.landing || files.of_earlier_version;
      const std::string folder = is_landing ? name : FolderOfName(name);
      report_.tables.push_back({.name = name,
                                .folder = folder,
                                .place = WithSlash(migration_.to) + folder,
                                .source = {},
                                .target = {},
                                .notes = {},
                                .trouble = {}});
      if (files.places.size() > 1) {
        report_.tables.back().notes.push_back(
            fmt::format("made of {}", fmt::join(files.places, " and ")));
      }
    }
    return {};
  }

  std::string Relative(const std::string& name) const {
    return name.starts_with(root_) ? name.substr(root_.size()) : name;
  }

  // Its files have rows that the table has no longer: only its log says which.
  Status RefuseDeltaTable(const std::string& relative) const {
    const std::string below = "/" + relative;
    const auto log = below.find("/_delta_log/");
    if (log == std::string::npos) return {};
    const std::string table = root_ + relative.substr(0, log == 0 ? 0 : log - 1);
    return Err(ErrorKind::kInvalidInput, batch_error::kInputMissing,
               fmt::format("{} is a Delta table, and no folder of plain files", table),
               fmt::format("Its files hold rows that the table has no longer. Copy its rows with "
                           "`foreset filter {} --to PLACE`, or name a folder without it.",
                           table));
  }

  // A folder that a migration wrote is a table by its own, however deep it is and whatever its name
  // begins with. Of its files only those count that it names.
  Status AddLanding(const std::string& relative) {
    if (relative == kLandingFile) {
      return Err(ErrorKind::kInvalidInput, batch_error::kInputMissing,
                 fmt::format("{} is one table, as a migration wrote it", migration_.from),
                 "Name the folder above it.");
    }
    const std::string ending = fmt::format("/{}", kLandingFile);
    if (!relative.ends_with(ending)) return {};
    const std::string folder = relative.substr(0, relative.size() - ending.size());
    CsvLanding landing = TRY(LoadLanding(*SubStore(from_, folder)));
    TableFiles& table = tables_[folder];
    landings_.push_back(folder + "/");
    table.of_earlier_version = landing.columns == nullptr || landing.state.table.empty();
    for (const std::string& file : landing.files) {
      table.names.push_back(fmt::format("{}{}/{}", root_, folder, file));
    }
    if (!table.of_earlier_version) table.landing = std::move(landing);
    return {};
  }

  bool IsInLanding(const std::string& relative) const {
    return std::ranges::any_of(
        landings_, [&](const std::string& folder) { return relative.starts_with(folder); });
  }

  // What is passed over for its name is said; files that have no rows are no loss.
  void TellHidden(const std::vector<std::string>& names) {
    std::map<std::string, std::size_t> places;
    for (const std::string& name : names) {
      const std::string relative = Relative(name);
      if (HasKnownForm(relative) && !IsInLanding(relative)) ++places[HiddenPart(relative)];
    }
    for (const auto& [place, files] : places) report_.hidden.push_back({root_ + place, files});
  }

  Status CheckSchemas() const {
    for (const auto& [name, schema] : migration_.schemas) {
      const auto table = tables_.find(name);
      if (table != tables_.end() && !table->second.landing) continue;
      return Err(ErrorKind::kInvalidInput, batch_error::kInputMissing,
                 table == tables_.end()
                     ? fmt::format("--schema: there is no table {} in {}", name, migration_.from)
                     : fmt::format("--schema: {}{} has its own columns, in {}", root_, name,
                                   kLandingFile));
    }
    return {};
  }

  CsvLoadOptions OptionsOf(const std::string& table) const {
    CsvLoadOptions options;
    options.inputs = tables_.at(table).names;
    options.stores = migration_.stores;
    options.wishes = migration_.wishes;
    if (const auto schema = migration_.schemas.find(table); schema != migration_.schemas.end()) {
      options.schema = schema->second;
    }
    options.evolve = true;
    options.same_columns = !migration_.evolve;
    options.job = JobOfTable();
    options.formats = kFormats;
    if (!migration_.bad_rows.empty()) {
      options.bad_rows =
          fmt::format("{}{}.jsonl", WithSlash(migration_.bad_rows), FolderOfName(table));
    }
    return options;
  }

  JobSettings JobOfTable() const {
    JobSettings job = migration_.job;
    job.memory_limit_bytes /= std::max<std::size_t>(migration_.jobs, 1);
    return job;
  }

  Status Migrate(MigratedTable& told) const {
    const auto store = SubStore(to_, told.folder);
    CsvLoadOptions options = OptionsOf(told.name);
    const LoadReport loaded = TRY(LoadCsv(store, told.name, options));
    told.copied = std::ranges::any_of(
        loaded.files, [](const LoadedFile& file) { return file.outcome == FileOutcome::kLoaded; });
    told.bad_rows = loaded.bad_rows;
    if (tables_.at(told.name).of_earlier_version) {
      told.notes.emplace_back(
          "written by an earlier version, without its columns' types: they were inferred; migrate "
          "the database again to keep them");
    }
    if (migration_.job.dry_run) {
      told.source.rows = loaded.rows;
      TellColumns(loaded, told);
      return {};
    }
    Info("{}: comparing", told.name);
    options.job.dry_run = true;
    options.show = [&](const arrow::RecordBatch& rows) { return AddRows(rows, told.source); };
    const LoadReport read = TRY(LoadCsv(store, told.name, options));
    told.bad_rows = read.bad_rows;
    TellColumns(read, told);
    const auto snapshot = TRY(delta::Snapshot::Load(store));
    told.target = TRY(TotalsOf(*store, *snapshot));
    return {};
  }

  // Held against what the database's own rows were when the files were written, not against the
  // files.
  Status MigrateLanding(MigratedTable& told) const {
    const CsvLanding& landing = *tables_.at(told.name).landing;
    const auto place = SubStore(from_, told.folder);
    if (!landing.state.cursor.done) {
      told.trouble = Error{.kind = ErrorKind::kTransient,
                           .code = batch_error::kInputChanged,
                           .message = fmt::format("{}: the migration that writes it has not ended",
                                                  place->Describe()),
                           .next_step = "Run that to its end first."};
      return {};
    }
    told.source = landing.state.totals;
    if (migration_.job.dry_run) return {};
    const auto copy = TRY(OpenDeltaCopy({.table = landing.state.table,
                                         .columns = landing.columns,
                                         .store = SubStore(to_, told.folder),
                                         .job = JobOfTable()}));
    const CopyState& there = copy->state();
    const bool here = there.cursor.done && there.position == landing.state.position &&
                      there.totals == landing.state.totals;
    if (!here) {
      RETURN_IF_ERROR(copy->Begin(false));
      Pace pace(migration_.job, told.name);
      const auto keep = [&](const arrow::RecordBatch& rows) -> Status {
        RETURN_IF_ERROR(copy->Write(rows));
        return pace.Count(rows.num_rows());
      };
      RETURN_IF_ERROR(ReadLanding(place, landing, JobOfTable(), keep));
      RETURN_IF_ERROR(copy->Commit(landing.state));
      told.copied = true;
    }
    Info("{}: comparing", told.name);
    const auto comparing = UnderWay(migration_.job, "comparing " + told.name);
    told.target = TRY(copy->ReadBack());
    return {};
  }

  const FileMigration& migration_;
  const std::string root_;  // of the files' names, with its slash
  std::shared_ptr<ObjectStore> from_;
  std::shared_ptr<ObjectStore> to_;
  std::map<std::string, TableFiles> tables_;  // by the names in the report
  std::vector<std::string> landings_;         // their folders, with a slash
  MigrationReport report_;
};

}  // namespace

bool MigrationReport::equal() const {
  return std::ranges::all_of(
      tables, [&](const MigratedTable& table) { return dry_run ? !table.trouble : table.equal(); });
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
