// SPDX-License-Identifier: MIT
#include "foreset/cli/filter/filter_expression.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/cli/filter/filter_node.h"

namespace foreset::cli {
namespace {

// True, false, or unknown as in SQL.
using Truth = std::optional<bool>;

// The arrays that lead to a column's values in one batch, from the outside in.
using BoundColumn = std::vector<std::shared_ptr<arrow::Array>>;

BoundColumn Bind(const FilterColumn& column, const arrow::RecordBatch& batch) {
  BoundColumn bound{batch.GetColumnByName(column.name)};
  for (const int member : column.members) {
    bound.push_back(static_cast<const arrow::StructArray&>(*bound.back()).field(member));
  }
  return bound;
}

bool IsNull(const BoundColumn& column, std::int64_t row) {
  return std::ranges::any_of(column, [row](const auto& array) { return array->IsNull(row); });
}

template <typename ArrayType>
auto At(const arrow::Array& array, std::int64_t row) {
  return static_cast<const ArrayType&>(array).GetView(row);
}

// Of a fixed width: dates and times are arrays of other classes than numbers of their width.
template <typename Value>
Value FixedAt(const arrow::Array& array, std::int64_t row) {
  return array.data()->GetValues<Value>(1)[row];
}

std::int64_t SignedAt(const arrow::Array& array, std::int64_t row) {
  switch (array.type_id()) {
    case arrow::Type::INT8:
      return FixedAt<std::int8_t>(array, row);
    case arrow::Type::INT16:
      return FixedAt<std::int16_t>(array, row);
    case arrow::Type::INT32:
    case arrow::Type::DATE32:
      return FixedAt<std::int32_t>(array, row);
    default:
      return FixedAt<std::int64_t>(array, row);
  }
}

std::uint64_t UnsignedAt(const arrow::Array& array, std::int64_t row) {
  switch (array.type_id()) {
    case arrow::Type::UINT8:
      return At<arrow::UInt8Array>(array, row);
    case arrow::Type::UINT16:
      return At<arrow::UInt16Array>(array, row);
    case arrow::Type::UINT32:
      return At<arrow::UInt32Array>(array, row);
    default:
      return At<arrow::UInt64Array>(array, row);
  }
}

ExactNumber ExactAt(const arrow::Array& array, std::int64_t row) {
  switch (array.type_id()) {
    case arrow::Type::DECIMAL128:
      return {arrow::Decimal256(
                  arrow::Decimal128(static_cast<const arrow::Decimal128Array&>(array).Value(row))),
              static_cast<const arrow::DecimalType&>(*array.type()).scale()};
    case arrow::Type::DECIMAL256:
      return {arrow::Decimal256(static_cast<const arrow::Decimal256Array&>(array).Value(row)),
              static_cast<const arrow::DecimalType&>(*array.type()).scale()};
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
      return {arrow::Decimal256(UnsignedAt(array, row)), 0};
    default:
      return {arrow::Decimal256(SignedAt(array, row)), 0};
  }
}

// The parser bounds both scales, so neither side can overflow 76 digits.
std::strong_ordering CompareExact(ExactNumber a, ExactNumber b) {
  const std::int32_t scale = std::max(a.scale, b.scale);
  a.value = a.value.IncreaseScaleBy(scale - a.scale);
  b.value = b.value.IncreaseScaleBy(scale - b.scale);
  if (a.value == b.value) return std::strong_ordering::equal;
  return a.value < b.value ? std::strong_ordering::less : std::strong_ordering::greater;
}

// NaN is above all numbers, as in Delta's readers.
std::strong_ordering CompareFloat(double value, double literal) {
  if (std::isnan(value) || value > literal) return std::strong_ordering::greater;
  return value < literal ? std::strong_ordering::less : std::strong_ordering::equal;
}

double FloatAt(const arrow::Array& array, std::int64_t row) {
  return array.type_id() == arrow::Type::FLOAT
             ? static_cast<double>(At<arrow::FloatArray>(array, row))
             : At<arrow::DoubleArray>(array, row);
}

std::string_view BytesAt(const arrow::Array& array, std::int64_t row) {
  switch (array.type_id()) {
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return At<arrow::LargeBinaryArray>(array, row);
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      return At<arrow::BinaryViewArray>(array, row);
    default:
      return At<arrow::BinaryArray>(array, row);
  }
}

// How the value stands to the literal.
std::strong_ordering Order(const arrow::Array& array, std::int64_t row,
                           const FilterLiteral& literal) {
  if (const auto* whole = std::get_if<std::int64_t>(&literal)) {
    return SignedAt(array, row) <=> *whole;
  }
  if (const auto* exact = std::get_if<ExactNumber>(&literal)) {
    return CompareExact(ExactAt(array, row), *exact);
  }
  if (const auto* number = std::get_if<double>(&literal)) {
    return CompareFloat(FloatAt(array, row), *number);
  }
  if (const auto* truth = std::get_if<bool>(&literal)) {
    return static_cast<int>(At<arrow::BooleanArray>(array, row)) <=> static_cast<int>(*truth);
  }
  const int order = BytesAt(array, row).compare(std::get<std::string>(literal));
  return order <=> 0;
}

bool Holds(Comparison comparison, std::strong_ordering order) {
  switch (comparison) {
    case Comparison::kEqual:
      return order == 0;
    case Comparison::kNotEqual:
      return order != 0;
    case Comparison::kLess:
      return order < 0;
    case Comparison::kLessEqual:
      return order <= 0;
    case Comparison::kGreater:
      return order > 0;
    case Comparison::kGreaterEqual:
      return order >= 0;
  }
  return false;
}

std::size_t CharacterBytes(std::string_view text) {
  std::size_t bytes = 1;
  while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) {
    ++bytes;
  }
  return bytes;
}

// Goes back to the last % only, so it takes at most |text| * |pattern| steps.
bool MatchesLike(std::string_view text, std::string_view pattern) {
  std::optional<std::pair<std::string_view, std::string_view>> retry;
  while (true) {
    if (pattern.starts_with('%')) {
      pattern.remove_prefix(1);
      if (pattern.empty()) return true;
      retry.emplace(text, pattern);
      continue;
    }
    const bool escaped = pattern.size() > 1 && pattern.front() == '\\';
    const std::string_view wanted = escaped ? pattern.substr(1) : pattern;
    if (text.empty() && pattern.empty()) return true;
    if (!text.empty() && !wanted.empty() &&
        ((!escaped && wanted.front() == '_') || wanted.front() == text.front())) {
      const bool any = !escaped && wanted.front() == '_';
      text.remove_prefix(any ? CharacterBytes(text) : 1);
      pattern = wanted.substr(1);
      continue;
    }
    if (!retry || retry->first.empty()) return false;
    retry->first.remove_prefix(1);
    std::tie(text, pattern) = *retry;
  }
}

class Evaluator {
 public:
  Evaluator(const ParsedFilter& filter, const arrow::RecordBatch& batch) {
    for (const FilterColumn& column : filter.columns) columns_.push_back(Bind(column, batch));
  }

  // NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth.
  Truth Evaluate(const Filter::Node& node, std::int64_t row) const {
    switch (node.kind) {
      case FilterKind::kAnd:
        return Junction(node, row, false);
      case FilterKind::kOr:
        return Junction(node, row, true);
      case FilterKind::kNot: {
        const Truth inner = Evaluate(*node.children.front(), row);
        return inner ? Truth(!*inner) : inner;
      }
      case FilterKind::kIsNull:
        return IsNull(columns_[node.column], row);
      default:
        return Test(node, row);
    }
  }

 private:
  // AND is decided by a false, OR by a true; else one unknown makes it unknown.
  Truth Junction(const Filter::Node& node, std::int64_t row, bool decisive) const {
    Truth result = !decisive;
    for (const auto& child : node.children) {
      const Truth truth = Evaluate(*child, row);
      if (truth == decisive) return decisive;
      if (!truth) result = std::nullopt;
    }
    return result;
  }

  Truth Test(const Filter::Node& node, std::int64_t row) const {
    const BoundColumn& column = columns_[node.column];
    if (IsNull(column, row)) return std::nullopt;
    const arrow::Array& array = *column.back();
    if (node.kind == FilterKind::kLike) {
      return MatchesLike(BytesAt(array, row), std::get<std::string>(node.literals.front()));
    }
    if (node.kind == FilterKind::kCompare) {
      return Holds(node.comparison, Order(array, row, node.literals.front()));
    }
    return std::ranges::any_of(node.literals, [&](const FilterLiteral& literal) {
      return Order(array, row, literal) == 0;
    });
  }

  std::vector<BoundColumn> columns_;
};

}  // namespace

Filter::Filter(std::unique_ptr<ParsedFilter> parsed) : parsed_(std::move(parsed)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

Result<Filter> Filter::Parse(std::string_view text, const arrow::Schema& schema) {
  return Filter(std::make_unique<ParsedFilter>(TRY(ParseFilter(text, schema))));
}

std::vector<std::string> Filter::columns() const {
  std::vector<std::string> names;
  for (const FilterColumn& column : parsed_->columns) {
    if (std::ranges::find(names, column.name) == names.end()) names.push_back(column.name);
  }
  return names;
}

std::vector<std::int64_t> Filter::PassingRows(const arrow::RecordBatch& batch) const {
  const Evaluator evaluator(*parsed_, batch);
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    if (evaluator.Evaluate(*parsed_->root, row) == true) rows.push_back(row);
  }
  return rows;
}

}  // namespace foreset::cli
