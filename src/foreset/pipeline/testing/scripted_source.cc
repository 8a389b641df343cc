// SPDX-License-Identifier: MIT
#include "foreset/pipeline/testing/scripted_source.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/model/arrow_types.h"

namespace foreset::pipeline::testing {
namespace {

constexpr std::uint64_t kStep = 1000;  // binlog bytes of a transaction

// Builds the images of one batch.
class BatchBuilder {
 public:
  explicit BatchBuilder(std::shared_ptr<const TableSchema> schema) {
    batch_.schema = std::move(schema);
  }

  void Add(Operation operation, Sequence sequence, std::int32_t id, const std::string* before,
           const std::string* after, SourceTransaction transaction) {
    if (batch_.transactions.empty() || batch_.transactions.back() != transaction) {
      batch_.transactions.push_back(std::move(transaction));
    }
    batch_.operations.push_back(operation);
    batch_.sequences.push_back(sequence);
    batch_.event_rows.push_back(static_cast<std::uint32_t>(sequence.row()));
    batch_.event_offsets.push_back(sequence.position());
    batch_.transaction_of.push_back(static_cast<std::uint32_t>(batch_.transactions.size() - 1));
    before_.Append(id, before);
    after_.Append(id, after);
  }

  std::shared_ptr<const ChangeBatch> Finish() {
    batch_.before = before_.Finish(*batch_.schema);
    batch_.after = after_.Finish(*batch_.schema);
    return std::make_shared<const ChangeBatch>(std::move(batch_));
  }

 private:
  struct Image {
    arrow::Int32Builder ids;
    arrow::StringBuilder values;

    void Append(std::int32_t id, const std::string* value) {
      const auto done = value == nullptr ? ids.AppendNull() & values.AppendNull()
                                         : ids.Append(id) & values.Append(*value);
      if (!done.ok()) std::abort();
    }
    std::shared_ptr<arrow::RecordBatch> Finish(const TableSchema& schema) {
      const std::int64_t rows = ids.length();
      return arrow::RecordBatch::Make(ArrowSchemaOf(schema), rows,
                                      {ids.Finish().ValueOrDie(), values.Finish().ValueOrDie()});
    }
  };

  ChangeBatch batch_;
  Image before_;
  Image after_;
};

class ScriptedReader final : public BackfillReader {
 public:
  ScriptedReader(const ScriptedSource& source, std::size_t at, SourcePosition position)
      : source_(source), at_(at), position_(std::move(position)) {}

  Result<BackfillCursor> ReadChunk(std::shared_ptr<const TableSchema> schema,
                                   const BackfillCursor& from, std::size_t max_rows,
                                   const Sink& sink, const std::stop_token&) override {
    const auto rows = source_.RowsAfter(schema->id.table, at_);
    BackfillCursor cursor = from;
    BatchBuilder batch(schema);
    std::size_t taken = 0;
    auto row =
        from.after_key.empty() ? rows.begin() : rows.upper_bound(std::stoi(from.after_key.front()));
    for (; row != rows.end() && taken < max_rows; ++row, ++taken) {
      batch.Add(Operation::kSnapshot, position_.ForSnapshotRow(cursor.rows++), row->first, nullptr,
                &row->second, {.id = "snapshot", .gtid = {}, .file = position_.file});
      cursor.after_key = {std::to_string(row->first)};
    }
    cursor.done = row == rows.end();
    if (taken > 0) RETURN_IF_ERROR(sink(batch.Finish()));
    return cursor;
  }

 private:
  const ScriptedSource& source_;
  std::size_t at_;
  SourcePosition position_;
};

// One transaction a round.
class ScriptedStream final : public ChangeStream {
 public:
  ScriptedStream(const ScriptedSource& source, const std::vector<ScriptedTransaction>& script,
                 const std::set<std::string>& left_out, std::size_t next, SourceEpoch epoch,
                 std::size_t& given_out)
      : source_(source),
        script_(script),
        left_out_(left_out),
        next_(next),
        epoch_(epoch),
        given_out_(given_out) {}

  Result<CaptureRound> Next(const RoundLimits&, const std::stop_token& stop) override {
    if (stop.stop_requested()) {
      return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "stopped");
    }
    CaptureRound round;
    if (next_ < script_.size()) {
      script_[next_].front().statement ? AddStatement(round) : AddTransaction(round);
    }
    given_out_ = std::max(given_out_, next_);
    round.end = source_.PositionAfter(next_);
    round.end.epoch = epoch_;
    return round;
  }

 private:
  void AddStatement(CaptureRound& round) {
    const ScriptedChange& scripted = script_[next_].front();
    const SourcePosition begin = source_.PositionAfter(next_);
    SchemaChange change;
    change.kind = *scripted.statement;
    change.table = {"shop", scripted.table};
    change.sequence = Sequence(epoch_.value(), 1, begin.offset + 100, 0, Operation::kTruncate);
    change.committed_at = Timestamp(static_cast<std::int64_t>(next_) + 1);
    change.cannot_follow = scripted.reason;
    const bool gone =
        change.kind == SchemaChangeKind::kDrop || change.kind == SchemaChangeKind::kReplace;
    if (!gone && scripted.has_schema) change.after = source_.SchemaOf(scripted.table);
    round.items.emplace_back(std::move(change));
    ++next_;
  }

