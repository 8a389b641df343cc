// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset::cli {

struct ParsedFilter;

// A condition on rows, for --where. The language is small and total: it always ends, has no
// functions, and cannot fail on a row.
//
//   condition  = and { OR and }            NOT binds closest, then AND, then OR
//   and        = not { AND not }
//   not        = [ NOT ] ( '(' condition ')' | test )
//   test       = column ( '=' | '<>' | '!=' | '<' | '<=' | '>' | '>=' ) literal
//              | column IS [ NOT ] NULL
//              | column [ NOT ] IN '(' literal { ',' literal } ')'
//              | column [ NOT ] LIKE text            % any characters, _ one, \ quotes
//              | column [ NOT ] BETWEEN literal AND literal
//   column     = name { '.' name }         after.Price is member Price of the struct after;
//                                          names with other characters in `…` or "…"
//   literal    = number | 'text' ('' is one ') | x'hex' | TRUE | FALSE
//
// NULL compares as in SQL: a test of a NULL is unknown, and a row passes only when its condition is
// true. Numbers compare exactly with integers and decimals. Dates and timestamps compare with ISO
// text ('2026-01-31', '2026-01-31T10:00:00Z').
class Filter {
 public:
  // kInvalidInput (kFilterInvalid) with the place in the text: syntax, an unknown column (with the
  // nearest name), a literal that the column's type cannot be compared with.
  static Result<Filter> Parse(std::string_view text, const arrow::Schema& schema);

  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;
  ~Filter();

  // Top-level columns that must be read to evaluate it.
  std::vector<std::string> columns() const;

  // The rows of a batch that pass, ascending. The batch has the columns() at least, with the types
  // of the schema that the filter was parsed for.
  std::vector<std::int64_t> PassingRows(const arrow::RecordBatch& batch) const;

  struct Node;

 private:
  explicit Filter(std::unique_ptr<ParsedFilter> parsed);

  std::unique_ptr<ParsedFilter> parsed_;
};

}  // namespace foreset::cli
