// SPDX-License-Identifier: MIT
#include "foreset/pipeline/warehouse/mysql_target.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <ranges>
#include <set>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>
#include <fmt/format.h>

#include "foreset/base/errors/warehouse.h"
#include "foreset/base/messages.h"
#include "foreset/pipeline/warehouse/file_difference.h"
#include "foreset/sql/delta_relation.h"

namespace foreset::pipeline {
namespace {

using arrow::internal::checked_cast;
using mysql::QuoteName;

std::int64_t NumberOf(const std::optional<std::string>& text) {
  std::int64_t number = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

// How a column is asked for so that its text is what MySQL reads; nothing when it cannot be.
std::optional<std::string> DefaultText(const arrow::Field& field) {
  const std::string name = sql::Quoted(field.name());
  switch (field.type()->id()) {
    case arrow::Type::BOOL:
      return fmt::format("CAST(CAST({} AS TINYINT) AS VARCHAR)", name);
    case arrow::Type::TIMESTAMP:
      return fmt::format("CAST(CAST({} AS TIMESTAMP) AS VARCHAR)", name);
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DATE32:
    case arrow::Type::STRING:
      return fmt::format("CAST({} AS VARCHAR)", name);
    default:
      return std::nullopt;
  }
}

std::string TextsOf(const arrow::Schema& columns, const std::vector<std::string>& wanted) {
  std::string list;
  for (const std::string& name : wanted) {
    list += (list.empty() ? "" : ", ") + *DefaultText(*columns.GetFieldByName(name));
  }
  return list;
}

std::string QuotedList(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + sql::Quoted(name);
  return list;
}

// Hands on each row of a query of texts.
Status EachRow(sql::Engine& engine, const std::string& query,
               const std::function<Status(const mysql::SqlRow&)>& sink) {
  const auto result = TRY(engine.Query(query));
  while (const auto batch = TRY(result->Next())) {
    mysql::SqlRow row(static_cast<std::size_t>(batch->num_columns()));
    for (std::int64_t i = 0; i < batch->num_rows(); ++i) {
      for (int column = 0; column < batch->num_columns(); ++column) {
        const auto& texts = checked_cast<const arrow::StringArray&>(*batch->column(column));
        auto& value = row[static_cast<std::size_t>(column)];
        value.reset();
        if (texts.IsValid(i)) value = std::string(texts.GetView(i));
      }
      RETURN_IF_ERROR(sink(row));
    }
  }
  return {};
}

}  // namespace

// What is to become of one table.
struct MysqlTarget::Change {
  TargetTable table;
  bool whole = false;
  std::shared_ptr<const delta::Snapshot> before;  // null: unchanged, or whole
  std::vector<std::string> columns;
  std::string stage;  // the temporary table
  TargetTableReport report;
};

Result<std::unique_ptr<MysqlTarget>> MysqlTarget::Open(const TargetOptions& options) {
  const std::string name =
      fmt::format("{} on {}:{}", options.database, options.server.host, options.server.port);
  auto writer = mysql::TableWriter::Open(options.server, options.database);
  if (!writer) {
    Error error = std::move(writer).error();
    if (error.code == ErrorCode::kSourceAccessDenied) {
      error.next_step = "Correct the user that --to names, or FORESET_WAREHOUSE_PASSWORD.";
    }
    return std::unexpected(std::move(error).Within(name));
  }
  std::unique_ptr<MysqlTarget> target(new MysqlTarget(*std::move(writer), name));
  for (const Status& done : {target->Lock(options.database), target->MakeLoads()}) {
    if (!done) return std::unexpected(target->Explain(done.error()));
  }
  return target;
}

// Held by the session, and gone with it.
Status MysqlTarget::Lock(const std::string& database) {
  const auto rows = TRY(writer_.Query(
      fmt::format("SELECT GET_LOCK({}, 0)", writer_.Quote("foreset " + database.substr(0, 50))),
      1));
  if (!rows.empty() && rows[0][0] == "1") return {};
  return Err(ErrorKind::kTransient, warehouse_error::kLoadInterfered,
             "another load writes to the database");
}

Status MysqlTarget::MakeLoads() {
  if (!TRY(writer_.ColumnsOf("_foreset_loads")).names.empty()) return {};
  return writer_.Execute(
      "CREATE TABLE IF NOT EXISTS _foreset_loads (model VARCHAR(255) NOT NULL PRIMARY KEY, "
      "table_id VARCHAR(64) NOT NULL, version BIGINT NOT NULL, loaded_at TIMESTAMP NOT NULL "
      "DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)");
}

// What the server refuses is the warehouse's affair, not the source's.
Error MysqlTarget::Explain(Error error) const {
  if (error.code == ErrorCode::kSourceQueryFailed || error.code == ErrorCode::kMissingPrivilege) {
    error.code = warehouse_error::kTargetFailed;
    error.next_step.clear();
  }
  return std::move(error).Within(name_);
}

Status MysqlTarget::Check(const std::string& model, const std::vector<std::string>& key,
                          const arrow::Schema& columns) {
  const auto unfit = [&](std::string_view what) {
    return Err(ErrorKind::kInvalidInput, warehouse_error::kTargetTableUnfit,
               fmt::format("{}: {}: {}", name_, model, what));
  };
  const auto target = writer_.ColumnsOf(model);
  if (!target) return std::unexpected(Explain(target.error()));
  if (target->names.empty()) return unfit("there is no such table");
  const std::set<std::string> primary(target->key.begin(), target->key.end());
  if (primary != std::set<std::string>(key.begin(), key.end())) {
    return unfit(fmt::format("its primary key is not ({})", fmt::join(key, ", ")));
  }
  for (const auto& field : columns.fields()) {
    if (std::ranges::find(target->names, field->name()) == target->names.end()) {
      return unfit(fmt::format("it has no column {}", field->name()));
    }
    if (!DefaultText(*field)) {
      return unfit(fmt::format("column {} is a {}, which is not sent to MySQL", field->name(),
                               field->type()->ToString()));
    }
  }
  return {};
}

Result<MysqlTarget::Change> MysqlTarget::Plan(const TargetTable& table, bool whole) {
  Change change{table, whole, nullptr, {}, "_foreset_stage_" + table.model, {table.model}};
  change.columns = table.snapshot->schema()->field_names();
  change.report.rows = RowsOf(*table.snapshot);
  const auto rows =
      TRY(writer_.Query(fmt::format("SELECT table_id, version FROM _foreset_loads WHERE model = {}",
                                    writer_.Quote(table.model)),
                        2));
  const bool known = !rows.empty() && rows[0][0] == table.snapshot->metadata().id;
  const delta::Version has(known ? NumberOf(rows[0][1]) : -1);
  change.report.mode = "whole";
  if (whole || !known || has > table.snapshot->version()) {
    change.whole = true;
    return change;
  }
  auto before = delta::Snapshot::Load(table.store, has);
  if (!before && before.error().kind != ErrorKind::kNotFound) {
    return std::unexpected(std::move(before).error());
  }
  if (!before || !(*before)->schema()->Equals(*table.snapshot->schema(), false)) {
    change.whole = true;
    return change;
  }
  change.before = *std::move(before);
  change.report.mode = has == table.snapshot->version() ? "unchanged" : "incremental";
  return change;
}

// The temporary table goes with the session; nothing of it is left behind by a kill.
Status MysqlTarget::Stage(Change& change, sql::Engine& engine) {
  RETURN_IF_ERROR(
      writer_.Execute(fmt::format("DROP TEMPORARY TABLE IF EXISTS {}", QuoteName(change.stage))));
  RETURN_IF_ERROR(
      writer_.Execute(fmt::format("CREATE TEMPORARY TABLE {} LIKE {}", QuoteName(change.stage),
                                  QuoteName(change.table.model))));
  RETURN_IF_ERROR(
      engine.Register({"foreset_load", "target_rows"},
                      sql::MakeDeltaRelation(change.table.store, change.table.snapshot)));
  RETURN_IF_ERROR(EachRow(
      engine,
      fmt::format("SELECT {} FROM foreset_load.target_rows",
                  TextsOf(*change.table.snapshot->schema(), change.columns)),
      [&](const mysql::SqlRow& row) { return writer_.Put(change.stage, change.columns, row); }));
  return writer_.Send();
}

Status MysqlTarget::PutRows(Change& change, sql::Engine& engine) {
  const arrow::Schema& schema = *change.table.snapshot->schema();
  if (!change.whole) {
    const FileDifference difference =
        DifferenceOf(change.table.store, change.before, change.table.snapshot);
    RETURN_IF_ERROR(engine.Register({"foreset_load", "target_old"}, difference.old_files));
    RETURN_IF_ERROR(engine.Register({"foreset_load", "target_new"}, difference.new_files));
    RETURN_IF_ERROR(EachRow(engine,
                            fmt::format("SELECT {} FROM (FROM foreset_load.target_new EXCEPT FROM "
                                        "foreset_load.target_old)",
                                        TextsOf(schema, change.columns)),
                            [&](const mysql::SqlRow& row) {
                              ++change.report.put;
                              return writer_.Put(change.table.model, change.columns, row);
                            }));
    return writer_.Send();
  }
  std::string list;
  std::string updates;
  for (const std::string& column : change.columns) {
    list += (list.empty() ? "" : ", ") + QuoteName(column);
    updates += fmt::format("{0}{1} = VALUES({1})", updates.empty() ? "" : ", ", QuoteName(column));
  }
  change.report.put = change.report.rows;
  return writer_.Execute(
      fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2} ON DUPLICATE KEY "
                  "UPDATE {3}",
                  QuoteName(change.table.model), list, QuoteName(change.stage), updates));
}

