// SPDX-License-Identifier: MIT
#include "foreset/lake/keyed_changes.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

namespace foreset::lake {
namespace {

bool SameImages(const KeyedChanges& changes, std::int64_t row) {
  for (int i = 0; i < changes.before->num_columns(); ++i) {
    const arrow::Array& before = *changes.before->column(i);
    if (!before.RangeEquals(*changes.after->column(i), row, row + 1, row)) return false;
  }
  return true;
}

bool NeedsBefore(Operation operation) {
  return operation == Operation::kUpdate || operation == Operation::kDelete;
}

// Splits the changes of one batch by key.
class Splitter {
 public:
  Splitter(KeyedChanges& out, const RuledBatch& ruled, std::vector<Hash128> before,
           std::vector<Hash128> after, bool whole_row)
      : out_(out),
        ruled_(ruled),
        batch_(*ruled.changes),
        before_(std::move(before)),
        after_(std::move(after)),
        whole_row_(whole_row) {}

  void Add(std::size_t row) {
    switch (batch_.operations[row]) {
      case Operation::kSnapshot:
      case Operation::kInsert:
        return Put(row, batch_.operations[row], batch_.sequences[row]);
      case Operation::kDelete:
        return Remove(row, true);
      case Operation::kUpdate:
        return whole_row_ ? UpdateCopies(row) : Update(row);
      case Operation::kTruncate:
        return Append({KeyEffect::kClear, Operation::kTruncate}, row, {}, batch_.sequences[row]);
    }
  }

 private:
  void UpdateCopies(std::size_t row) {
    Remove(row, ruled_.HidesAfter(row));
    Put(row, ruled_.HidesBefore(row) ? Operation::kInsert : Operation::kUpdate,
        batch_.sequences[row]);
  }
  void Update(std::size_t row) {
    if (before_[row] != after_[row]) {
      Remove(row, true);
      Put(row, Operation::kInsert, batch_.sequences[row].WithRank(Operation::kInsert));
    } else if (ruled_.HidesAfter(row)) {
      Remove(row, true);
    } else {
      Put(row, Operation::kUpdate, batch_.sequences[row]);
    }
  }
  void Put(std::size_t row, Operation operation, Sequence sequence) {
    const bool hidden = ruled_.HidesAfter(row);
    if (hidden && whole_row_) return;  // there is nothing that it could stand for
    KeyedChange change{hidden ? KeyEffect::kRemove : KeyEffect::kPut, operation};
    change.hidden = hidden || ruled_.HidesBefore(row);
    // Below the row itself, which may yet be put through again at its own place.
    const Sequence removal = std::min(sequence, sequence.WithRank(Operation::kDelete));
    Append(change, row, after_[row], hidden ? removal : sequence);
  }
  void Remove(std::size_t row, bool told) {
    if (whole_row_ && ruled_.HidesBefore(row)) return;  // no copy stands for it
    KeyedChange change{KeyEffect::kRemove, Operation::kDelete, told};
    change.from_after = false;
    change.hidden = !whole_row_ && (ruled_.HidesBefore(row) || ruled_.HidesAfter(row));
    Append(change, row, before_[row], batch_.sequences[row].WithRank(Operation::kDelete));
  }
  void Append(KeyedChange change, std::size_t row, const Hash128& key, Sequence sequence) {
    change.row = static_cast<std::uint32_t>(row);
    change.key = key;
    change.sequence = sequence;
    // Of equal rows without a key any may go: only what comes after its own removal is late.
    change.late = batch_.IsLate(row) && (!whole_row_ || change.effect != KeyEffect::kRemove);
    out_.changes.push_back(change);
  }

  KeyedChanges& out_;
  const RuledBatch& ruled_;
  const ChangeBatch& batch_;
  std::vector<Hash128> before_;
  std::vector<Hash128> after_;
  bool whole_row_;
};

}  // namespace

Status CheckVersion(const ChangeBatch& batch, SchemaVersion version, const std::string& table) {
  if (batch.schema->version == version) return {};
  return Err(ErrorKind::kInternal, ErrorCode::kInternal,
             fmt::format("rows of schema {} for {}, which has schema {}",
                         batch.schema->version.value(), table, version.value()));
}

Result<KeyedChanges> KeyChanges(const RuledBatch& ruled, const Projection& projection,
                                Sequence floor) {
  const ChangeBatch& batch = *ruled.changes;
  KeyedChanges out;
  out.batch = &batch;
  out.before = projection.Apply(*batch.before);
  out.after = projection.Apply(*batch.after);
  const RowKey key = projection.Key();
  std::vector<Hash128> before;
  if (std::ranges::any_of(batch.operations, NeedsBefore)) before = TRY(key.Digests(*out.before));
  Splitter splitter(out, ruled, std::move(before), TRY(key.Digests(*out.after)), key.whole_row());
  out.changes.reserve(batch.size());
  for (std::size_t row = 0; row < batch.size(); ++row) {
    const Operation operation = batch.operations[row];
    // A backfilled row stands at its snapshot's position, which a resumed backfill may be past.
    if (operation != Operation::kSnapshot && batch.sequences[row] < floor) continue;
    const bool hidden = ruled.HidesBefore(row) || ruled.HidesAfter(row);
    if (operation == Operation::kUpdate && !projection.all() && !hidden &&
        SameImages(out, static_cast<std::int64_t>(row))) {
      continue;
    }
    splitter.Add(row);
  }
  return out;
}

}  // namespace foreset::lake
