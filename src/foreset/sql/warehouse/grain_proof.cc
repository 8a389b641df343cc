// SPDX-License-Identifier: MIT
// Names of JSON members are those of DuckDB's json_serialize_sql.
#include "foreset/sql/warehouse/grain_proof.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/ascii.h"
#include "foreset/model/table_schema.h"
#include "foreset/sql/syntax_tree.h"
#include "foreset/sql/warehouse/grain_scope.h"
#include "foreset/sql/warehouse/stable_functions.h"

namespace foreset::sql {
namespace {

using simdjson::dom::element;
Names Texts(element node, const char* name) {
  Names texts;
  for (const element item : Items(node, name)) {
    std::string_view text;
    texts.emplace_back(item.get(text) == simdjson::SUCCESS ? text : kUnknown);
  }
  return texts;
}

// The parts of a condition that must all hold.
void AddConjuncts(element condition, std::vector<element>& conjuncts) {
  if (TextOf(condition, "type") != "CONJUNCTION_AND") {
    conjuncts.push_back(condition);
    return;
  }
  for (const element child : Items(condition, "children")) AddConjuncts(child, conjuncts);
}

std::vector<element> Conjuncts(element node, const char* name) {
  std::vector<element> conjuncts;
  if (const auto condition = Member(node, name)) AddConjuncts(*condition, conjuncts);
  return conjuncts;
}

Names NameOf(element expression) {
  return TextOf(expression, "class") == "COLUMN_REF" ? Texts(expression, "column_names") : Names();
}

// Two columns that are equal, as a condition says it.
using Equality = std::pair<Names, Names>;

std::vector<Equality> Equalities(const std::vector<element>& conjuncts) {
  std::vector<Equality> equalities;
  for (const element conjunct : conjuncts) {
    if (TextOf(conjunct, "type") != "COMPARE_EQUAL") continue;
    const auto left = Member(conjunct, "left");
    const auto right = Member(conjunct, "right");
    if (!left || !right) continue;
    equalities.emplace_back(NameOf(*left), NameOf(*right));
  }
  return equalities;
}

class GrainProof {
 public:
  GrainProof(Engine& engine, const Model& model, StableFunctions functions)
      : engine_(engine), model_(model), functions_(std::move(functions)) {}

  std::optional<std::string> Run(element root) {
    const auto statements = Items(root, "statements");
    const auto node = statements.size() == 1 ? Member(statements[0], "node") : std::nullopt;
    if (!node) return "its SQL cannot be looked into";
    const Rows rows = OfQuery(*node, {}, nullptr);
    if (!GivesGrain(rows)) {
      Doubt(fmt::format("its column {} is not that of the tables of @by as it stands there",
                        model_.grain));
    }
    CheckTypes();
    return doubt_;
  }

 private:
  using Ctes = std::map<std::string, Rows>;  // lower case

  void Doubt(std::string what) {
    if (!doubt_) doubt_ = std::move(what);
  }

  bool GivesGrain(const Rows& rows) const {
    for (const Rows::Column& column : rows.columns) {
      if (column.name == kUnknown) return false;
      if (SameName(column.name, model_.grain)) return column.grain;
    }
    return false;
  }

  // Columns of different types can be equal without being the same value.
  void CheckTypes() {
    std::shared_ptr<arrow::DataType> type;
    const auto same = [&](const arrow::DataType& other) {
      return type == nullptr || type->Equals(other) ||
             (arrow::is_integer(type->id()) && arrow::is_integer(other.id()));
    };
    std::vector<QueryName> names{{model_.name}};
    for (const ChangeEffect& effect : model_.effects) {
      if (effect.by_grain) names.push_back(effect.table);
    }
    for (const QueryName& name : names) {
      const auto rows = engine_.Fetch(
          fmt::format("SELECT {} FROM {} LIMIT 0", Quoted(model_.grain), QuotedName(name)));
      if (!rows || !same(*(*rows)->schema()->field(0)->type())) {
        Doubt(fmt::format("{} has other types in its tables", model_.grain));
      } else {
        type = (*rows)->schema()->field(0)->type();
      }
    }
  }

