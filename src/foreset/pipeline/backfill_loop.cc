// SPDX-License-Identifier: MIT
#include "foreset/pipeline/backfill_loop.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "foreset/base/messages.h"
#include "foreset/base/mutex.h"
#include "foreset/lake/large_rows.h"
#include "foreset/pipeline/begin_anew.h"
#include "foreset/pipeline/index_memory.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {
namespace {

lake::BackfillState ToState(const BackfillCursor& cursor, const SourcePosition& position) {
  return {.position = position,
          .after_key = cursor.after_key,
          .rows = cursor.rows,
          .done = cursor.done};
}

BackfillCursor ToCursor(const std::optional<lake::BackfillState>& state) {
  if (!state) return {};
  return {.after_key = state->after_key, .rows = state->rows, .done = state->done};
}

std::unexpected<Error> Interrupted() {
  return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "the backfill was interrupted");
}

// How many rows are read for one commit: as many as fill it, by those that were read so far.
class ChunkSize {
 public:
  explicit ChunkSize(const PipelineOptions& options)
      : bytes_(options.round.limits.bytes), longest_(options.backfill.chunk_rows) {}

  void Learn(std::uint64_t rows, std::size_t bytes) {
    if (rows > 0) row_bytes_ = std::max<std::size_t>(1, bytes / rows);
  }
  std::size_t rows() const { return std::clamp<std::size_t>(bytes_ / row_bytes_, 1, longest_); }

 private:
  std::size_t bytes_;
  std::size_t longest_;
  std::size_t row_bytes_ = 256;  // until a row has been seen
};

// Copies one table at a time, on the reader's own thread.
class TableCopy {
 public:
  TableCopy(const lake::Lake& lake, BronzeCatalog& catalog, LakeLoop& workers,
            const PipelineOptions& options, StatusBoard& board, const std::stop_token& stop)
      : lake_(lake),
        catalog_(catalog),
        workers_(workers),
        options_(options),
        board_(board),
        stop_(stop) {}

  Status Copy(BackfillReader& reader, const TableSchema& schema, const std::string& statement,
              const SourcePosition& position) {
    if (catalog_.IsOver(schema.id) || catalog_.IsWhole(schema.id)) return {};
    Status copied = CopyTable(reader, schema, statement, position);
    if (!copied && copied.error().code == ErrorCode::kSchemaChangedDuringBackfill) {
      copied = MoveTableAway(lake_, catalog_, workers_, board_, schema.id);
      if (copied) copied = CopyTable(reader, schema, statement, position);
    }
    // What the attempt has staged may be committed although it failed, so that the next one finds
    // the table whole and does not look at it.
    lake::BronzeTable* const table = copied ? nullptr : catalog_.Find(schema.id);
    if (table != nullptr) (void)table->Refresh();
    if (copied || IsOfSource(copied.error()) || !IsOfTableAlone(copied.error())) return copied;
    return Stop(schema.id, copied.error());
  }

 private:
  Status Stop(const TableId& id, const Error& why) {
    RETURN_IF_ERROR(catalog_.Stop(id, why));
    Warn("{} stops: {}. {}", id.ToString(), why.ToString(), why.NextStep());
    board_.ChangeTable(id, [&](TableStatus& status) {
      status.phase = TablePhase::kStopped;
      status.stopped = why;
    });
    return {};
  }

  Status CopyTable(BackfillReader& reader, const TableSchema& schema, const std::string& statement,
                   const SourcePosition& position) {
    lake::BronzeTable& table = *TRY(catalog_.Begin(schema, position, statement));
    RETURN_IF_ERROR(table.Refresh());  // of an attempt that broke off a chunk may be half staged
    const auto shared = std::make_shared<const TableSchema>(schema);
    BackfillCursor cursor = ToCursor(table.progress().backfill);
    ChunkSize size(options_);
    Report(schema.id, cursor);
    while (!cursor.done) {
      if (stop_.stop_requested()) return Interrupted();
      cursor = TRY(CopyChunk(reader, shared, cursor, table, position, size));
      Report(schema.id, cursor);
    }
    workers_.Submit({schema.id, CatchUpWanted{}});
    return {};
  }

