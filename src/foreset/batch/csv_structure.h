// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/io/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/batch/csv_dialect.h"

namespace foreset::batch {

// Longer rows are torn; what DuckDB's reader takes at most.
inline constexpr std::size_t kLongestRow = 2'000'000;
// How much of a torn row is kept.
inline constexpr std::size_t kKeptOfTornRow = 64UL << 10U;

// A line on which a row begins and does not end: its quote is never closed, or what follows the
// next quote shows that this one did not belong there; or it is too long.
struct TornLine {
  std::uint64_t line = 0;  // from 1
  std::string_view text;   // valid during the call
  std::string_view reason;
};

struct CsvStructure {
  std::uint64_t rows = 0;                 // whole ones, header and blank lines left out
  std::vector<std::uint64_t> torn_lines;  // ascending
};

// Where rows begin and end in a CSV file (RFC 4180 with the dialect's characters), as it streams
// by. Two reasons: a quote that is never closed would swallow the rows after it, and rows that are
// read can be counted against it, so that none is lost without a word. Holds one row in memory.
//   torn     gets each torn line; reading goes on with the line after it
//   sound    gets everything else, in order: header, whole rows, blank lines. May be empty.
Result<CsvStructure> ScanStructure(arrow::io::InputStream& text, const CsvDialect& dialect,
                                   const std::function<Status(const TornLine&)>& torn,
                                   const std::function<Status(std::string_view)>& sound);

}  // namespace foreset::batch
