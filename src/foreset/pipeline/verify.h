// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/work_board.h"
#include "foreset/capture/source.h"
#include "foreset/lake/lake.h"
#include "foreset/lake/rule_config.h"
#include "foreset/pipeline/row_set.h"

namespace foreset::pipeline {

struct VerifyOptions {
  // Which tables, by "Table" or "database.Table"; empty: all.
  std::vector<std::string> tables;
  std::chrono::milliseconds wait{30'000};  // for the lake to reach the source's position
  std::size_t shown_differences = 10;      // for each compared table
  WorkBoard* board = nullptr;              // how far it is, in rows read; null: nobody asks
};

struct Difference {
  std::string key;
  std::string what;  // "missing in the lake", "only in the lake", "different"
  bool operator==(const Difference&) const = default;
};

// One lake table held against the source.
struct Comparison {
  std::string table;  // "silver/Customers", "gold/Customers_history (folded)"
  RowSet source;
  RowSet lake;
  bool compared = true;  // false: `note` says why not
  std::string note;      // of a difference: what may have made it, where that is known
  std::vector<Difference> differences;
  bool equal() const { return !compared || source == lake; }
};

struct TableVerdict {
  TableId table;
  std::vector<Comparison> comparisons;
};

// A table that could not be compared, and why: it stopped, is behind, or cannot be read.
struct Uncompared {
  TableId table;
  Error why;
};

struct VerifyReport {
  SourcePosition position;      // at which source and lake were compared
  bool source_compared = true;  // false: silver and gold were held against bronze alone
  std::vector<TableVerdict> tables;
  std::vector<Uncompared> uncompared;
  // All that was to be compared was, and is equal.
  bool equal() const { return uncompared.empty() && !differs(); }
  // Something that was compared is different.
  bool differs() const;
};

// Compares the source with silver, each gold current table and what each history folds to,
// all at one position of the source, while both go on: the source in a consistent snapshot, the
// lake by time travel and bronze. Counts and checksums over all columns of all rows; where they
// differ, the keys. Reads only. A table that stopped, is behind or cannot be read is told as such,
// with its code, and hides none of the others.
//
// kTransient (kLakeBehind): bronze as a whole did not reach the position in time; the message says
// how far behind it is. `progress` is told each table as it begins.
// Of a lake that is fed from topics, the same: `source` is the server behind them. What the topics
// still bring below the position is waited for as long as the two differ; kLakeBehind when nothing
// at or after the position has come by then.
Result<VerifyReport> Verify(Source& source, const lake::Lake& lake, const lake::RuleConfig& rules,
                            const VerifyOptions& wanted,
                            const std::function<void(const TableId&)>& progress,
                            const std::stop_token& stop);

// Holds silver and gold against bronze alone, where there is no server to ask: each table against
// what the last change of each key in bronze says. Errors as Verify.
Result<VerifyReport> VerifyAgainstBronze(const lake::Lake& lake, const lake::RuleConfig& rules,
                                         const VerifyOptions& wanted,
                                         const std::function<void(const TableId&)>& progress,
                                         const std::stop_token& stop);

}  // namespace foreset::pipeline