  Rows OfQuery(element node, Ctes ctes, const GrainScope* outer) {
    AddCtes(node, ctes);
    const std::string_view type = TextOf(node, "type");
    if (type == "SELECT_NODE") return OfSelect(node, ctes, outer);
    if (type == "SET_OPERATION_NODE") return OfSetOperation(node, ctes);
    if (type == "RECURSIVE_CTE_NODE") return OfRecursion(node, ctes);
    Doubt("a query of its kind is not looked into");
    return UnknownRows();
  }

  void AddCtes(element node, Ctes& ctes) {
    const auto map = Member(node, "cte_map");
    if (!map) return;
    for (const element entry : Items(*map, "map")) {
      const auto value = Member(entry, "value");
      const auto query = value ? Member(*value, "query") : std::nullopt;
      const auto body = query ? Member(*query, "node") : std::nullopt;
      Rows rows = UnknownRows();
      if (body) {
        rows = OfQuery(*body, ctes, nullptr);
        Rename(rows, Texts(*value, "aliases"));
      } else {
        Doubt("its WITH is not understood");
      }
      ctes[AsciiLower(TextOf(entry, "key"))] = std::move(rows);
    }
  }

  static void Rename(Rows& rows, const Names& names) {
    for (std::size_t i = 0; i < std::min(names.size(), rows.columns.size()); ++i) {
      if (rows.columns[i].name == kUnknown) return;
      rows.columns[i].name = names[i];
    }
  }

  Rows OfRecursion(element node, Ctes ctes) {
    ctes[AsciiLower(TextOf(node, "cte_name"))] = UnknownRows();
    for (const char* side : {"left", "right"}) {
      const auto query = Member(node, side);
      if (!query || OfQuery(*query, ctes, nullptr).reads) {
        Doubt("a recursive query reads a table of @by");
      }
    }
    return UnknownRows();
  }

  Rows OfSetOperation(element node, const Ctes& ctes) {
    const auto left_node = Member(node, "left");
    const auto right_node = Member(node, "right");
    if (!left_node || !right_node) {
      Doubt("a set operation is not understood");
      return UnknownRows();
    }
    Rows left = OfQuery(*left_node, ctes, nullptr);
    const Rows right = OfQuery(*right_node, ctes, nullptr);
    if (!left.reads && !right.reads) return left;
    Rows rows{true, std::move(left.columns)};
    // Without tables of @by each column tells rows apart as well as another, but one alone.
    const bool one_free = !left.reads || !right.reads;
    bool placed = false;
    bool known = true;
    for (std::size_t i = 0; i < rows.columns.size(); ++i) {
      known = known && i < right.columns.size() && rows.columns[i].name != kUnknown &&
              right.columns[i].name != kUnknown;
      const bool both = (!left.reads || rows.columns[i].grain) &&
                        (!right.reads || (known && right.columns[i].grain));
      rows.columns[i].grain = known && both && !(one_free && placed);
      placed = placed || rows.columns[i].grain;
    }
    if (!placed || TextOf(node, "setop_type") == "UNION_BY_NAME") {
      Doubt(fmt::format("{} is not at one place of both sides of a set operation", model_.grain));
    }
    CheckModifiers(node, rows, nullptr);
    return rows;
  }

  Rows OfSelect(element node, const Ctes& ctes, const GrainScope* outer) {
    GrainScope scope;
    if (const auto from = Member(node, "from_table")) scope = OfTable(*from, ctes);
    const auto conditions = Conjuncts(node, "where_clause");
    const auto equalities = Equalities(conditions);
    for (const auto& [a, b] : equalities) scope.Merge(scope.TagOf(a), scope.TagOf(b));
    if (scope.tags.size() > 1) {
      Doubt(fmt::format("tables of @by are joined otherwise than by {}", model_.grain));
    }
    for (const element condition : conditions) Look(condition, scope, ctes, true);
    // With the outer row's value of the grain, all rows that are left are of that value.
    if (outer != nullptr && scope.tags.size() == 1 && IsOuters(equalities, scope, *outer)) {
      scope.Forget(std::set<int>(scope.tags));
    }
    Expressions found;
    for (const char* part :
         {"select_list", "having", "qualify", "group_expressions", "modifiers"}) {
      const auto expressions = Member(node, part);
      if (!expressions) continue;
      Look(*expressions, scope, ctes, false);
      Collect(*expressions, found);
    }
    if (Member(node, "sample")) Doubt("it takes a sample");
    if (scope.reads()) CheckGroups(node, scope, found);
    Rows rows = Output(node, scope);
    CheckModifiers(node, rows, &scope);
    return rows;
  }

