// SPDX-License-Identifier: MIT
// A database into Delta tables, or into CSV files.
#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/ascii.h"
#include "foreset/base/errors/lake.h"
#include "foreset/base/messages.h"
#include "foreset/batch/migration.h"
#include "foreset/batch/row_totals.h"
#include "foreset/batch/table_copy.h"
#include "foreset/model/arrow_types.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/table_folder.h"
#include "foreset/storage/object_store.h"

namespace foreset::batch {
namespace {

// A new connection's epoch: the copy is never compared with another's positions.
constexpr SourceEpoch kEpoch{1};

// How many rows are read for one commit: as many as fill it, by those that were read so far.
constexpr std::size_t kChunkBytes = 64UL << 20U;
constexpr std::size_t kLongestChunk = 1'000'000;
constexpr std::size_t kFirstChunk = 20'000;

bool Names(const std::string& wanted, const TableId& id) {
  return wanted == id.table || wanted == id.ToString();
}

bool Wanted(const std::vector<std::string>& tables, const TableId& id) {
  return tables.empty() ||
         std::ranges::any_of(tables, [&](const std::string& table) { return Names(table, id); });
}

// Names that no table of the source has.
Status CheckNames(const std::vector<std::string>& wanted, const std::vector<TableSchema>& tables) {
  std::string missing;
  for (const std::string& name : wanted) {
    const bool found = std::ranges::any_of(
        tables, [&](const TableSchema& schema) { return Names(name, schema.id); });
    if (!found) missing += (missing.empty() ? "" : ", ") + name;
  }
  if (missing.empty() && !tables.empty()) return {};
  return Err(ErrorKind::kInvalidInput, ErrorCode::kNoTableMatches,
             fmt::format("the source has no table {}", missing.empty() ? "to copy" : missing));
}

class DatabaseMigrator {
 public:
  DatabaseMigrator(Source& source, const DatabaseMigration& migration)
      : source_(source), migration_(migration) {}

  Result<MigrationReport> Run() {
    const auto begun = migration_.job.clock->Steady();
    Backfill backfill = TRY(source_.BeginBackfill(migration_.jobs, kEpoch));
    RETURN_IF_ERROR(Choose(backfill));
    report_.position = backfill.position.ToString();
    report_.dry_run = migration_.job.dry_run;
    Info("{} tables at {} with {} connections", chosen_.size(), report_.position,
         backfill.readers.size());
    if (!migration_.job.dry_run) RETURN_IF_ERROR(CopyAll(backfill));
    report_.seconds = std::chrono::duration<double>(migration_.job.clock->Steady() - begun).count();
    return std::move(report_);
  }

 private:
  // Everything that can be refused is refused here, before anything is made.
  Status Choose(const Backfill& backfill) {
    RETURN_IF_ERROR(CheckNames(migration_.tables, backfill.tables));
    std::vector<TableId> ids;
    for (std::size_t i = 0; i < backfill.tables.size(); ++i) {
      const TableId& id = backfill.tables[i].id;
      if (!Wanted(migration_.tables, id)) continue;
      ids.push_back(id);
      chosen_.push_back(i);
      const std::string folder = lake::TableFolder(migration_.layout, id);
      const std::string root = migration_.to + (migration_.to.ends_with('/') ? "" : "/");
      report_.tables.push_back({.name = id.ToString(),
                                .folder = folder,
                                .place = root + folder,
                                .source = {},
                                .target = {},
                                .notes = {},
                                .trouble = {}});
      // Plain tables have nothing beside them but a log where the folder above is one, too.
      if (folder == "_delta_log") report_.tables.back().trouble = OwnFolder(id, folder);
      if (migration_.job.dry_run && i < backfill.estimated_rows.size()) {
        report_.tables.back().source.rows = backfill.estimated_rows[i];
      }
    }
    for (Error& error : pipeline::FolderTroubles(migration_.layout, ids)) {
      if (error.code == lake_error::kTableFolderShared) return std::unexpected(std::move(error));
    }
    root_ = TRY(OpenStore(migration_.to, migration_.stores));
    return {};
  }

  static Error OwnFolder(const TableId& id, const std::string& folder) {
    return {.kind = ErrorKind::kInvalidInput,
            .code = lake_error::kTableFolderReserved,
            .message = fmt::format("{} would have the folder \"{}\"", id.ToString(), folder),
            .next_step = {}};
  }

  // Tables whose folders differ in case alone go one after the other: where a file system takes
  // them for one, the second finds the first's copy, and says so. The largest table first.
  std::vector<std::vector<std::size_t>> Order(const Backfill& backfill) const {
    std::vector<std::vector<std::size_t>> groups;
    std::map<std::string, std::size_t> by_name;
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      const auto [at, fresh] = by_name.emplace(AsciiLower(report_.tables[i].folder), groups.size());
      if (fresh) groups.emplace_back();
      groups[at->second].push_back(i);
    }
    std::ranges::stable_sort(groups, std::greater{}, [&](const std::vector<std::size_t>& group) {
      const std::size_t first = chosen_[group.front()];
      return first < backfill.estimated_rows.size() ? backfill.estimated_rows[first] : 0;
    });
    return groups;
  }

  // The others are copied all the same. What may pass, or was asked for, ends the whole.
  static bool IsOfOneTable(const Error& error) {
    return error.kind == ErrorKind::kInvalidInput || error.kind == ErrorKind::kUnsupported ||
           error.kind == ErrorKind::kCorruption;
  }

