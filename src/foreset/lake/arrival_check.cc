// SPDX-License-Identifier: MIT
#include "foreset/lake/arrival_check.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/base/hash128.h"
#include "foreset/delta/table_scan.h"
#include "foreset/lake/bronze_codec.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/projection.h"
#include "foreset/model/sequence.h"

namespace foreset::lake {
namespace {

bool SameRow(const arrow::RecordBatch& a, std::int64_t i, const arrow::RecordBatch& b,
             std::int64_t j) {
  if (a.num_columns() != b.num_columns()) return false;
  for (int column = 0; column < a.num_columns(); ++column) {
    if (!a.column(column)->RangeEquals(*b.column(column), i, i + 1, j)) return false;
  }
  return true;
}

bool SameChange(const ChangeBatch& a, std::size_t i, const ChangeBatch& b, std::size_t j) {
  const auto row = static_cast<std::int64_t>(i);
  const auto other = static_cast<std::int64_t>(j);
  return a.operations[i] == b.operations[j] && SameRow(*a.before, row, *b.before, other) &&
         SameRow(*a.after, row, *b.after, other);
}

std::unexpected<Error> Ambiguous(const ChangeBatch& batch, std::size_t row) {
  return Err(ErrorKind::kUnsupported, ErrorCode::kDebeziumPlaceAmbiguous,
             fmt::format("{}: two different changes have the place {}", batch.schema->id.ToString(),
                         batch.sequences[row].ToString()));
}

// What a table has had from its partitions.
class Known {
 public:
  Known(const Progress& progress, bool whole_row) : progress_(progress), whole_row_(whole_row) {
    for (const PartitionPosition& partition : progress.position.partitions) {
      highest_ = std::max(highest_, partition.highest);
    }
  }

  bool Covers(std::string_view topic, const RecordPlace& place) const {
    const auto* own = FindPartition(progress_.position.partitions, topic, place.partition);
    return own != nullptr && place.offset < own->next_offset;
  }
  // A change above it is new, and newer than all of its key.
  Sequence LimitOf(std::string_view topic, const RecordPlace& place, Operation operation) const {
    const auto& partitions = progress_.position.partitions;
    const auto* own = FindPartition(partitions, topic, place.partition);
    // Rows without a key go to any partition, as a TRUNCATE does.
    const bool anywhere = own == nullptr || own->keys_moved || operation == Operation::kTruncate ||
                          (whole_row_ && partitions.size() > 1);
    return anywhere ? highest_ : std::max(own->highest, progress_.truncated);
  }
  Sequence highest() const { return highest_; }

 private:
  const Progress& progress_;
  bool whole_row_;
  Sequence highest_;
};

// The rows in question, and what the log says of them.
class Inquiry {
 public:
  Inquiry(const ChangeBatch& batch, const LakeTable& bronze)
      : batch_(batch),
        bronze_(bronze),
        key_(Projection::All(*batch.schema).Key()),
        repeated_(batch.size()),
        late_(batch.size()) {}

  void Ask(std::size_t row) { asked_.push_back(row); }

  Status Run() {
    if (asked_.empty()) return {};
    own_before_ = TRY(key_.Digests(*batch_.before));
    own_after_ = TRY(key_.Digests(*batch_.after));
    for (const std::size_t row : asked_) {
      by_sequence_.emplace(batch_.sequences[row], row);
      lowest_ = std::min(lowest_, batch_.sequences[row]);
    }
    if (key_.whole_row()) lowest_ = bronze_.progress().truncated;
    const std::string lowest = lowest_.ToString();
    const auto& own = bronze_.source_schema();
    const auto named = own->version == batch_.schema->version ? own : batch_.schema;
    const auto take = [&](const delta::ScannedBatch& scanned) -> Status {
      const auto rows = TRY(FromBronze(*scanned.batch, named, bronze_.datetime()));
      return Read(*rows);
    };
    for (const delta::AddFile& file : bronze_.snapshot()->files()) {
      if (const auto greatest = MaxText(file, "_seq"); greatest && *greatest < lowest) continue;
      RETURN_IF_ERROR(
          delta::ScanFile(bronze_.store(), *bronze_.snapshot(), file, bronze_.AllColumns(), take));
    }
    Judge();
    return {};
  }

  bool IsRepeated(std::size_t row) const { return repeated_[row] != 0; }
  const std::vector<std::uint8_t>& late() const { return late_; }

 private:
  struct Balance {
    std::int64_t puts = 0;
    std::int64_t removals = 0;
  };