  bool IsOuters(const std::vector<Equality>& equalities, const GrainScope& scope,
                const GrainScope& outer) {
    const auto pins = [&](const Names& inner, const Names& other) {
      return scope.TagOf(inner) != kNoTag && !other.empty() && scope.Lacks(other) &&
             outer.TagOf(other) != kNoTag;
    };
    return std::ranges::any_of(equalities, [&](const Equality& equal) {
      return pins(equal.first, equal.second) || pins(equal.second, equal.first);
    });
  }

  // What the expressions of one SELECT hold, but for sub-queries.
  struct Expressions {
    bool aggregates = false;
    std::vector<element> windows;
  };

  void Collect(element node, Expressions& found) const {
    const std::string_view kind = TextOf(node, "class");
    if (kind == "SUBQUERY") return;
    if (kind == "WINDOW") found.windows.push_back(node);
    if (kind == "FUNCTION" &&
        functions_.aggregates.contains(AsciiLower(TextOf(node, "function_name")))) {
      found.aggregates = true;
    }
    for (const element child : Children(node)) Collect(child, found);
  }

  // Each expression is of a kind that looks at its own row only, each sub-query proved.
  // `condition`: rows stay only where it is true.
  void Look(element node, const GrainScope& scope, const Ctes& ctes, bool condition) {
    static const std::set<std::string_view> kinds{
        "COLUMN_REF", "CONSTANT", "COMPARISON", "CONJUNCTION", "FUNCTION",
        "OPERATOR",   "CAST",     "CASE",       "BETWEEN",     "STAR",
        "SUBQUERY",   "WINDOW",   "LAMBDA",     "COLLATE",     ""};
    static const std::set<std::string> moments{"current_date", "current_time",
                                               "localtime",    "localtimestamp",
                                               "today",        "current_timestamp"};
    const std::string_view kind = TextOf(node, "class");
    if (!kinds.contains(kind)) Doubt(fmt::format("{} is not looked into", kind));
    if (kind == "COLUMN_REF") {
      const Names name = NameOf(node);
      if (name.size() == 1 && moments.contains(AsciiLower(name[0]))) {
        Doubt(fmt::format("{} is another value at each load", name[0]));
      }
      return;
    }
    if (kind == "FUNCTION") CheckFunction(TextOf(node, "function_name"));
    if (kind == "SUBQUERY") {
      LookAtSubquery(node, scope, ctes, condition);
      return;
    }
    for (const element child : Children(node)) Look(child, scope, ctes, false);
  }

  void CheckFunction(std::string_view name) {
    const std::string lower = AsciiLower(name);
    if (functions_.scalars.contains(lower) || functions_.aggregates.contains(lower)) return;
    if (lower.starts_with("list_") || lower.starts_with("array_")) return;
    Doubt(fmt::format("{}() may be another value at each load", name));
  }

  void LookAtSubquery(element node, const GrainScope& scope, const Ctes& ctes, bool condition) {
    const auto tested = Member(node, "child");
    if (tested) Look(*tested, scope, ctes, false);
    const auto query = Member(node, "subquery");
    const auto body = query ? Member(*query, "node") : std::nullopt;
    const Rows rows = body ? OfQuery(*body, ctes, &scope) : Rows{true, {}};
    if (!rows.reads) return;
    const bool in = condition && TextOf(node, "subquery_type") == "ANY" &&
                    TextOf(node, "comparison_type") == "COMPARE_EQUAL" && tested &&
                    scope.TagOf(NameOf(*tested)) != kNoTag && !rows.columns.empty() &&
                    rows.columns[0].grain;
    if (!in) Doubt(fmt::format("a sub-query reads rows of other values of {}", model_.grain));
  }