  // Each reader takes the next tables that nobody has taken.
  Status CopyAll(Backfill& backfill) {
    const std::vector<std::vector<std::size_t>> order = Order(backfill);
    std::atomic<std::size_t> next = 0;
    return ForEach(backfill.readers.size(), backfill.readers.size(), [&](std::size_t reader) {
      for (std::size_t group = next++; group < order.size(); group = next++) {
        for (const std::size_t i : order[group]) {
          Status copied = CopyTable(*backfill.readers[reader], backfill.tables[chosen_[i]],
                                    backfill.position, report_.tables[i]);
          if (copied) continue;
          if (IsOfOneTable(copied.error())) {
            report_.tables[i].trouble = std::move(copied).error();
            continue;
          }
          next = order.size();
          return copied;
        }
      }
      return Status();
    });
  }

  Status CopyTable(BackfillReader& reader, const TableSchema& schema,
                   const SourcePosition& position, MigratedTable& told) const {
    if (told.trouble) return {};
    CopyTarget target{.table = told.name,
                      .columns = ArrowSchemaOf(schema),
                      .store = SubStore(root_, told.folder),
                      .job = migration_.job};
    const auto copy = TRY(migration_.csv ? OpenCsvCopy(migration_.csv, std::move(target))
                                         : OpenDeltaCopy(std::move(target)));
    CopyState state = copy->state();
    const bool here = state.position == ToJson(position);
    if (!state.cursor.done || migration_.again) {
      const bool goes_on = !state.cursor.done && here;
      if (!goes_on) state = {};
      RETURN_IF_ERROR(copy->Begin(goes_on));
      state.table = told.name;
      state.position = ToJson(position);
      state.shown_position = position.ToString();
      RETURN_IF_ERROR(CopyChunks(reader, schema, *copy, state, told));
      told.copied = true;
      told.source = state.totals;
    } else if (here) {
      told.notes.emplace_back("migrated before, at this position");
      told.source = state.totals;
    } else {
      RETURN_IF_ERROR(ReadSourceAgain(reader, schema, state, told));
    }
    return ReadBack(*copy, told);
  }

  // What was counted at another position says nothing of this one.
  Status ReadSourceAgain(BackfillReader& reader, const TableSchema& schema, const CopyState& before,
                         MigratedTable& told) const {
    Info("{}: migrated before, at {}: reading the source again", told.name, before.shown_position);
    const auto shared = std::make_shared<const TableSchema>(schema);
    Pace pace(migration_.job, told.name);
    const auto count = [&](const std::shared_ptr<const ChangeBatch>& rows) -> Status {
      RETURN_IF_ERROR(AddRows(*rows->after, told.source));
      return pace.Count(rows->after->num_rows());
    };
    BackfillCursor cursor;
    while (!cursor.done) {
      cursor = TRY(reader.ReadChunk(shared, cursor, kLongestChunk, count, migration_.job.stop));
    }
    told.notes.push_back(fmt::format("migrated before, at {}", before.shown_position));
    if (!(told.source == before.totals)) {
      told.notes.emplace_back("the source has changed since; --again copies it anew");
    }
    return {};
  }

  // A target that cannot be read is no target that differs.
  Status ReadBack(TableCopy& copy, MigratedTable& told) const {
    Info("{}: comparing", told.name);
    const auto comparing = UnderWay(migration_.job, "comparing " + told.name);
    auto target = copy.ReadBack();
    if (target) {
      told.target = *target;
      return {};
    }
    if (target.error().kind == ErrorKind::kCancelled) return std::unexpected(target.error());
    told.trouble = std::move(target).error();
    return {};
  }

  Status CopyChunks(BackfillReader& reader, const TableSchema& schema, TableCopy& copy,
                    CopyState& state, MigratedTable& told) const {
    const auto shared = std::make_shared<const TableSchema>(schema);
    Pace pace(migration_.job, told.name);
    std::size_t chunk = kFirstChunk;
    while (!state.cursor.done) {
      std::size_t bytes = 0;
      const std::uint64_t before = state.cursor.rows;
      const auto keep = [&](const std::shared_ptr<const ChangeBatch>& rows) -> Status {
        bytes += MemoryBytes(*rows);
        RETURN_IF_ERROR(AddRows(*rows->after, state.totals));
        NoteRescued(*rows, told);
        RETURN_IF_ERROR(copy.Write(*rows->after));
        return pace.Count(rows->after->num_rows());
      };
      state.cursor = TRY(reader.ReadChunk(shared, state.cursor, chunk, keep, migration_.job.stop));
      RETURN_IF_ERROR(copy.Commit(state));
      if (const std::uint64_t rows = state.cursor.rows - before; rows > 0) {
        chunk = std::clamp<std::size_t>(kChunkBytes / std::max<std::size_t>(bytes / rows, 1), 1000,
                                        kLongestChunk);
      }
    }
    return {};
  }

  static void NoteRescued(const ChangeBatch& rows, MigratedTable& told) {
    constexpr std::uint64_t kShown = 10;
    for (const RescuedValue& value : rows.rescued) {
      if (told.rescued++ < kShown) {
        told.notes.push_back(
            fmt::format("{} = \"{}\" became NULL: {}", value.column, value.text, value.reason));
      }
    }
  }

  Source& source_;
  const DatabaseMigration& migration_;
  std::vector<std::size_t> chosen_;  // indexes of the source's tables, as in report_.tables
  std::shared_ptr<ObjectStore> root_;
  MigrationReport report_;
};

}  // namespace

Result<MigrationReport> MigrateDatabase(Source& source, const DatabaseMigration& migration) {
  return DatabaseMigrator(source, migration).Run();
}

}  // namespace foreset::batch
