// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/workspace.h"

#include <algorithm>
#include <utility>

#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/query.h"
#include "foreset/base/errors/warehouse.h"
#include "foreset/base/nearest_word.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema.h"
#include "foreset/sql/warehouse/placed_relation.h"

namespace foreset::sql {
namespace {

constexpr char kOld[] = "foreset_load.old";
constexpr char kAffected[] = "foreset_load.affected";

// Failures of relations and interrupts stay what they are; DuckDB's own become the model's.
Error OfModel(Error error) {
  if (error.code == query_error::kQueryInvalid || error.code == query_error::kQueryForbidden) {
    error.code = warehouse_error::kModelNotUnderstood;
  } else if (error.code == query_error::kQueryFailed) {
    error.code = warehouse_error::kModelFailed;
  }
  return error;
}

std::string SameKey(const Model& model) {
  std::string text;
  for (const std::string& column : model.key) {
    text += fmt::format("{0}o.{1} = n.{1}", text.empty() ? "" : " AND ", Quoted(column));
  }
  return text;
}

std::string Differs(const arrow::Schema& columns) {
  std::string text;
  for (const auto& field : columns.fields()) {
    text += fmt::format("{0}o.{1} IS DISTINCT FROM n.{1}", text.empty() ? "" : " OR ",
                        Quoted(field->name()));
  }
  return text;
}

std::string Listed(const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + Quoted(column);
  return list;
}

// The rows of the old table that do not go.
std::string Staying(const std::vector<std::string>& columns) {
  return fmt::format(
      "SELECT {0} FROM {1} AS o WHERE NOT EXISTS (SELECT 1 FROM {2} AS g WHERE g.{3} = o.{3} AND "
      "g.{4} = o.{4})",
      Listed(columns), kOld, Workspace::kGone, Quoted(kPlaceFile), Quoted(kPlaceRow));
}

}  // namespace

Result<Workspace> Workspace::Make(Engine& engine) {
  for (const char* schema : {"foreset_cut", "foreset_load"}) {
    RETURN_IF_ERROR(engine.Execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {}", schema)));
  }
  return Workspace(engine);
}

Status Workspace::Show(const QueryName& name, std::shared_ptr<const Relation> relation) {
  if (name.size() > 1) {
    RETURN_IF_ERROR(engine_->Execute("CREATE SCHEMA IF NOT EXISTS " + Quoted(name.front())));
  }
  const QueryName behind{"foreset_cut", fmt::format("{}", fmt::join(name, "."))};
  RETURN_IF_ERROR(engine_->Register(behind, std::move(relation)));
  views_[name] = QuotedName(behind);
  return engine_->Execute(
      fmt::format("CREATE OR REPLACE VIEW {} AS FROM {}", QuotedName(name), views_[name]));
}

Status Workspace::Bind(const Model& model) {
  const Status bound = engine_->Execute(
      fmt::format("CREATE OR REPLACE VIEW {} AS {}", Quoted(model.name), model.sql));
  if (bound) return CheckMentions(model);
  Error error = OfModel(bound.error());
  const bool missing = error.message.find("Table with name") != std::string::npos;
  if (missing) error.code = warehouse_error::kModelTableUnknown;
  return std::unexpected(std::move(error).Within(model.name + ".sql"));
}

Result<std::vector<std::string>> Workspace::ColumnsOf(const QueryName& name) {
  return TRY(engine_->Fetch(fmt::format("FROM {} LIMIT 0", QuotedName(name))))
      ->schema()
      ->field_names();
}

// Columns that the @ lines name: of the query, and the grain of the tables that have it, too.
Status Workspace::CheckMentions(const Model& model) {
  const auto check = [&](const ColumnMention& mention, const std::vector<std::string>& columns,
                         const std::string& which) -> Status {
    if (std::ranges::any_of(
            columns, [&](const std::string& column) { return SameName(column, mention.column); })) {
      return {};
    }
    return Err(
        ErrorKind::kInvalidInput, warehouse_error::kModelInvalid,
        fmt::format("{}.sql:{}: @{} names {}, which {} does not have{}", model.name, mention.line,
                    mention.word, mention.column, which, Suggestion(mention.column, columns)));
  };
  const auto columns = TRY(ColumnsOf({model.name}));
  for (const ColumnMention& mention : model.mentions) {
    RETURN_IF_ERROR(check(mention, columns, "the query"));
    if (mention.word != "by") continue;
    for (const ChangeEffect& effect : model.effects) {
      if (!effect.by_grain) continue;
      RETURN_IF_ERROR(check(mention, TRY(ColumnsOf(effect.table)),
                            fmt::format("{}", fmt::join(effect.table, "."))));
    }
  }
  return {};
}

Status Workspace::BeginPart() {
  any_affected_ = false;
  return engine_->Execute(fmt::format("DROP TABLE IF EXISTS {}", kAffected));
}

Status Workspace::AddAffected(const ChangeEffect& effect, std::shared_ptr<const Relation> old_files,
                              std::shared_ptr<const Relation> new_files) {
  RETURN_IF_ERROR(engine_->Register({"foreset_load", "changed_old"}, std::move(old_files)));
  RETURN_IF_ERROR(engine_->Register({"foreset_load", "changed_new"}, std::move(new_files)));
  RETURN_IF_ERROR(engine_->Execute(
      "CREATE OR REPLACE VIEW changed AS "
      "(FROM foreset_load.changed_old EXCEPT ALL FROM foreset_load.changed_new) UNION ALL "
      "(FROM foreset_load.changed_new EXCEPT ALL FROM foreset_load.changed_old)"));
  const std::string values = fmt::format("SELECT DISTINCT * FROM ({}) AS q(grain)", effect.query);
  const Status added = engine_->Execute(
      any_affected_ ? fmt::format("INSERT INTO {} {}", kAffected, values)
                    : fmt::format("CREATE OR REPLACE TABLE {} AS {}", kAffected, values));
  if (!added) {
    return std::unexpected(
        OfModel(added.error()).Within("what is affected by " + QuotedName(effect.table)));
  }
  any_affected_ = true;
  return {};
}

Result<std::int64_t> Workspace::Affected() {
  return any_affected_ ? Count(fmt::format("(SELECT DISTINCT grain FROM {})", kAffected))
                       : Result<std::int64_t>(0);
}

Status Workspace::Compute(const std::string& statement) {
  const Status computed =
      engine_->Execute(fmt::format("CREATE OR REPLACE TABLE {} AS {}", kNew, statement));
  if (!computed) return std::unexpected(OfModel(computed.error()));
  return {};
}

Status Workspace::ComputeWhole(const Model& model) { return Compute(model.sql); }

// The tables by grain are cut down before the model reads them: it then costs what was affected.
Status Workspace::RestrictTo(const Model& model, bool part) {
  for (const ChangeEffect& effect : model.effects) {
    const auto behind = views_.find(effect.table);
    if (!effect.by_grain || behind == views_.end()) continue;
    const std::string where =
        part ? fmt::format(" WHERE {} IN (SELECT grain FROM {})", Quoted(model.grain), kAffected)
             : "";
    RETURN_IF_ERROR(engine_->Execute(fmt::format("CREATE OR REPLACE VIEW {} AS FROM {}{}",
                                                 QuotedName(effect.table), behind->second, where)));
  }
  return {};
}

Status Workspace::ComputePart(const Model& model) {
  RETURN_IF_ERROR(RestrictTo(model, true));
  Status computed = Compute(fmt::format("SELECT * FROM ({}\n) WHERE {} IN (SELECT grain FROM {})",
                                        model.sql, Quoted(model.grain), kAffected));
  RETURN_IF_ERROR(RestrictTo(model, false));
  return computed;
}

Result<std::shared_ptr<arrow::Schema>> Workspace::Columns() {
  const auto rows = TRY(engine_->Fetch(fmt::format("FROM {} LIMIT 0", kNew)));
  arrow::FieldVector fields;
  for (const auto& field : rows->schema()->fields()) {
    fields.push_back(arrow::field(field->name(), field->type()));
  }
  return arrow::schema(std::move(fields));
}

Result<RowDifference> Workspace::Compare(const Model& model,
                                         const std::shared_ptr<const Relation>& placed, bool part) {
  if (placed == nullptr) {
    RETURN_IF_ERROR(
        engine_->Execute(fmt::format("CREATE OR REPLACE TABLE {} ({} INTEGER, {} BIGINT)", kGone,
                                     Quoted(kPlaceFile), Quoted(kPlaceRow))));
    RETURN_IF_ERROR(
        engine_->Execute(fmt::format("CREATE OR REPLACE TABLE {} AS FROM {}", kCome, kNew)));
    return RowDifference{TRY(Count(kCome)), 0};
  }
  RETURN_IF_ERROR(engine_->Register({"foreset_load", "old"}, placed));
  const auto columns = TRY(Columns());
  const std::string scope =
      part ? fmt::format("o.{} IN (SELECT grain FROM {}) AND ", Quoted(model.grain), kAffected)
           : "";
  const std::string key = Quoted(model.key.front());
  RETURN_IF_ERROR(engine_->Execute(fmt::format(
      "CREATE OR REPLACE TABLE {} AS SELECT DISTINCT o.{}, o.{} FROM {} AS o LEFT JOIN {} AS n ON "
      "{} WHERE {}(n.{} IS NULL OR {})",
      kGone, Quoted(kPlaceFile), Quoted(kPlaceRow), kOld, kNew, SameKey(model), scope, key,
      Differs(*columns))));
  RETURN_IF_ERROR(engine_->Execute(fmt::format(
      "CREATE OR REPLACE TABLE {} AS SELECT n.* FROM {} AS n LEFT JOIN {} AS o ON {} WHERE o.{} "
      "IS NULL OR {}",
      kCome, kNew, kOld, SameKey(model), key, Differs(*columns))));
  return RowDifference{TRY(Count(kCome)), TRY(Count(kGone))};
}

std::string Workspace::Outcome(const std::vector<std::string>& columns) const {
  return fmt::format("{} UNION ALL SELECT {} FROM {}", Staying(columns), Listed(columns), kCome);
}

std::string Workspace::Remainder(const std::vector<std::string>& columns) const {
  return fmt::format("{0} AND o.{1} IN (SELECT {1} FROM {2})", Staying(columns), Quoted(kPlaceFile),
                     kGone);
}

Status Workspace::ShowComputed(const Model& model) {
  views_.erase({model.name});
  return engine_->Execute(
      fmt::format("CREATE OR REPLACE VIEW {} AS FROM {}", Quoted(model.name), kNew));
}

Result<std::int64_t> Workspace::Count(const std::string& from) {
  const auto counted = TRY(engine_->Fetch(fmt::format("SELECT count(*) FROM {}", from)));
  const auto scalar = TRY(FromArrow(counted->column(0)->GetScalar(0)));
  return static_cast<const arrow::Int64Scalar&>(*scalar).value;
}

}  // namespace foreset::sql
