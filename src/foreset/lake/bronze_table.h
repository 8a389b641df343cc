// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/arrival_check.h"
#include "foreset/lake/feed_check.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/progress.h"
#include "foreset/lake/rolling_writer.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/schema_change.h"

namespace foreset::lake {

// What a replay of bronze hands on: rows of one bronze batch (all of one schema, ascending by
// `_seq`), or a schema change that stands before the rows that follow.
struct ReplayItem {
  BatchNumber batch;
  std::variant<std::shared_ptr<const ChangeBatch>, SchemaChange> item;
};
using ReplaySink = std::function<Status(ReplayItem)>;

// The log of one source table: `bronze/<Table>`, append-only. Rows that are staged become visible
// with the next commit, all at once. Not thread-safe.
//
// Columns: _op, _seq, _source_ts, _gtid, _file, _pos, _row, _txn, _ingested_at, _batch, _schema,
// before, after, _rescued, _server_id, _thread. A table that is fed from topics also _topic,
// _partition, _offset, _late.
class BronzeTable {
 public:
  // `position`: where the table begins; changes before it are not its own. It also says whether the
  // table is fed from topics.
  static Result<std::unique_ptr<BronzeTable>> Create(std::shared_ptr<ObjectStore> store,
                                                     const LakeOptions& options,
                                                     const TableSchema& schema,
                                                     const SourcePosition& position);
  static Result<std::unique_ptr<BronzeTable>> Open(std::shared_ptr<ObjectStore> store,
                                                   std::string table, const LakeOptions& options);

  // Writes the rows that are not in yet: streamed changes below progress().Floor() are left out.
  // Returns how many rows were taken. Invisible until Commit. Call it as often as a round needs;
  // from topics once a commit, with rows ascending by `_seq` (CheckArrivals decides on each).
  Result<std::size_t> Stage(const ChangeBatch& batch);
  // Makes room for the columns of the new schema, in one commit, durable on return; with nothing
  // staged. Columns are never dropped (lake_names.h); widening rewrites the files. schema() then
  // has their names. A change that the table already has does nothing. kInvalidInput
  // (kIncompatibleSchemaChange, kSchemaChangeNotFollowed) when it cannot be followed.
  Status Evolve(const SchemaChange& change);
  // Takes records out of the quarantine (from topics, of the table's own schema, ascending by
  // `_seq`, with nothing staged), in one commit that says so; durable on return. `ids` beside the
  // rows: what a crash left taken before is not taken twice, as long as progress().admitted has it.
  // What covers the table's topics stays. How many were taken; the others are repeats.
  Result<std::size_t> Admit(const ChangeBatch& batch, const std::vector<std::string>& ids);
  // The quarantine has let go of them. Durable on return.
  Status ForgetAdmitted();
  // One commit that names all staged rows and says what is covered now. With nothing staged it
  // commits only when `backfill` is given. A lost race with a foreign OPTIMIZE is retried here
  // (staged rows depend on nothing).
  Status Commit(const SourcePosition& covered, std::optional<BackfillState> backfill = {});
  // Forgets what is staged, and reads the table again. After any error.
  Status Refresh();

  // Streams the batches after `after` up to and with `up_to` in order, with the schema changes of
  // this table (`changes`: all that there are, ascending by sequence) before the first rows of
  // their schema; those that the table has and no row follows come last, when `up_to` is the last
  // batch. Whoever follows knows which changes it has. Reads only files whose statistics may hold
  // such batches.
  Status Replay(BatchNumber after, BatchNumber up_to, std::span<const SchemaChange> changes,
                const ReplaySink& sink) const;

  const Progress& progress() const { return table_.progress(); }
  const std::shared_ptr<const TableSchema>& schema() const { return table_.source_schema(); }
  delta::Version version() const { return table_.snapshot()->version(); }
  LakeTable& table() { return table_; }
  const LakeTable& table() const { return table_; }
  // For whoever is fed from it as it is now.
  FedFrom source() const { return SourceOf(table_); }
  // The batch number that the next Commit gives to what is staged.
  BatchNumber next_batch() const { return progress().batch.Next(); }
  std::size_t staged_rows() const { return staged_rows_; }
  // False when what is staged, or was committed last, differs from the batch that Stage was given:
  // whoever follows must read it from here.
  bool staged_as_given() const { return as_given_; }
  // Changes that a producer sent again and that were left out, since this object was made.
  std::size_t repeats() const { return repeats_; }
  bool from_topics() const { return progress().position.from_topics; }

 private:
  explicit BronzeTable(LakeTable table);
  Result<std::size_t> StageRecords(const ChangeBatch& batch);
  Result<std::size_t> Take(const ChangeBatch& batch, const Arrivals& arrivals);
  Status CommitStaged(Progress next, const std::string& operation);
  Result<std::size_t> Write(const ChangeBatch& batch,
                            const std::function<bool(std::size_t)>& wanted);
  void ForgetStaged();
  SourcePosition Advanced(const SourcePosition& covered) const;

  LakeTable table_;
  RollingWriter writer_;
  std::vector<delta::AddFile> finished_;  // staged and closed, for another attempt to commit
  std::size_t staged_rows_ = 0;
  std::vector<PartitionPosition> staged_;  // what the staged records bring `highest` to
  Sequence staged_truncate_;
  bool as_given_ = true;
  std::size_t repeats_ = 0;
};

}  // namespace foreset::lake