  // A table of several copies' chunks is covered from the oldest of them.
  Result<BackfillCursor> CopyChunk(BackfillReader& reader,
                                   const std::shared_ptr<const TableSchema>& schema,
                                   const BackfillCursor& from, lake::BronzeTable& table,
                                   const SourcePosition& position, ChunkSize& size) {
    BatchCommitted news;
    std::size_t bytes = 0;
    bool whole = true;  // what news.rows has
    const auto keep = [&](std::shared_ptr<const ChangeBatch> rows) -> Status {
      const std::size_t own = MemoryBytes(*rows);
      {
        const auto turn = lake::TurnFor(workers_.turns(), *rows);
        RETURN_IF_ERROR(table.Stage(*rows));
      }
      // One that is larger than a round is held alone.
      const bool holds = bytes == 0 || bytes + own <= options_.round.limits.bytes;
      bytes += own;
      if (whole && holds) {
        news.rows.push_back(std::move(rows));
      } else {
        news.rows.clear();  // too large to hold: silver and gold read it back from bronze
        whole = false;
      }
      return {};
    };
    BackfillCursor cursor = TRY(reader.ReadChunk(schema, from, size.rows(), keep, stop_));
    size.Learn(cursor.rows - from.rows, bytes);
    const SourcePosition covered =
        table.progress().position.empty() ? position : table.progress().position;
    RETURN_IF_ERROR(table.Commit(covered, ToState(cursor, position)));
    news.batch = table.progress().batch;
    news.position = covered;
    news.source = table.source();
    news.source_time = lake_.options.clock->Now();
    board_.Change([&](PipelineStatus& status) {
      NoteBronzeBatch(status.tables[schema->id], news.batch.value(), news.source_time);
      status.copied_rows += cursor.rows - from.rows;
    });
    if (cursor.rows > from.rows) workers_.Submit({schema->id, std::move(news)});
    return cursor;
  }

  void Report(const TableId& table, const BackfillCursor& cursor) {
    board_.ChangeTable(table, [&](TableStatus& status) {
      status.phase = cursor.done ? TablePhase::kFollowing : TablePhase::kBackfilling;
      status.backfilled_rows = cursor.rows;
    });
  }

  const lake::Lake& lake_;
  BronzeCatalog& catalog_;
  LakeLoop& workers_;
  const PipelineOptions& options_;
  StatusBoard& board_;
  const std::stop_token& stop_;
};

// Largest first, so that the last reader to finish is not left with the largest table.
std::vector<std::size_t> LargestFirst(const Backfill& backfill) {
  std::vector<std::size_t> order(backfill.tables.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) {
    return i < backfill.estimated_rows.size() ? backfill.estimated_rows[i] : 0;
  });
  return order;
}

RowEstimates EstimatesOf(const Backfill& backfill) {
  RowEstimates rows;
  for (std::size_t i = 0; i < backfill.tables.size(); ++i) {
    if (i >= backfill.estimated_rows.size()) break;
    rows.emplace_back(backfill.tables[i].id, backfill.estimated_rows[i]);
  }
  return rows;
}

void Announce(const Backfill& backfill, StatusBoard& board) {
  board.Change([&](PipelineStatus& status) {
    status.backfilling = true;
    for (const auto& [table, rows] : EstimatesOf(backfill)) {
      status.tables[table].estimated_rows = rows;
    }
  });
}

// Each reader takes the next table that nobody has taken. The first error ends all.
Status CopyAll(Backfill& backfill, TableCopy& copy, const std::stop_token& stop) {
  const std::vector<std::size_t> order = LargestFirst(backfill);
  std::atomic<std::size_t> next = 0;
  Mutex mutex;
  std::optional<Error> first_error;
  const auto work = [&](BackfillReader& reader) {
    for (std::size_t i = next++; i < order.size() && !stop.stop_requested(); i = next++) {
      const std::string statement =
          order[i] < backfill.statements.size() ? backfill.statements[order[i]] : "";
      Status copied = copy.Copy(reader, backfill.tables[order[i]], statement, backfill.position);
      if (copied) continue;
      const MutexLock lock(mutex);
      if (!first_error) first_error = std::move(copied).error();
      next = order.size();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (const auto& reader : backfill.readers) {
      threads.emplace_back([&work, &reader] { work(*reader); });
    }
  }
  if (first_error) return std::unexpected(*first_error);
  if (stop.stop_requested()) return Interrupted();
  return {};
}

}  // namespace

Status RunBackfill(Source& source, SourceEpoch epoch, const lake::Lake& lake,
                   BronzeCatalog& catalog, LakeLoop& workers, const PipelineOptions& options,
                   StatusBoard& board, const std::stop_token& stop) {
  const auto begun = lake.options.clock->Steady();
  Backfill backfill = TRY(source.BeginBackfill(options.backfill.readers, epoch));
  Announce(backfill, board);
  Info("copying {} tables at {} with {} connections", backfill.tables.size(),
       backfill.position.ToString(), backfill.readers.size());
  const auto exceed = IndexesExceed(options.workers.memory_limit_bytes,
                                    EstimateIndexBytes(lake.layout, EstimatesOf(backfill)));
  if (exceed) Warn("{}", *exceed);
  TableCopy copy(lake, catalog, workers, options, board, stop);
  RETURN_IF_ERROR(CopyAll(backfill, copy, stop));
  board.Change([&](PipelineStatus& status) {
    status.backfilling = false;
    status.copied_in +=
        std::chrono::duration_cast<std::chrono::milliseconds>(lake.options.clock->Steady() - begun);
  });
  return {};
}

}  // namespace foreset::pipeline