Status MysqlTarget::DeleteRows(Change& change, sql::Engine& engine) {
  const TargetTable& table = change.table;
  if (!change.whole) {
    // PutRows of another table has been at the same names since.
    const FileDifference difference = DifferenceOf(table.store, change.before, table.snapshot);
    RETURN_IF_ERROR(engine.Register({"foreset_load", "target_old"}, difference.old_files));
    RETURN_IF_ERROR(engine.Register({"foreset_load", "target_new"}, difference.new_files));
    RETURN_IF_ERROR(EachRow(
        engine,
        fmt::format("SELECT {0} FROM (SELECT {1} FROM foreset_load.target_old EXCEPT SELECT {1} "
                    "FROM foreset_load.target_new)",
                    TextsOf(*table.snapshot->schema(), table.key), QuotedList(table.key)),
        [&](const mysql::SqlRow& row) {
          ++change.report.deleted;
          return writer_.Delete(table.model, table.key, row);
        }));
    return writer_.Send();
  }
  std::string same;
  for (const std::string& column : table.key) {
    same += fmt::format("{0}s.{1} = t.{1}", same.empty() ? "" : " AND ", QuoteName(column));
  }
  RETURN_IF_ERROR(writer_.Execute(fmt::format(
      "DELETE t FROM {} AS t LEFT JOIN {} AS s ON {} WHERE s.{} IS NULL", QuoteName(table.model),
      QuoteName(change.stage), same, QuoteName(table.key.front()))));
  const auto rows = TRY(writer_.Query("SELECT ROW_COUNT()", 1));
  if (!rows.empty()) change.report.deleted = NumberOf(rows[0][0]);
  return {};
}