  // Whether one of the expressions is the grain: a column, an alias of one, its place.
  bool NamesGrain(const std::vector<element>& expressions, element node,
                  const GrainScope& scope) const {
    const auto items = Items(node, "select_list");
    return std::ranges::any_of(expressions, [&](const element& expression) {
      const Names name = NameOf(expression);
      // GROUP BY prefers a column, DISTINCT ON the alias.
      for (const element item : items) {
        if (name.size() == 1 && SameName(TextOf(item, "alias"), name[0])) {
          return scope.TagOf(NameOf(item)) != kNoTag &&
                 (scope.Lacks(name) || scope.TagOf(name) != kNoTag);
        }
      }
      if (!name.empty()) return scope.TagOf(name) != kNoTag;
      const auto place = PlaceOf(expression);
      return place && *place <= items.size() && scope.TagOf(NameOf(items[*place - 1])) != kNoTag;
    });
  }

  static std::optional<std::size_t> PlaceOf(element expression) {
    std::int64_t place = 0;
    if (TextOf(expression, "class") != "CONSTANT" ||
        expression["value"]["value"].get(place) != simdjson::SUCCESS || place < 1) {
      return std::nullopt;
    }
    return static_cast<std::size_t>(place);
  }

  void CheckGroups(element node, const GrainScope& scope, const Expressions& found) {
    const auto groups = Items(node, "group_expressions");
    const bool all = TextOf(node, "aggregate_handling") != "STANDARD_HANDLING";
    if (all && !NamesGrain(Items(node, "select_list"), node, scope)) {
      Doubt(fmt::format("GROUP BY ALL without {}", model_.grain));
    }
    if (!all && groups.empty() && (found.aggregates || Member(node, "having"))) {
      Doubt(fmt::format("it aggregates without GROUP BY {}", model_.grain));
    }
    for (const element set : Items(node, "group_sets")) {
      std::vector<element> grouped;
      for (const element index : Children(set)) {
        std::uint64_t at = 0;
        if (index.get(at) == simdjson::SUCCESS && at < groups.size()) grouped.push_back(groups[at]);
      }
      if (!NamesGrain(grouped, node, scope)) {
        Doubt(fmt::format("GROUP BY without {}", model_.grain));
      }
    }
    for (const element window : found.windows) {
      const auto partitions = Items(window, "partitions");
      if (std::ranges::none_of(partitions, [&](const element& partition) {
            return scope.TagOf(NameOf(partition)) != kNoTag;
          })) {
        Doubt(fmt::format("{}() looks at other rows without PARTITION BY {}",
                          TextOf(window, "function_name"), model_.grain));
      }
    }
  }

  // LIMIT and DISTINCT. `scope`: of the SELECT, if it is one.
  void CheckModifiers(element node, const Rows& rows, const GrainScope* scope) {
    if (!rows.reads) return;
    for (const element modifier : Items(node, "modifiers")) {
      const std::string_view type = TextOf(modifier, "type");
      if (type == "ORDER_MODIFIER") continue;
      if (type != "DISTINCT_MODIFIER") {
        Doubt("LIMIT counts rows of all values");
        continue;
      }
      const auto targets = Items(modifier, "distinct_on_targets");
      const bool named = targets.empty() ? std::ranges::any_of(rows.columns, &Rows::Column::grain)
                                         : scope != nullptr && NamesGrain(targets, node, *scope);
      if (!named) Doubt(fmt::format("DISTINCT without {}", model_.grain));
    }
  }

  static Rows Output(element node, const GrainScope& scope) {
    Rows rows{scope.reads(), {}};
    for (const element item : Items(node, "select_list")) {
      if (TextOf(item, "class") == "STAR") {
        AddStar(item, scope, rows);
        continue;
      }
      const bool many =
          TextOf(item, "class") == "FUNCTION" && SameName(TextOf(item, "function_name"), "unnest");
      const Names name = NameOf(item);
      const std::string_view alias = TextOf(item, "alias");
      const std::string called = !alias.empty() ? std::string(alias)
                                 : name.empty() ? std::string()
                                                : name.back();
      rows.columns.push_back({many ? std::string(kUnknown) : called, scope.TagOf(name) != kNoTag});
    }
    return rows;
  }

