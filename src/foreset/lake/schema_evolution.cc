// SPDX-License-Identifier: MIT
#include "foreset/lake/schema_evolution.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/lake/existing_value.h"

namespace foreset::lake {
namespace {

constexpr std::int32_t kMaxDecimalDigits = 38;

int IntegerWidth(arrow::Type::type id) {
  switch (id) {
    case arrow::Type::INT8:
      return 1;
    case arrow::Type::INT16:
      return 2;
    case arrow::Type::INT32:
      return 4;
    case arrow::Type::INT64:
      return 8;
    default:
      return 0;
  }
}

struct Digits {
  std::int32_t whole = 0;
  std::int32_t fraction = 0;
};

// Decimal digits that hold every value of the type ("Type Widening").
std::optional<Digits> DigitsOf(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DECIMAL128) {
    const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
    return Digits{decimal.precision() - decimal.scale(), decimal.scale()};
  }
  const int width = IntegerWidth(type.id());
  if (width == 0) return std::nullopt;
  return Digits{width == 8 ? 20 : 10, 0};
}

bool IsTime(SourceType type) {
  return type == SourceType::kTime || type == SourceType::kDateTime ||
         type == SourceType::kTimestamp;
}

std::unexpected<Error> Incompatible(const std::string& column, const std::string& from,
                                    const std::string& to) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kIncompatibleSchemaChange,
             fmt::format("column '{}' changed from {} to {}; old values do not all fit", column,
                         from, to));
}

bool BothExact(const arrow::DataType& from, const arrow::DataType& to) {
  return DigitsOf(from).has_value() && DigitsOf(to).has_value();
}

// True when the server changed existing values (or what they mean) without saying so in the
// binlog: rounded times, padded bytes, times turned into numbers.
bool ChangesValues(const ColumnSchema& from, const ColumnSchema& to) {
  const bool same_type = from.type == to.type;
  if (IsTime(from.type) || IsTime(to.type)) {
    const bool from_date = from.type == SourceType::kDate && to.type == SourceType::kDateTime;
    return !from_date && (!same_type || to.scale < from.scale);
  }
  if (to.type == SourceType::kBinary) return !same_type || from.length != to.length;
  if (to.type == SourceType::kBit) {
    return !same_type || (from.length + 7) / 8 != (to.length + 7) / 8;
  }
  if (from.type == SourceType::kGeometry || to.type == SourceType::kGeometry) return !same_type;
  const bool both_decimal = same_type && to.type == SourceType::kDecimal;
  const bool as_text = ArrowTypeOf(to)->id() == arrow::Type::STRING;
  return both_decimal && as_text && from.scale != to.scale;
}

// Exact numbers may also become narrower: the rewrite checks each value.
Status CheckRetype(const ColumnSchema& from, const ColumnSchema& to, DateTimeAs datetime) {
  const auto old_type = ArrowTypeOf(from, datetime);
  const auto new_type = ArrowTypeOf(to, datetime);
  const bool follows = Widens(*old_type, *new_type) || BothExact(*old_type, *new_type);
  if (follows && !ChangesValues(from, to)) return {};
  return Incompatible(to.name, from.declared_type, to.declared_type);
}

// The statement's renames and additions, by the name after it.
struct Statement {
  std::optional<std::string> OldNameOf(const std::string& name) const {
    for (const ColumnChange& change : *changes) {
      const auto* renamed = std::get_if<ColumnRenamed>(&change);
      if (renamed != nullptr && SameName(renamed->to, name)) return renamed->from;
    }
    return std::nullopt;
  }
  const ColumnAdded* Added(const std::string& name) const {
    for (const ColumnChange& change : *changes) {
      const auto* added = std::get_if<ColumnAdded>(&change);
      if (added != nullptr && SameName(added->name, name)) return added;
    }
    return nullptr;
  }
  const std::vector<ColumnChange>* changes;
};

bool SameKey(const TableSchema& before, const TableSchema& after, const Statement& statement) {
  if (before.key_kind == KeyKind::kWholeRow || after.key_kind == KeyKind::kWholeRow) {
    return before.key_kind == after.key_kind;
  }
  std::vector<std::string> old_names;
  std::vector<std::string> new_names;
  for (const std::size_t key : before.key) old_names.push_back(before.columns[key].name);
  for (const std::size_t key : after.key) {
    const std::string& name = after.columns[key].name;
    new_names.push_back(statement.OldNameOf(name).value_or(name));
  }
  return std::ranges::equal(old_names, new_names, SameName);
}

