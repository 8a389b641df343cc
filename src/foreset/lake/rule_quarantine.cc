// SPDX-License-Identifier: MIT
#include "foreset/lake/rule_quarantine.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/lake/row_builder.h"
#include "foreset/lake/row_removal.h"

namespace foreset::lake {
namespace {

struct RuleQuarantineColumn {
  enum : int {
    kSeq,
    kSourceTs,
    kOp,
    kDatabase,
    kTable,
    kCode,
    kRule,
    kReason,
    kValues,
    kIngestedAt,
  };
};

std::shared_ptr<arrow::Schema> RuleQuarantineColumns() {
  return arrow::schema(
      {arrow::field("_seq", arrow::utf8()), arrow::field("_source_ts", LakeTimeType()),
       arrow::field("_op", arrow::utf8()), arrow::field("database", arrow::utf8()),
       arrow::field("table", arrow::utf8()), arrow::field("code", arrow::utf8()),
       arrow::field("rule", arrow::utf8()), arrow::field("reason", arrow::utf8()),
       arrow::field("values", arrow::utf8()), arrow::field("_ingested_at", LakeTimeType())});
}

constexpr char kName[] = "_quarantine";

Sequence PlaceOf(const arrow::RecordBatch& rows, std::int64_t row) {
  return Sequence::Parse(RowReader(rows, row).Text(RuleQuarantineColumn::kSeq))
      .value_or(Sequence());
}

// As bronze has it.
std::string LetterOf(Operation operation) {
  if (operation == Operation::kSnapshot) return "r";
  return operation == Operation::kInsert ? "c" : "u";
}

}  // namespace

Result<std::unique_ptr<RuleQuarantine>> RuleQuarantine::Open(std::shared_ptr<ObjectStore> store,
                                                             const RuleSet& rules,
                                                             const LakeOptions& options) {
  std::unique_ptr<RuleQuarantine> quarantine(new RuleQuarantine(std::move(store), rules, options));
  if (TRY(LakeTable::Exists(*quarantine->store_))) {
    quarantine->table_ = TRY(LakeTable::Open(quarantine->store_, kName, options));
  }
  return quarantine;
}

void RuleQuarantine::Stage(const RuledBatch& batch) {
  const ChangeBatch& changes = *batch.changes;
  for (const RefusedRow& refused : batch.refused) {
    staged_.push_back({changes.schema->id, changes.sequences[refused.row],
                       changes.TransactionOf(refused.row).committed_at,
                       LetterOf(changes.operations[refused.row]), refused});
  }
}

Status RuleQuarantine::Commit(BatchNumber batch) {
  const std::vector<Staged> staged = std::exchange(staged_, {});
  if (staged.empty() || batch <= covered()) return {};
  if (!table_) table_ = TRY(OpenOrCreatePlain(store_, kName, options_, *RuleQuarantineColumns()));
  RowBuilder rows(table_->columns());
  const Timestamp now = options_.clock->Now();
  for (const Staged& row : staged) {
    rows.Text(RuleQuarantineColumn::kSeq, row.sequence.ToString());
    rows.Time(RuleQuarantineColumn::kSourceTs, row.committed_at);
    rows.Text(RuleQuarantineColumn::kOp, row.operation);
    rows.Text(RuleQuarantineColumn::kDatabase, row.table.database);
    rows.Text(RuleQuarantineColumn::kTable, row.table.table);
    rows.Text(RuleQuarantineColumn::kCode, FormatCode(row.refused.code));
    rows.Text(RuleQuarantineColumn::kRule, rules_.rules[row.refused.rule].Name());
    rows.Text(RuleQuarantineColumn::kReason, row.refused.reason);
    rows.Text(RuleQuarantineColumn::kValues, row.refused.values);
    rows.Time(RuleQuarantineColumn::kIngestedAt, now);
    rows.EndRow();
  }
  Progress next = table_->progress();
  next.batch = batch;
  return AppendPlain(*table_, TRY(rows.Finish()), next);
}

Status RuleQuarantine::Refresh() {
  staged_.clear();
  if (table_) return table_->Refresh();
  if (TRY(LakeTable::Exists(*store_))) table_ = TRY(LakeTable::Open(store_, kName, options_));
  return {};
}

Result<bool> RuleQuarantine::Maintain(const CompactionPolicy& policy) {
  if (!table_ || !staged_.empty()) return false;
  return CompactAppendOnly(*table_, policy);
}

Result<std::uint64_t> RuleQuarantine::Remove(const std::set<Sequence>& places,
                                             const std::string& operation) {
  if (!table_) return std::uint64_t{0};
  const auto goes = [&](const arrow::RecordBatch& rows, std::int64_t row) -> Result<bool> {
    return places.contains(PlaceOf(rows, row));
  };
  return RemoveRows(*table_, goes, operation);
}

BatchNumber RuleQuarantine::covered() const {
  return table_ ? table_->progress().batch : BatchNumber(0);
}

}  // namespace foreset::lake
