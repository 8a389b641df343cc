// SPDX-License-Identifier: MIT
#include "foreset/pipeline/rule_check.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/query.h"
#include "foreset/base/errors/rules.h"
#include "foreset/model/arrow_types.h"
#include "foreset/sql/relation.h"
#include "foreset/sql/row_expression.h"

namespace foreset::pipeline {
namespace {

using lake::Rule;
using lake::RuleKind;

// The functions that DuckDB counts as consistent, but whose value the row alone does not decide.
constexpr auto kOfTheSession = std::to_array<std::string_view>(
    {"current_setting", "getvariable", "version", "current_database", "current_schema",
     "current_schemas", "current_user", "session_user", "user", "current_role", "current_catalog"});
// What SQL writes as a name is a call, unless a column has that name.
constexpr auto kNamesOfNow = std::to_array<std::string_view>(
    {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"});

template <typename Names>
bool Contains(const Names& names, std::string_view name) {
  return std::ranges::any_of(names, [&](const auto& known) { return SameName(known, name); });
}

Result<std::vector<std::string>> Texts(sql::Engine& engine, const std::string& query, int column) {
  const auto table = TRY(engine.Fetch(query));
  std::vector<std::string> texts;
  for (std::int64_t row = 0; row < table->num_rows(); ++row) {
    const auto scalar = table->column(column)->GetScalar(row);
    if (!scalar.ok()) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal, scalar.status().ToString());
    }
    texts.push_back((*scalar)->ToString());
  }
  return texts;
}

// "; the nearest is 'Email'", or nothing where none is near.
std::string Nearest(sql::Engine& engine, std::string_view word,
                    const std::vector<std::string>& known) {
  std::vector<std::string> rows;
  for (const std::string& name : known) rows.push_back(fmt::format("({})", sql::Literal(name)));
  if (rows.empty()) return {};
  const std::string distance =
      fmt::format("damerau_levenshtein(lower(name), lower({}))", sql::Literal(word));
  const auto nearest = Texts(
      engine,
      fmt::format("SELECT name FROM (VALUES {}) t(name) WHERE {} <= greatest(2, {}) ORDER BY {}, "
                  "name LIMIT 1",
                  fmt::join(rows, ", "), distance, word.size() / 2, distance),
      0);
  if (!nearest || nearest->empty()) return {};
  return fmt::format("; the nearest is '{}'", nearest->front());
}

// What values of a type can be converted to another is decided by families: within one by value,
// from text by its content; what has no conversion at all would fail for every row.
enum class Family : std::uint8_t { kNumber, kText, kTime, kBytes, kOther };

Family FamilyOf(std::string_view type) {
  constexpr auto kNumbers = std::to_array<std::string_view>(
      {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
       "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE"});
  if (type.ends_with(']')) return Family::kOther;
  if (type.starts_with("DECIMAL") || Contains(kNumbers, type)) return Family::kNumber;
  if (type == "VARCHAR") return Family::kText;
  if (type == "BLOB") return Family::kBytes;
  if (type == "DATE" || type.starts_with("TIMESTAMP")) return Family::kTime;
  return Family::kOther;
}

bool IsCastable(const std::string& from, const std::string& to) {
  if (from == to) return true;
  const Family source = FamilyOf(from);
  const Family target = FamilyOf(to);
  if (from.ends_with(']') && to.ends_with(']')) return true;
  if (source == Family::kOther) return target == Family::kText && !from.ends_with(')');
  if (target == Family::kOther) return source == Family::kText;
  return source == target || source == Family::kText || target == Family::kText;
}

class Checker {
 public:
  Checker(sql::Engine& engine, const lake::RuleSet& rules, const TableSchema& schema)
      : engine_(engine), rules_(rules), schema_(schema) {
    for (const ColumnSchema& column : schema.columns) columns_.push_back(column.name);
  }

  Status Run() {
    types_ = TRY(TypesOfImage(engine_));
    // What DuckDB would not index is no pure function of a row.
    RETURN_IF_ERROR(engine_.Execute(
        fmt::format("CREATE OR REPLACE TEMP TABLE probe AS FROM {} LIMIT 0", kImageView)));
    for (const Rule& rule : rules_.rules) {
      if (auto checked = Check(rule); !checked) {
        return std::unexpected(std::move(checked).error().Within(
            fmt::format("{}: {}", schema_.id.ToString(), rule.Name())));
      }
    }
    return {};
  }

 private:
  static std::unexpected<Error> Refuse(ErrorCode code, std::string message) {
    return Err(ErrorKind::kInvalidInput, code, std::move(message));
  }

  Status Check(const Rule& rule) {
    if (rule.kind == RuleKind::kClean) RETURN_IF_ERROR(CheckTarget(rule));
    const sql::RowExpression expression = TRY(Parse(rule));
    if (!expression.foreign.empty()) {
      return Refuse(rule_error::kRuleNotPure, fmt::format("it has {}", expression.foreign.front()));
    }
    for (const std::string& column : expression.columns) RETURN_IF_ERROR(CheckColumn(column));
    for (const sql::RowCall& call : expression.calls) RETURN_IF_ERROR(CheckCall(call));
    RETURN_IF_ERROR(CheckIndexable(rule));
    return expression.is_null && rule.kind == RuleKind::kClean ? Status{} : CheckType(rule);
  }

  Result<sql::RowExpression> Parse(const Rule& rule) {
    auto expression = sql::ParseRowExpression(engine_, rule.expression);
    if (!expression && expression.error().code == query_error::kQueryInvalid) {
      expression.error().code = rule_error::kRuleInvalid;
    }
    return expression;
  }