  void AddTransaction(CaptureRound& round) {
    std::map<std::string, BatchBuilder> batches;
    const SourcePosition begin = source_.PositionAfter(next_);
    const std::string gtid = "u:" + std::to_string(next_ + 1);
    std::map<std::string, ScriptedSource::Rows> now;
    std::uint64_t ordinal = 0;
    for (const ScriptedChange& change : script_[next_]) {
      auto [rows, fresh] = now.try_emplace(change.table);
      if (fresh) rows->second = source_.RowsAfter(change.table, next_);
      auto& batch = batches.try_emplace(change.table, source_.SchemaOf(change.table)).first->second;
      const Sequence sequence(epoch_.value(), 1, begin.offset + 100, ordinal++, change.operation);
      const auto old = rows->second.find(change.id);
      const std::string before = old == rows->second.end() ? "" : old->second;
      batch.Add(change.operation, sequence, change.id,
                change.operation == Operation::kInsert ? nullptr : &before,
                change.operation == Operation::kDelete ? nullptr : &change.value,
                {.id = gtid,
                 .gtid = gtid,
                 .file = begin.file,
                 .offset = begin.offset,
                 .committed_at = Timestamp(static_cast<std::int64_t>(next_) + 1)});
      if (change.operation == Operation::kDelete) {
        rows->second.erase(change.id);
      } else {
        rows->second[change.id] = change.value;
      }
    }
    for (auto& [table, batch] : batches) {
      if (!left_out_.contains(table)) round.items.emplace_back(batch.Finish());
    }
    ++next_;
    round.transactions = 1;
    round.newest_commit = Timestamp(static_cast<std::int64_t>(next_));
  }

  const ScriptedSource& source_;
  const std::vector<ScriptedTransaction>& script_;
  const std::set<std::string>& left_out_;
  std::size_t next_;
  SourceEpoch epoch_;
  std::size_t& given_out_;
};

}  // namespace

ScriptedSource::ScriptedSource(std::vector<std::string> tables,
                               std::vector<ScriptedTransaction> transactions,
                               std::size_t before_backfill)
    : tables_(std::move(tables)),
      transactions_(std::move(transactions)),
      before_backfill_(before_backfill) {}

ScriptedSource::Rows ScriptedSource::RowsAfter(const std::string& table, std::size_t count) const {
  Rows rows;
  for (std::size_t i = 0; i < count; ++i) {
    for (const ScriptedChange& change : transactions_[i]) {
      if (change.table != table) continue;
      if (change.statement) {
        if (*change.statement != SchemaChangeKind::kAlter) rows = change.rows;
        continue;
      }
      if (change.operation == Operation::kDelete) {
        rows.erase(change.id);
      } else {
        rows[change.id] = change.value;
      }
    }
  }
  return rows;
}

std::size_t ScriptedSource::ChangesOf(const std::string& table) const {
  std::size_t changes = 0;
  for (std::size_t i = before_backfill_; i < transactions_.size(); ++i) {
    changes += static_cast<std::size_t>(
        std::ranges::count(transactions_[i], table, &ScriptedChange::table));
  }
  return changes;
}

std::size_t ScriptedSource::BackfilledRowsOf(const std::string& table) const {
  return RowsAfter(table, before_backfill_).size();
}

SourcePosition ScriptedSource::PositionAfter(std::size_t count) const {
  return {.epoch = SourceEpoch(0),
          .server = "scripted",
          .file = "binlog.000001",
          .offset = kStep * (count + 1),
          .gtid_set = "u:1-" + std::to_string(count)};
}

std::shared_ptr<const TableSchema> ScriptedSource::SchemaOf(const std::string& table) const {
  TableSchema schema{{"shop", table}, SchemaVersion(1), {}, KeyKind::kPrimary, {0}};
  schema.columns.push_back({.name = "id", .nullable = false, .declared_type = "int"});
  schema.columns.push_back({.name = "value",
                            .type = SourceType::kVarChar,
                            .length = 100,
                            .charset = "utf8mb4",
                            .declared_type = "varchar(100)"});
  return std::make_shared<const TableSchema>(std::move(schema));
}

Result<SourceDescription> ScriptedSource::Describe() {
  return SourceDescription{.server = "scripted",
                           .version = "1",
                           .is_mariadb = false,
                           .now = PositionAfter(transactions_.size())};
}

Result<std::vector<TableId>> ScriptedSource::ListTables() {
  std::vector<TableId> ids;
  for (const std::string& table : tables_) ids.push_back({"shop", table});
  return ids;
}

Result<std::vector<TableId>> ScriptedSource::LeftOut(const std::vector<TableId>& tables) {
  std::vector<TableId> left_out;
  for (const TableId& id : tables) {
    if (left_out_.contains(id.table)) left_out.push_back(id);
  }
  return left_out;
}

Result<Backfill> ScriptedSource::BeginBackfill(std::size_t readers, SourceEpoch epoch) {
  Backfill backfill;
  const std::size_t at = std::max(before_backfill_, given_out_);
  backfill.position = PositionAfter(at);
  backfill.position.epoch = epoch;
  for (const std::string& table : tables_) {
    backfill.tables.push_back(*SchemaOf(table));
    backfill.estimated_rows.push_back(0);
  }
  for (std::size_t i = 0; i < readers; ++i) {
    backfill.readers.push_back(std::make_unique<ScriptedReader>(*this, at, backfill.position));
  }
  return backfill;
}

Result<std::unique_ptr<ChangeStream>> ScriptedSource::Follow(const SourcePosition& from,
                                                             std::vector<FollowedTable>) {
  const std::size_t next = from.offset / kStep - 1;
  return std::make_unique<ScriptedStream>(*this, transactions_, left_out_, next, from.epoch,
                                          given_out_);
}

}  // namespace foreset::pipeline::testing