  Status Read(const ChangeBatch& log) {
    const auto before = TRY(key_.Digests(*log.before));
    const auto after = TRY(key_.Digests(*log.after));
    for (std::size_t i = 0; i < log.size(); ++i) {
      const Sequence sequence = log.sequences[i];
      if (sequence < lowest_) continue;
      const auto [first, last] = by_sequence_.equal_range(sequence);
      for (auto at = first; at != last; ++at) {
        if (!SameChange(batch_, at->second, log, i)) return Ambiguous(batch_, at->second);
        repeated_[at->second] = 1;
      }
      const Operation operation = log.operations[i];
      if (operation == Operation::kTruncate) truncated_ = std::max(truncated_, sequence);
      if (HasBefore(operation)) Note(before[i], sequence, false);
      if (HasAfter(operation)) Note(after[i], sequence, true);
    }
    return {};
  }

  void Note(const Hash128& key, Sequence sequence, bool put) {
    Sequence& newest = newest_[key];
    newest = std::max(newest, sequence);
    if (key_.whole_row()) ++(put ? balances_[key].puts : balances_[key].removals);
  }

  void Judge() {
    for (const std::size_t row : asked_) {
      const Operation operation = batch_.operations[row];
      if (repeated_[row] != 0 || operation == Operation::kTruncate) continue;
      const Hash128& key = HasAfter(operation) ? own_after_[row] : own_before_[row];
      late_[row] = IsLate(row, key) ? 1 : 0;
    }
  }

  bool IsLate(std::size_t row, const Hash128& key) {
    if (batch_.sequences[row] < truncated_) return true;
    if (!key_.whole_row()) {
      const auto newest = newest_.find(key);
      return newest != newest_.end() && batch_.sequences[row] < newest->second;
    }
    if (!HasAfter(batch_.operations[row])) return false;
    Balance& balance = balances_[key];
    return balance.removals > balance.puts++;
  }

  const ChangeBatch& batch_;
  const LakeTable& bronze_;
  RowKey key_;
  std::vector<std::size_t> asked_;
  std::vector<Hash128> own_before_;
  std::vector<Hash128> own_after_;
  std::multimap<Sequence, std::size_t> by_sequence_;
  Sequence lowest_ = Sequence::FromBits(~0ULL, ~0ULL);
  std::unordered_map<Hash128, Sequence> newest_;
  std::unordered_map<Hash128, Balance> balances_;
  Sequence truncated_;
  std::vector<std::uint8_t> repeated_;
  std::vector<std::uint8_t> late_;
};

// Repeats within the batch: only the first is taken.
Result<bool> RepeatsTheOneBefore(const ChangeBatch& batch, std::size_t row) {
  if (row == 0 || batch.sequences[row - 1] != batch.sequences[row]) return false;
  if (!SameChange(batch, row, batch, row - 1)) return Ambiguous(batch, row);
  return true;
}

}  // namespace

Result<Arrivals> CheckArrivals(const ChangeBatch& batch, const LakeTable& bronze, bool again) {
  const Known known(bronze.progress(), batch.schema->key_kind == KeyKind::kWholeRow);
  Inquiry inquiry(batch, bronze);
  Arrivals arrivals{.taken = std::vector<std::uint8_t>(batch.size())};
  std::vector<std::uint8_t> late(batch.size());
  bool any_late = false;
  for (std::size_t row = 0; row < batch.size(); ++row) {
    const RecordPlace& place = batch.places[row];
    const std::string& topic = batch.topics[place.topic];
    if (!again && known.Covers(topic, place)) continue;
    arrivals.taken[row] = 1;
    if (TRY(RepeatsTheOneBefore(batch, row))) {
      arrivals.taken[row] = 0;
      ++arrivals.repeated;
      continue;
    }
    const Operation operation = batch.operations[row];
    if (again || batch.sequences[row] <= known.LimitOf(topic, place, operation)) inquiry.Ask(row);
    late[row] = operation == Operation::kTruncate && batch.sequences[row] < known.highest() ? 1 : 0;
  }
  RETURN_IF_ERROR(inquiry.Run());
  for (std::size_t row = 0; row < batch.size(); ++row) {
    if (inquiry.IsRepeated(row)) {
      arrivals.taken[row] = 0;
      ++arrivals.repeated;
    }
    late[row] = late[row] | inquiry.late()[row];
    any_late = any_late || (late[row] != 0 && arrivals.taken[row] != 0);
    if (arrivals.taken[row] == 0 || late[row] != 0) arrivals.all_plain = false;
  }
  if (any_late) arrivals.late = std::move(late);
  return arrivals;
}

}  // namespace foreset::lake
