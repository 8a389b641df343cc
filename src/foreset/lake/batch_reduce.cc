// SPDX-License-Identifier: MIT
#include "foreset/lake/batch_reduce.h"

#include <algorithm>
#include <functional>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

namespace foreset::lake {
namespace {

template <typename Value>
using ByKey = boost::unordered_flat_map<Hash128, Value, std::hash<Hash128>>;

// What is known of one key while the batch goes by.
struct KeyState {
  bool stored = false;  // the table has a row
  bool live = false;    // the key has a row now
  bool touched = false;
  Sequence sequence;                 // of the row that it has now
  std::optional<std::uint32_t> put;  // the row of the batch that it has now
};

class Reducer {
 public:
  Reducer(const KeyedChanges& changes, const KeyIndex& index) : changes_(changes), index_(index) {}

  ReducedBatch Run() {
    reduced_.outcomes.reserve(changes_.changes.size());
    states_.reserve(changes_.changes.size());
    for (const KeyedChange& change : changes_.changes) {
      reduced_.outcomes.push_back(change.effect == KeyEffect::kClear ? Clear(change)
                                                                     : Apply(change));
    }
    Gather();
    return std::move(reduced_);
  }

 private:
  // Puts in the order of the batch's rows: rows stand in files in the order in which they came.
  void Gather() {
    std::vector<const ByKey<KeyState>::value_type*> by_row(changes_.batch->size(), nullptr);
    for (const auto& entry : states_) {
      const KeyState& state = entry.second;
      if (state.stored && state.touched) reduced_.removals.push_back(entry.first);
      if (state.put) by_row[*state.put] = &entry;
    }
    for (const auto* entry : by_row) {
      if (entry == nullptr) continue;
      reduced_.puts.push_back({entry->first, entry->second.sequence, *entry->second.put});
    }
  }

  ChangeOutcome Clear(const KeyedChange& change) {
    if (change.late) return ClearOlder(change.sequence);
    reduced_.clear = true;
    states_.clear();
    return {};
  }

  // Rows that are newer than the TRUNCATE were here before it.
  ChangeOutcome ClearOlder(Sequence sequence) {
    if (!reduced_.clear) {
      for (const Hash128& key : index_.OlderThan(sequence)) StateOf(key);
    }
    for (auto& [key, state] : states_) {
      if (!state.live || state.sequence >= sequence) continue;
      state.live = false;
      state.put.reset();
      state.touched = true;
    }
    return {.previous = {}, .late = true};
  }

  KeyState& StateOf(const Hash128& key) {
    const auto [at, is_new] = states_.try_emplace(key);
    KeyState& state = at->second;
    if (!is_new || reduced_.clear) return state;
    if (const KeyIndex::Entry* entry = index_.Find(key)) {
      state.stored = state.live = true;
      state.sequence = entry->sequence;
    }
    return state;
  }

  ChangeOutcome Apply(const KeyedChange& change) {
    KeyState& state = StateOf(change.key);
    ChangeOutcome outcome;
    if (state.live) outcome.previous = state.sequence;
    outcome.late = change.late || (state.live && change.sequence <= state.sequence);
    if (outcome.late) {
      ++reduced_.late;
      return outcome;
    }
    if (change.effect == KeyEffect::kRemove) {
      if (!state.live && !change.hidden) ++reduced_.unmatched;
      state.live = false;
      state.put.reset();
    } else {
      state.live = true;
      state.sequence = change.sequence;
      state.put = change.row;
    }
    state.touched = true;
    return outcome;
  }

  const KeyedChanges& changes_;
  const KeyIndex& index_;
  ReducedBatch reduced_;
  ByKey<KeyState> states_;
};

struct CopiesState {
  std::size_t stored = 0;               // copies that the table still has
  std::vector<ReducedBatch::Put> puts;  // copies that the batch added
};

}  // namespace

ReducedBatch Reduce(const KeyedChanges& changes, const KeyIndex& index) {
  return Reducer(changes, index).Run();
}

Result<ReducedBatch> ReduceCopies(const KeyedChanges& changes, const KeyIndex& index) {
  ReducedBatch reduced;
  ByKey<CopiesState> states;
  for (const KeyedChange& change : changes.changes) {
    reduced.outcomes.push_back({.previous = {}, .late = change.late});
    if (change.late && change.effect == KeyEffect::kClear) {
      return Err(ErrorKind::kUnsupported, ErrorCode::kLateTruncate,
                 fmt::format("{} has no key, and a TRUNCATE came after newer rows",
                             changes.batch->schema->id.ToString()));
    }
    if (change.late) {
      ++reduced.late;
      continue;
    }
    if (change.effect == KeyEffect::kClear) {
      reduced.clear = true;
      reduced.removals.clear();
      states.clear();
      continue;
    }
    const auto [at, is_new] = states.try_emplace(change.key);
    CopiesState& state = at->second;
    if (is_new && !reduced.clear) state.stored = index.CountCopies(change.key);
    if (change.effect == KeyEffect::kPut) {
      state.puts.push_back({change.key, change.sequence, change.row});
    } else if (!state.puts.empty()) {
      state.puts.pop_back();
    } else if (state.stored > 0) {
      --state.stored;
      reduced.removals.push_back(change.key);
    } else {
      ++reduced.unmatched;
    }
  }
  for (auto& [key, state] : states) {
    reduced.puts.insert(reduced.puts.end(), state.puts.begin(), state.puts.end());
  }
  std::ranges::sort(reduced.puts, {}, &ReducedBatch::Put::row);
  return reduced;
}

}  // namespace foreset::lake
