// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/schema_follower.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "foreset/capture/mysql/ddl_follower.h"
#include "foreset/capture/mysql/ddl_parser.h"
#include "foreset/capture/mysql/reserved_names.h"
#include "foreset/capture/mysql/schema_edit.h"

namespace foreset::debezium {
namespace {

// The record does not tell the session's sql_mode: the server's default is strict.
constexpr std::uint64_t kStrictMode = 3UL << 21U;

bool SameType(const ColumnSchema& a, const ColumnSchema& b) {
  return a.type == b.type && a.is_unsigned == b.is_unsigned && a.length == b.length &&
         a.scale == b.scale && a.labels == b.labels;
}

// The same columns with the same types, in the same order.
bool SameColumns(const TableSchema& a, const TableSchema& b) {
  return std::ranges::equal(a.columns, b.columns, [](const ColumnSchema& x, const ColumnSchema& y) {
    return x.name == y.name && SameType(x, y);
  });
}

std::vector<std::string> KeyOf(const TableSchema& schema) {
  std::vector<std::string> names;
  for (const std::size_t column : schema.key) names.push_back(schema.columns[column].name);
  return names;
}

const TableChange* Find(const SchemaRecord& record, const TableId& table) {
  for (const TableChange& change : record.changes) {
    if (change.id == table && change.table) return &change;
  }
  return nullptr;
}

SchemaChange Change(const SchemaRecord& record, SchemaChangeKind kind, const TableId& table,
                    Sequence at) {
  SchemaChange change;
  change.kind = kind;
  change.table = table;
  change.sequence = at;
  change.committed_at = record.committed_at;
  change.gtid = record.gtid;
  change.ddl = record.ddl;
  return change;
}

// Character sets that a statement leaves to defaults are known to the connector.
void FillCharsets(const TableSchema& described, TableSchema& schema) {
  for (ColumnSchema& column : schema.columns) {
    const auto found = described.FindColumn(column.name);
    if (found && column.charset.empty()) column.charset = described.columns[*found].charset;
  }
}

void SetAfter(SchemaChange& change, TableSchema schema) {
  for (const ColumnSchema& column : schema.columns) {
    if (!change.cannot_follow && mysql::IsReservedName(column.name)) {
      change.cannot_follow = NotFollowed(
          fmt::format("column {} has a name that the lake keeps for itself", column.name));
    }
  }
  change.after = std::make_shared<const TableSchema>(std::move(schema));
}

// Why existing rows cannot be known under a column that was added, if so. The difference of two
// tables does not tell its default.
std::optional<std::string> AddedProblem(const ColumnSchema& column) {
  if (column.nullable && !column.default_value && !column.generated) return std::nullopt;
  return fmt::format("column {} was added, and the record does not tell what existing rows get",
                     column.name);
}

// The change from one table to the other by the names of columns.
SchemaChange Difference(const TableSchema& before, const TableSchema& described,
                        SchemaChange change) {
  TableSchema after = described;
  after.version = before.version.Next();
  const auto stop = [&](std::string reason) {
    if (!change.cannot_follow) change.cannot_follow = NotFollowed(std::move(reason));
  };
  for (const ColumnSchema& column : before.columns) {
    if (!after.FindColumn(column.name)) change.columns.emplace_back(ColumnDropped{column.name});
  }
  for (ColumnSchema& column : after.columns) {
    const auto old = before.FindColumn(column.name);
    if (!old) {
      change.columns.emplace_back(ColumnAdded{column.name, std::nullopt});
      if (auto problem = AddedProblem(column)) stop(*std::move(problem));
      continue;
    }
    const ColumnSchema& was = before.columns[*old];
    if (column.collation.empty()) column.collation = was.collation;
    column.generated = was.generated;
    if (SameType(was, column)) continue;
    change.columns.emplace_back(ColumnRetyped{column.name});
    if (auto problem = mysql::RetypeProblem(was, column, true)) stop(*std::move(problem));
  }
  if (KeyOf(before) != KeyOf(after)) {
    stop("the table's key changed");
  } else {
    after.key_kind = before.key_kind;
  }
  SetAfter(change, std::move(after));
  return change;
}

// What native capture's DDL code makes of the statement.
Result<std::vector<mysql::DdlEffect>> FromStatement(const mysql::TableFilter& filter,
                                                    const mysql::SchemaRegistry& schemas,
                                                    const SchemaRecord& record, Sequence at) {
  mysql::DdlFollower::Server server;
  server.version.is_mariadb = record.is_mariadb;
  server.describe = [&](const TableId& id) -> Result<std::optional<TableSchema>> {
    const TableChange* change = Find(record, id);
    if (change == nullptr) return std::optional<TableSchema>();
    return change->table;
  };
  mysql::DdlFollower follower(filter, std::move(server));
  mysql::DdlStatement statement;
  statement.text = record.ddl;
  statement.default_database = record.database;
  statement.sql_mode = kStrictMode;
  statement.sequence = at;
  statement.committed_at = record.committed_at;
  statement.started_at = record.committed_at;
  statement.gtid = record.gtid;
  return follower.Apply(statement, schemas);
}

bool IsUnderstood(const SchemaRecord& record) {
  return !std::holds_alternative<mysql::NotUnderstood>(mysql::ParseDdl(
      record.ddl, record.database, mysql::SqlDialect{.is_mariadb = record.is_mariadb}));
}

const SchemaChange* ChangeOf(const std::vector<mysql::DdlEffect>& effects, const TableId& table) {
  for (const mysql::DdlEffect& effect : effects) {
    const auto* change = std::get_if<SchemaChange>(&effect);
    if (change != nullptr && change->table == table) return change;
  }
  return nullptr;
}

TableId TableOf(const mysql::DdlEffect& effect) {
  if (const auto* change = std::get_if<SchemaChange>(&effect)) return change->table;
  return std::get<mysql::TableTruncated>(effect).table;
}

}  // namespace

SchemaFollower::SchemaFollower(mysql::TableFilter filter, mysql::SchemaRegistry known)
    : filter_(std::move(filter)), schemas_(std::move(known)) {}

Result<std::vector<mysql::DdlEffect>> SchemaFollower::Apply(const SchemaRecord& record,
                                                            SourceEpoch epoch) {
  if (record.from_history) return std::vector<mysql::DdlEffect>();
  const bool snapshot = record.snapshot != SnapshotKind::kNone;
  // A snapshot's tables come before its rows.
  const Sequence at(epoch.value(), BinlogFileNumber(record.file), record.position, 0,
                    snapshot ? Operation::kSnapshot : Operation::kTruncate);
  std::vector<mysql::DdlEffect> effects =
      snapshot ? TRY(Describe(record, at)) : TRY(Follow(record, at));
  std::erase_if(effects, [&](const mysql::DdlEffect& effect) {
    const TableId table = TableOf(effect);
    const auto applied = applied_.find(table);
    return at <= schemas_.After(table) || (applied != applied_.end() && at <= applied->second);
  });
  for (const mysql::DdlEffect& effect : effects) {
    applied_[TableOf(effect)] = at;
    const auto* change = std::get_if<SchemaChange>(&effect);
    if (change == nullptr) continue;
    if (change->kind == SchemaChangeKind::kDrop) {
      schemas_.Erase(change->table);
    } else if (change->after != nullptr && !change->cannot_follow) {
      schemas_.Put(change->after, at);
    }
  }
  return effects;
}

Result<std::vector<mysql::DdlEffect>> SchemaFollower::Describe(const SchemaRecord& record,
                                                               Sequence at) {
  std::vector<mysql::DdlEffect> effects;
  for (const TableChange& described : record.changes) {
    if (!described.table || !filter_.Matches(described.id)) continue;
    const auto known = schemas_.Find(described.id);
    if (known == nullptr) {
      SchemaChange change = Change(record, SchemaChangeKind::kCreate, described.id, at);
      TableSchema schema = *described.table;
      schema.version = schemas_.NextVersion(described.id);
      SetAfter(change, std::move(schema));
      effects.emplace_back(std::move(change));
    } else if (!SameColumns(*known, *described.table)) {
      effects.emplace_back(Difference(*known, *described.table,
                                      Change(record, SchemaChangeKind::kAlter, described.id, at)));
    }
  }
  return effects;
}

Result<std::vector<mysql::DdlEffect>> SchemaFollower::Follow(const SchemaRecord& record,
                                                             Sequence at) {
  std::vector<mysql::DdlEffect> effects = TRY(FromStatement(filter_, schemas_, record, at));
  const bool understood = IsUnderstood(record);
  for (mysql::DdlEffect& effect : effects) {
    auto* change = std::get_if<SchemaChange>(&effect);
    if (change == nullptr || change->kind == SchemaChangeKind::kDrop) continue;
    const TableChange* described = Find(record, change->table);
    const auto before = schemas_.Find(change->table);
    if (described == nullptr || change->after == nullptr) continue;
    if (understood && SameColumns(*change->after, *described->table)) {
      TableSchema after = *change->after;
      FillCharsets(*described->table, after);
      change->after = std::make_shared<const TableSchema>(std::move(after));
      continue;
    }
    // A reason of its own not to follow stands; else the connector's word counts.
    if (understood && change->cannot_follow) continue;
    if (before != nullptr) {
      *change = Difference(*before, *described->table,
                           Change(record, SchemaChangeKind::kAlter, change->table, at));
    } else {
      TableSchema after = *described->table;
      after.version = change->after->version;
      SetAfter(*change, std::move(after));
    }
  }
  // What the statement's text did not show.
  for (const TableChange& described : record.changes) {
    if (!described.table || ChangeOf(effects, described.id) != nullptr) continue;
    const auto before = schemas_.Find(described.id);
    if (before == nullptr || SameColumns(*before, *described.table)) continue;
    effects.emplace_back(Difference(*before, *described.table,
                                    Change(record, SchemaChangeKind::kAlter, described.id, at)));
  }
  return effects;
}

}  // namespace foreset::debezium