// Somebody may have written to the table: then what differs since the last load is not all.
Result<bool> MysqlTarget::Agrees(Change& change) {
  const auto rows =
      TRY(writer_.Query(fmt::format("SELECT COUNT(*) FROM {}", QuoteName(change.table.model)), 1));
  return !rows.empty() && NumberOf(rows[0][0]) == change.report.rows;
}

// Parents get their rows first and lose them last: foreign keys hold at every statement.
Status MysqlTarget::Apply(std::vector<Change>& changes, sql::Engine& engine) {
  for (Change& change : changes) {
    if (change.whole) RETURN_IF_ERROR(Stage(change, engine));
  }
  RETURN_IF_ERROR(writer_.Execute("START TRANSACTION"));
  const auto busy = [](const Change& change) { return change.report.mode != "unchanged"; };
  for (Change& change : changes) {
    if (busy(change)) RETURN_IF_ERROR(PutRows(change, engine));
  }
  for (Change& change : std::views::reverse(changes)) {
    if (busy(change)) RETURN_IF_ERROR(DeleteRows(change, engine));
  }
  for (const Change& change : changes) {
    RETURN_IF_ERROR(writer_.Put("_foreset_loads", {"model", "table_id", "version"},
                                {change.table.model, change.table.snapshot->metadata().id,
                                 std::to_string(change.table.snapshot->version().value())}));
  }
  return writer_.Send();
}

// One attempt, in a transaction that is left open. Tables that must be sent whole after all are put
// into `whole`.
Status MysqlTarget::Attempt(std::vector<Change>& changes, sql::Engine& engine,
                            std::set<std::string>& whole) {
  const Status applied = Apply(changes, engine);
  if (!applied && applied.error().code == ErrorCode::kDeltaCorrupt) {
    // A file of an earlier version was vacuumed; one of the present version fails again.
    const std::size_t before = whole.size();
    for (const Change& change : changes) {
      if (!change.whole) whole.insert(change.table.model);
    }
    return whole.size() > before ? Status() : applied;
  }
  RETURN_IF_ERROR(applied);
  for (Change& change : changes) {
    if (TRY(Agrees(change))) continue;
    if (change.whole) {
      return Err(ErrorKind::kInvalidInput, warehouse_error::kTargetFailed,
                 fmt::format("{} has other rows than were sent", change.table.model));
    }
    whole.insert(change.table.model);
  }
  return {};
}

Result<std::vector<TargetTableReport>> MysqlTarget::Sync(const std::vector<TargetTable>& tables,
                                                         sql::Engine& engine, bool full) {
  std::set<std::string> whole;
  while (true) {
    std::vector<Change> changes;
    for (const TargetTable& table : tables) {
      auto change = Plan(table, full || whole.contains(table.model));
      if (!change) return std::unexpected(Explain(std::move(change).error()));
      changes.push_back(*std::move(change));
    }
    const std::size_t before = whole.size();
    Status done = Attempt(changes, engine, whole);
    const bool again = done && whole.size() > before;
    if (done) done = writer_.Execute(again ? "ROLLBACK" : "COMMIT");
    if (!done) {
      // A session that is gone has rolled back by itself.
      const Status undone = writer_.Execute("ROLLBACK");
      if (!undone) Debug("{}: {}", name_, undone.error().ToString());
      return std::unexpected(Explain(done.error()));
    }
    if (again) continue;
    std::vector<TargetTableReport> reports;
    for (Change& change : changes) reports.push_back(std::move(change.report));
    return reports;
  }
}

}  // namespace foreset::pipeline