  static void AddStar(element item, const GrainScope& scope, Rows& rows) {
    bool columns = false;
    const bool plain = item["columns"].get(columns) != simdjson::SUCCESS || !columns;
    if (!plain || Member(item, "expr") || !Items(item, "rename_list").empty() ||
        !Items(item, "qualified_exclude_list").empty()) {
      rows.columns.push_back({std::string(kUnknown)});
      return;
    }
    std::set<std::string> without;
    for (const std::string& name : Texts(item, "exclude_list")) without.insert(AsciiLower(name));
    std::set<std::string> replaced;
    for (const element entry : Items(item, "replace_list")) {
      replaced.insert(AsciiLower(TextOf(entry, "key")));
    }
    const std::string_view relation = TextOf(item, "relation_name");
    for (const GrainScope::Column& column : scope.columns) {
      const bool shown = relation.empty() ? !column.hidden : SameName(column.alias, relation);
      if (!shown || without.contains(AsciiLower(column.name))) continue;
      rows.columns.push_back(
          {column.name, column.tag != kNoTag && !replaced.contains(AsciiLower(column.name))});
    }
  }

  GrainScope OfTable(element table, const Ctes& ctes) {
    const std::string_view type = TextOf(table, "type");
    if (Member(table, "sample")) Doubt("it takes a sample");
    if (type == "JOIN") return OfJoin(table, ctes);
    if (type == "EMPTY") return {};
    Rows rows = UnknownRows();
    std::string alias(TextOf(table, "alias"));
    if (type == "BASE_TABLE") {
      rows = OfNamed(table, ctes);
      if (alias.empty()) alias = TextOf(table, "table_name");
    } else if (type == "SUBQUERY") {
      const auto query = Member(table, "subquery");
      const auto body = query ? Member(*query, "node") : std::nullopt;
      rows = body ? OfQuery(*body, ctes, nullptr) : Rows{true, {}};
    } else if (type == "TABLE_FUNCTION" || type == "EXPRESSION_LIST") {
      LookAtValues(table, ctes);
    } else {
      Doubt(fmt::format("{} is not looked into", type));
    }
    Rename(rows, Texts(table, "column_name_alias"));
    GrainScope scope;
    const int tag = rows.reads ? next_tag_++ : kNoTag;
    if (rows.reads) scope.tags.insert(tag);
    for (Rows::Column& column : rows.columns) {
      scope.columns.push_back({std::string(TextOf(table, "schema_name")), alias,
                               std::move(column.name), column.grain ? tag : kNoTag, false});
    }
    return scope;
  }

  void LookAtValues(element table, const Ctes& ctes) {
    static const std::set<std::string_view> known{"unnest", "range", "generate_series"};
    GrainScope nothing;
    if (const auto values = Member(table, "values")) Look(*values, nothing, ctes, false);
    const auto function = Member(table, "function");
    if (!function) return;
    const std::string_view name = TextOf(*function, "function_name");
    if (!known.contains(name)) Doubt(fmt::format("{}() is not looked into", name));
    for (const element child : Children(*function)) Look(child, nothing, ctes, false);
  }

  Rows OfNamed(element table, const Ctes& ctes) {
    QueryName name{std::string(TextOf(table, "table_name"))};
    const std::string schema(TextOf(table, "schema_name"));
    if (const auto cte = ctes.find(AsciiLower(name[0])); schema.empty() && cte != ctes.end()) {
      return cte->second;
    }
    if (!schema.empty()) name.insert(name.begin(), schema);
    if (!TextOf(table, "catalog_name").empty() || Member(table, "at_clause")) {
      Doubt(fmt::format("{} is not looked into", fmt::join(name, ".")));
    }
    const bool by_grain = std::ranges::any_of(model_.effects, [&](const ChangeEffect& effect) {
      return effect.by_grain && std::ranges::equal(effect.table, name, SameName);
    });
    const auto shown = engine_.Fetch(fmt::format("SELECT * FROM {} LIMIT 0", QuotedName(name)));
    if (!shown) return Rows{by_grain, UnknownRows().columns};
    Rows rows{by_grain, {}};
    for (const auto& field : (*shown)->schema()->fields()) {
      rows.columns.push_back({field->name(), by_grain && SameName(field->name(), model_.grain)});
    }
    return rows;
  }

