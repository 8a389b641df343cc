// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <arrow/type_fwd.h>
#include <arrow/util/decimal.h>

#include "foreset/base/result.h"
#include "foreset/cli/filter/filter_expression.h"

// The parsed form of a filter: shared by its parser and its evaluation, by nobody else.
namespace foreset::cli {

// A column, or a member of a struct column at some depth.
struct FilterColumn {
  std::string name;          // of the top-level column
  std::vector<int> members;  // indexes, from the outside in
  std::shared_ptr<arrow::DataType> type;
};

// A literal brought into the form in which values of its column are compared: integers, dates
// (days) and timestamps (the column's ticks) as int64; numbers exactly, at `scale`; else as is.
struct ExactNumber {
  arrow::Decimal256 value;
  std::int32_t scale = 0;
};
using FilterLiteral = std::variant<std::int64_t, ExactNumber, double, bool, std::string>;

enum class Comparison : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual
};

enum class FilterKind : std::uint8_t { kAnd, kOr, kNot, kCompare, kIsNull, kIn, kLike };

struct Filter::Node {
  FilterKind kind = FilterKind::kAnd;
  std::vector<std::unique_ptr<Node>> children;  // of and, or, not
  std::size_t column = 0;                       // of a test: index into the filter's columns
  Comparison comparison = Comparison::kEqual;   // of kCompare
  std::vector<FilterLiteral> literals;          // one; several of kIn; the pattern of kLike
};

// What the parser makes.
struct ParsedFilter {
  std::unique_ptr<Filter::Node> root;
  std::vector<FilterColumn> columns;
};

Result<ParsedFilter> ParseFilter(std::string_view text, const arrow::Schema& schema);

}  // namespace foreset::cli
