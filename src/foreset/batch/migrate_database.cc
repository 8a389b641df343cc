// SPDX-License-Identifier: MIT
// A database into Delta tables, or into CSV files.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/batch/migration.h"
#include "foreset/batch/row_totals.h"
#include "foreset/batch/table_copy.h"
#include "foreset/model/arrow_types.h"
#include "foreset/pipeline/pipeline_options.h"

namespace foreset::batch {
namespace {

// A new connection's epoch: the copy is never compared with another's positions.
constexpr SourceEpoch kEpoch{1};

// How many rows are read for one commit: as many as fill it, by those that were read so far.
constexpr std::size_t kChunkBytes = 64UL << 20U;
constexpr std::size_t kLongestChunk = 1'000'000;
constexpr std::size_t kFirstChunk = 20'000;

bool Wanted(const std::vector<std::string>& tables, const TableId& id) {
  return tables.empty() || std::ranges::any_of(tables, [&](const std::string& table) {
           return table == id.table || table == id.ToString();
         });
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
  Status Choose(const Backfill& backfill) {
    for (std::size_t i = 0; i < backfill.tables.size(); ++i) {
      const TableId& id = backfill.tables[i].id;
      if (!Wanted(migration_.tables, id)) continue;
      const std::string folder = pipeline::TableFolder(migration_.layout, id);
      const std::string root = migration_.to + (migration_.to.ends_with('/') ? "" : "/");
      chosen_.push_back(i);
      report_.tables.push_back(
          {.name = id.ToString(), .place = root + folder, .source = {}, .target = {}, .notes = {}});
      if (migration_.job.dry_run && i < backfill.estimated_rows.size()) {
        report_.tables.back().source.rows = backfill.estimated_rows[i];
      }
    }
    if (!chosen_.empty()) return {};
    return Err(ErrorKind::kInvalidInput, ErrorCode::kNoTableMatches,
               "the source has no table of that name");
  }

  // Each reader takes the next table that nobody has taken, the largest first.
  Status CopyAll(Backfill& backfill) {
    std::vector<std::size_t> order(chosen_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) {
      return chosen_[i] < backfill.estimated_rows.size() ? backfill.estimated_rows[chosen_[i]] : 0;
    });
    std::atomic<std::size_t> next = 0;
    return ForEach(backfill.readers.size(), backfill.readers.size(), [&](std::size_t reader) {
      for (std::size_t i = next++; i < order.size(); i = next++) {
        Status copied = CopyTable(*backfill.readers[reader], backfill.tables[chosen_[order[i]]],
                                  backfill.position, report_.tables[order[i]]);
        if (!copied) {
          next = order.size();
          return copied;
        }
      }
      return Status();
    });
  }

  Status CopyTable(BackfillReader& reader, const TableSchema& schema,
                   const SourcePosition& position, MigratedTable& told) const {
    const auto columns = ArrowSchemaOf(schema);
    const auto copy = TRY(migration_.csv ? OpenCsvCopy(migration_, told, columns)
                                         : OpenDeltaCopy(migration_, told, columns));
    CopyState state = copy->state();
    const bool finished = state.cursor.done && !migration_.again;
    const bool goes_on = !state.cursor.done && state.position == ToJson(position);
    if (finished) {
      told.notes.push_back("migrated before, at " + state.shown_position);
    } else {
      if (!goes_on) state = {};
      RETURN_IF_ERROR(copy->Begin(goes_on));
      state.position = ToJson(position);
      state.shown_position = position.ToString();
      RETURN_IF_ERROR(CopyChunks(reader, schema, *copy, state, told));
      told.copied = true;
    }
    told.source = state.totals;
    Info("{}: comparing", told.name);
    told.target = TRY(copy->ReadBack());
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
  MigrationReport report_;
};

}  // namespace

Result<MigrationReport> MigrateDatabase(Source& source, const DatabaseMigration& migration) {
  return DatabaseMigrator(source, migration).Run();
}

}  // namespace foreset::batch