  GrainScope OfJoin(element join, const Ctes& ctes) {
    const auto left_table = Member(join, "left");
    const auto right_table = Member(join, "right");
    if (!left_table || !right_table) {
      Doubt("a join is not understood");
      return {};
    }
    GrainScope left = OfTable(*left_table, ctes);
    GrainScope right = OfTable(*right_table, ctes);
    const std::string_view kind = TextOf(join, "ref_type");
    const std::string_view type = TextOf(join, "join_type");
    auto equalities = Equalities(Conjuncts(join, "condition"));
    const Names merged = Texts(join, "using_columns");
    CheckJoin(kind, type, !merged.empty(), left, right);

    GrainScope scope = left;
    scope.columns.insert(scope.columns.end(), right.columns.begin(), right.columns.end());
    scope.tags.insert(right.tags.begin(), right.tags.end());
    std::vector<std::pair<int, int>> pairs;
    for (const auto& [a, b] : equalities) pairs.emplace_back(scope.TagOf(a), scope.TagOf(b));
    for (const std::string& name : merged) {
      pairs.emplace_back(left.TagOf({name}), right.TagOf({name}));
    }
    HideMerged(merged, left.columns.size(), scope);
    for (const element condition : Conjuncts(join, "condition")) {
      Look(condition, scope, ctes, false);
    }
    if (type == "INNER" && kind != "ASOF") {
      for (const auto& [a, b] : pairs) Merge(scope, pairs, a, b);
      return scope;
    }
    return OneSided(type == "RIGHT", type == "SEMI" || type == "ANTI", pairs, left, right, scope);
  }

  // The tags of `pairs` are those before any of them was merged.
  static void Merge(GrainScope& scope, std::vector<std::pair<int, int>>& pairs, int a, int b) {
    scope.Merge(a, b);
    if (a == kNoTag || b == kNoTag) return;
    for (auto& [x, y] : pairs) {
      if (x == b) x = a;
      if (y == b) y = a;
    }
  }

  void CheckJoin(std::string_view kind, std::string_view type, bool merged, const GrainScope& left,
                 const GrainScope& right) {
    static const std::set<std::string_view> kinds{"REGULAR", "CROSS", "ASOF", "DEPENDENT"};
    static const std::set<std::string_view> types{"INNER", "LEFT", "RIGHT", "SEMI", "ANTI"};
    if (!left.reads() && !right.reads()) return;
    const bool plain = kinds.contains(kind) && types.contains(type) &&
                       !(merged && (type == "RIGHT" || kind == "ASOF")) &&
                       !(kind == "ASOF" && type != "INNER" && type != "LEFT");
    if (!plain) Doubt(fmt::format("its {} {} join is not proved", kind, type));
  }

  // The right side's are hidden from names without a relation.
  static void HideMerged(const Names& merged, std::size_t first_right, GrainScope& scope) {
    for (std::size_t i = first_right; i < scope.columns.size(); ++i) {
      GrainScope::Column& column = scope.columns[i];
      column.hidden = column.hidden || std::ranges::any_of(merged, [&](const std::string& name) {
                        return SameName(name, column.name);
                      });
    }
  }

  // A join that finds rows for each row of one side: among those of its own value only.
  GrainScope OneSided(bool for_right, bool dropped, const std::vector<std::pair<int, int>>& pairs,
                      const GrainScope& left, const GrainScope& right, GrainScope scope) {
    const GrainScope& kept = for_right ? right : left;
    const GrainScope& sought = for_right ? left : right;
    const bool within = std::ranges::any_of(pairs, [&](const auto& pair) {
      return (kept.tags.contains(pair.first) && sought.tags.contains(pair.second)) ||
             (kept.tags.contains(pair.second) && sought.tags.contains(pair.first));
    });
    if (sought.tags.size() > 1 || (sought.reads() && !within)) {
      Doubt(fmt::format("tables of @by are joined otherwise than by {}", model_.grain));
    }
    if (dropped) return left;
    scope.Forget(sought.tags);
    return scope;
  }

  Engine& engine_;
  const Model& model_;
  StableFunctions functions_;
  int next_tag_ = 0;
  std::optional<std::string> doubt_;
};

}  // namespace

std::optional<std::string> WhyNotByGrain(Engine& engine, const Model& model) {
  const auto tree = SyntaxTree(engine, model.sql);
  auto functions = StableFunctions::Ask(engine);
  simdjson::dom::parser parser;
  element root;
  if (!tree || !functions || parser.parse(*tree).get(root) != simdjson::SUCCESS) {
    return "its SQL cannot be looked into";
  }
  return GrainProof(engine, model, *std::move(functions)).Run(root);
}

}  // namespace foreset::sql