  Status CheckTarget(const Rule& rule) {
    RETURN_IF_ERROR(CheckColumn(rule.column));
    const std::size_t at = *schema_.FindColumn(rule.column);
    if (std::ranges::find(schema_.key, at) != schema_.key.end()) {
      return Refuse(rule_error::kRuleCleansKey,
                    fmt::format("'{}' is part of the table's key", schema_.columns[at].name));
    }
    if (!cleaned_.insert(at).second) {
      return Refuse(rule_error::kRuleInvalid,
                    fmt::format("'{}' is cleaned by another rule too", schema_.columns[at].name));
    }
    return {};
  }

  Status CheckColumn(const std::string& name) {
    if (Contains(columns_, name) || Contains(columns_, name.substr(0, name.find('.')))) return {};
    if (Contains(kNamesOfNow, name) || Contains(kOfTheSession, name)) {
      return Refuse(rule_error::kRuleNotPure, fmt::format("'{}' is no value of the row", name));
    }
    return Refuse(rule_error::kRuleColumnUnknown,
                  fmt::format("there is no column '{}'{}", name, Nearest(engine_, name, columns_)));
  }

  Status CheckCall(const sql::RowCall& call) {
    const bool until_now = call.function == "age" && call.arguments == 1;
    if (until_now || Contains(kOfTheSession, call.function)) {
      return Refuse(rule_error::kRuleNotPure,
                    fmt::format("{}() takes more than the row into account", call.function));
    }
    const auto kinds = TRY(
        Texts(engine_,
              fmt::format(
                  "SELECT DISTINCT CASE WHEN function_type = 'aggregate' THEN 'is an aggregate' "
                  "WHEN stability <> 'CONSISTENT' THEN 'yields another value each time' "
                  "ELSE '' END FROM duckdb_functions() WHERE function_name = lower({}) ORDER BY 1",
                  sql::Literal(call.function)),
              0));
    if (kinds.empty() || kinds.front().empty())
      return {};  // one that is unknown is told by binding
    return Refuse(rule_error::kRuleNotPure, fmt::format("{}() {}", call.function, kinds.front()));
  }

  // Looks into macros, and into whatever else DuckDB makes of the text.
  Status CheckIndexable(const Rule& rule) {
    const Status indexed = engine_.Execute(
        fmt::format("CREATE INDEX probe_{} ON probe ((concat(CAST((\n{}\n) AS VARCHAR), CAST({} AS "
                    "VARCHAR))))",
                    ++probes_, rule.expression, sql::Quoted(columns_.front())));
    if (indexed) return {};
    const std::string& why = indexed.error().message;
    const bool pure = why.find("side effects") == std::string::npos &&
                      why.find("index expressions") == std::string::npos;
    return Refuse(pure ? rule_error::kRuleInvalid : rule_error::kRuleNotPure, why);
  }

  Status CheckType(const Rule& rule) {
    const auto described =
        Texts(engine_,
              fmt::format("DESCRIBE SELECT (\n{}\n) AS v FROM {}", rule.expression, kImageView), 1);
    if (!described) return Refuse(rule_error::kRuleInvalid, described.error().message);
    const std::string& type = described->front();
    if (rule.kind != RuleKind::kClean) {
      if (type == "BOOLEAN") return {};
      return Refuse(rule_error::kRuleType,
                    fmt::format("an expectation is true or false, this is {}", type));
    }
    const std::string& column = schema_.columns[*schema_.FindColumn(rule.column)].name;
    const std::string& wanted = types_.at(column);
    if (IsCastable(type, wanted)) return {};
    return Refuse(rule_error::kRuleType, fmt::format("it yields {}, which cannot become {} as '{}' "
                                                     "is",
                                                     type, wanted, column));
  }

  sql::Engine& engine_;
  const lake::RuleSet& rules_;
  const TableSchema& schema_;
  std::vector<std::string> columns_;
  ColumnTypes types_;
  std::set<std::size_t> cleaned_;
  int probes_ = 0;
};

}  // namespace

Result<ColumnTypes> TypesOfImage(sql::Engine& engine) {
  const std::string describe = fmt::format("DESCRIBE FROM {}", kImageView);
  const auto names = TRY(Texts(engine, describe, 0));
  const auto types = TRY(Texts(engine, describe, 1));
  ColumnTypes all;
  for (std::size_t i = 0; i < names.size(); ++i) all.emplace(names[i], types[i]);
  return all;
}

Status CheckRuleSet(sql::Engine& engine, const lake::RuleSet& rules, const TableSchema& schema) {
  return Checker(engine, rules, schema).Run();
}

Status CheckRules(const lake::RuleConfig& config, const std::vector<TableSchema>& tables) {
  if (config.tables.empty()) return {};
  const auto engine = TRY(sql::Engine::Open(
      {.memory_limit_bytes = config.memory_bytes, .threads = 1, .temporary_folder = {}}));
  std::vector<std::string> names;
  for (const TableSchema& table : tables) names.push_back(table.id.table);
  for (const lake::TableRules& rules : config.tables) {
    const bool known =
        std::ranges::any_of(tables, [&](const TableSchema& table) { return rules.IsOf(table.id); });
    if (!known) {
      return Err(ErrorKind::kInvalidInput, rule_error::kRuleTableUnknown,
                 fmt::format("silver has rules for '{}', but the source has no such table{}",
                             rules.table, Nearest(*engine, rules.table, names)));
    }
  }
  for (const TableSchema& table : tables) {
    const lake::RuleSet rules = config.Of(table.id);
    if (rules.empty()) continue;
    RETURN_IF_ERROR(
        engine->Register({kImageView}, sql::MakeBatchRelation(ArrowSchemaOf(table), {})));
    RETURN_IF_ERROR(CheckRuleSet(*engine, rules, table));
  }
  return {};
}

}  // namespace foreset::pipeline