Result<ColumnPlan> PlanColumn(const TableSchema& before, const ColumnSchema& column,
                              const Statement& statement, DateTimeAs datetime) {
  ColumnPlan plan;
  plan.field = arrow::field(column.name, ArrowTypeOf(column, datetime));
  if (const ColumnAdded* added = statement.Added(column.name)) {
    if (added->existing_rows_get) {
      plan.otherwise = TRY(ParseExistingValue(column, *added->existing_rows_get, datetime));
    }
    return plan;
  }
  const std::string old_name = statement.OldNameOf(column.name).value_or(column.name);
  const auto old = before.FindColumn(old_name);
  if (!old) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kSchemaChangeNotFollowed,
               fmt::format("column '{}' is not in the previous schema", column.name));
  }
  RETURN_IF_ERROR(CheckRetype(before.columns[*old], column, datetime));
  plan.from = before.columns[*old].name;
  return plan;
}

// Metadata suffice when old files, read by name, give the new columns: old ones as they were, new
// ones NULL.
bool NeedsRewrite(const TableSchema& before, const EvolutionPlan& plan, DateTimeAs datetime) {
  std::size_t kept = 0;
  for (const ColumnPlan& column : plan.columns) {
    if (column.otherwise != nullptr) return true;
    if (column.from.empty()) {
      // A file may still have a column that was dropped under this name; read by name it would
      // come back. Dropping rewrites, so none has.
      continue;
    }
    ++kept;
    const ColumnSchema& old = before.columns[*before.FindColumn(column.from)];
    if (old.name != column.field->name()) return true;
    if (!ArrowTypeOf(old, datetime)->Equals(*column.field->type())) return true;
  }
  return kept != before.columns.size();
}

Result<std::shared_ptr<arrow::DataType>> CommonType(const std::string& column,
                                                    const std::shared_ptr<arrow::DataType>& a,
                                                    const std::shared_ptr<arrow::DataType>& b) {
  if (Widens(*b, *a)) return a;
  if (Widens(*a, *b)) return b;
  const auto digits_a = DigitsOf(*a);
  const auto digits_b = DigitsOf(*b);
  if (digits_a && digits_b) {
    const std::int32_t fraction = std::max(digits_a->fraction, digits_b->fraction);
    const std::int32_t digits = std::max(digits_a->whole, digits_b->whole) + fraction;
    if (digits <= kMaxDecimalDigits) return arrow::decimal128(digits, fraction);
  }
  return Incompatible(column, a->ToString(), b->ToString());
}

}  // namespace

bool Widens(const arrow::DataType& from, const arrow::DataType& to) {
  if (from.Equals(to)) return true;
  const int from_width = IntegerWidth(from.id());
  const int to_width = IntegerWidth(to.id());
  if (from_width != 0 && to_width != 0) return from_width <= to_width;
  if (to.id() == arrow::Type::DOUBLE) {
    return from.id() == arrow::Type::FLOAT || (from_width != 0 && from_width <= 4);
  }
  if (from.id() == arrow::Type::DATE32) return to.id() == arrow::Type::TIMESTAMP;
  if (to.id() != arrow::Type::DECIMAL128) return false;
  const auto have = DigitsOf(from);
  const auto get = DigitsOf(to);
  return have && have->whole <= get->whole && have->fraction <= get->fraction;
}

Status CheckFollowed(const SchemaChange& change) {
  if (!change.cannot_follow) return {};
  Error why = *change.cannot_follow;
  return std::unexpected(std::move(why).Within(change.table.ToString()));
}

Result<EvolutionPlan> PlanEvolution(const TableSchema& before, const TableSchema& after,
                                    const SchemaChange& change, DateTimeAs datetime) {
  RETURN_IF_ERROR(CheckFollowed(change));
  const Statement statement{&change.columns};
  if (!SameKey(before, after, statement)) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kIncompatibleSchemaChange,
               fmt::format("the key of {} changed", change.table.ToString()));
  }
  EvolutionPlan plan;
  for (const ColumnSchema& column : after.columns) {
    plan.columns.push_back(TRY(PlanColumn(before, column, statement, datetime)));
  }
  plan.rewrite = NeedsRewrite(before, plan, datetime);
  return plan;
}

Result<AppendedColumns> AppendColumns(const std::vector<std::shared_ptr<arrow::Field>>& existing,
                                      const std::vector<std::shared_ptr<arrow::Field>>& wanted) {
  AppendedColumns result{existing, false};
  for (const auto& field : wanted) {
    const auto found = std::ranges::find_if(
        result.fields, [&](const auto& old) { return SameName(old->name(), field->name()); });
    if (found == result.fields.end()) {
      result.fields.push_back(field);
      continue;
    }
    const auto type = TRY(CommonType(field->name(), (*found)->type(), field->type()));
    if (type->Equals(*(*found)->type())) continue;
    *found = (*found)->WithType(type);
    result.widened = true;
  }
  return result;
}

}  // namespace foreset::lake
