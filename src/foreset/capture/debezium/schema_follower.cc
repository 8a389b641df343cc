// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/schema_follower.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "foreset/base/errors/topics.h"
#include "foreset/capture/debezium/schema_difference.h"
#include "foreset/capture/mysql/ddl_follower.h"
#include "foreset/capture/mysql/ddl_parser.h"

namespace foreset::debezium {
namespace {

const TableChange* FindChange(const SchemaRecord& record, const TableId& table) {
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

// A snapshot's tables come before its rows.
Sequence PlaceOf(const SchemaRecord& record, SourceEpoch epoch) {
  const bool snapshot = record.snapshot != SnapshotKind::kNone;
  return {epoch.value(), BinlogFileNumber(record.file), record.position, 0,
          snapshot ? Operation::kSnapshot : Operation::kTruncate};
}

Error RowsNotTold(std::string reason) {
  return {ErrorKind::kInvalidInput, topics_error::kRowsNotTold, std::move(reason), {}};
}

// Topics have no copy of a table to begin it anew with.
void StopWithoutRows(mysql::DdlEffect& effect) {
  auto* change = std::get_if<SchemaChange>(&effect);
  if (change == nullptr || change->kind != SchemaChangeKind::kReplace) return;
  change->kind = SchemaChangeKind::kAlter;
  if (change->cannot_follow) return;
  change->cannot_follow = RowsNotTold(
      fmt::format("{} has other rows since: {}", change->table.ToString(), change->ddl));
}

// Character sets that a statement leaves to defaults are known to the connector.
void FillCharsets(const TableSchema& described, TableSchema& schema) {
  for (ColumnSchema& column : schema.columns) {
    const auto found = described.FindColumn(column.name);
    if (found && column.charset.empty()) column.charset = described.columns[*found].charset;
  }
}

// What native capture's DDL code makes of the statement.
Result<std::vector<mysql::DdlEffect>> FromStatement(const mysql::TableFilter& filter,
                                                    const mysql::SchemaRegistry& schemas,
                                                    const SchemaRecord& record, Sequence at) {
  mysql::DdlFollower::Server server;
  server.version.is_mariadb = record.is_mariadb;
  // The record does not tell the session's sql_mode.
  server.sql_mode_is_known = false;
  // It describes the table just after the statement.
  server.describe_after = [&](const TableId& id, const mysql::DdlStatement&,
                              const auto&) -> Result<std::optional<mysql::TableAfter>> {
    const TableChange* change = FindChange(record, id);
    if (change == nullptr) return std::optional<mysql::TableAfter>();
    mysql::TableAfter after;
    after.schema = *change->table;
    return std::optional(std::move(after));
  };
  mysql::DdlFollower follower(filter, std::move(server));
  mysql::DdlStatement statement;
  statement.text = record.ddl;
  statement.default_database = record.database;
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
  for (const TableChange& described : record.changes) {
    if (described.table) told_.insert(described.id);
  }
  NoteLeftOut(record, PlaceOf(record, epoch));
  if (left_out_.empty()) return ApplyKnown(record, epoch, {});
  SchemaRecord rest = record;
  std::set<TableId> same;  // the statement speaks of what is left out alone
  for (TableChange& described : rest.changes) {
    const auto columns = left_out_.find(described.id);
    if (!described.table || columns == left_out_.end()) continue;
    described.table = Without(*described.table, columns->second);
    const auto known = schemas_.Find(described.id);
    if (known != nullptr && SameColumns(*known, *described.table)) same.insert(described.id);
  }
  return ApplyKnown(rest, epoch, same);
}

// What the lake has of a table, against what the records said up to then.
void SchemaFollower::NoteLeftOut(const SchemaRecord& record, Sequence at) {
  for (const TableChange& described : record.changes) {
    const auto known = schemas_.Find(described.id);
    if (!described.table || known == nullptr || at > schemas_.After(described.id)) continue;
    if (applied_.contains(described.id)) continue;
    std::set<std::string> columns;
    for (const ColumnSchema& column : described.table->columns) {
      if (!known->FindColumn(column.name)) columns.insert(column.name);
    }
    if (columns.empty()) {
      left_out_.erase(described.id);
    } else {
      left_out_[described.id] = std::move(columns);
    }
  }
}

void SchemaFollower::LeaveOut(std::shared_ptr<const TableSchema> rest,
                              const std::set<std::string>& columns, Sequence after) {
  left_out_[rest->id].insert(columns.begin(), columns.end());
  schemas_.Put(std::move(rest), after);
}

Result<std::vector<mysql::DdlEffect>> SchemaFollower::ApplyKnown(const SchemaRecord& record,
                                                                 SourceEpoch epoch,
                                                                 const std::set<TableId>& same) {
  const bool snapshot = record.snapshot != SnapshotKind::kNone;
  const Sequence at = PlaceOf(record, epoch);
  std::vector<mysql::DdlEffect> effects =
      snapshot ? TRY(Describe(record, at)) : TRY(Follow(record, at));
  std::erase_if(effects, [&](const mysql::DdlEffect& effect) {
    const TableId table = TableOf(effect);
    const auto applied = applied_.find(table);
    const auto* change = std::get_if<SchemaChange>(&effect);
    if (change != nullptr && change->after != nullptr && same.contains(table)) return true;
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
      renamed_.erase(change->table);
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
      effects.emplace_back(DifferenceOf(
          *known, *described.table, Change(record, SchemaChangeKind::kAlter, described.id, at)));
    }
  }
  return effects;
}

// A table that was not known before: under another name, or by a record that is gone.
SchemaChange SchemaFollower::Appeared(const SchemaRecord& record, const TableChange& described,
                                      Sequence at) {
  SchemaChange change = Change(record, SchemaChangeKind::kCreate, described.id, at);
  TableSchema schema = *described.table;
  schema.version = schemas_.NextVersion(described.id);
  SetAfter(change, std::move(schema));
  if (described.renamed_from) renamed_[described.id] = *described.renamed_from;
  const auto renamed = renamed_.find(described.id);
  if (renamed != renamed_.end() && !change.cannot_follow) {
    change.cannot_follow =
        RowsNotTold(fmt::format("{} has the rows that {} had before: {}", described.id.ToString(),
                                renamed->second.ToString(), record.ddl));
  }
  return change;
}

Result<std::vector<mysql::DdlEffect>> SchemaFollower::Follow(const SchemaRecord& record,
                                                             Sequence at) {
  std::vector<mysql::DdlEffect> effects = TRY(FromStatement(filter_, schemas_, record, at));
  const bool understood = IsUnderstood(record);
  for (mysql::DdlEffect& effect : effects) {
    auto* change = std::get_if<SchemaChange>(&effect);
    if (change == nullptr || change->kind == SchemaChangeKind::kDrop) continue;
    const TableChange* described = FindChange(record, change->table);
    const auto before = schemas_.Find(change->table);
    // Its rows came with the name.
    if (described != nullptr && described->renamed_from && change->after == nullptr) {
      *change = Appeared(record, *described, at);
    }
    if (described == nullptr || change->after == nullptr) continue;
    if (understood && SameColumns(*change->after, *described->table)) {
      TableSchema after = *change->after;
      FillCharsets(*described->table, after);
      change->after = std::make_shared<const TableSchema>(std::move(after));
      continue;
    }
    // A reason of its own not to follow stands; else the connector's word counts.
    if (change->cannot_follow && (understood || described->renamed_from)) continue;
    if (before != nullptr) {
      *change = DifferenceOf(*before, *described->table,
                             Change(record, SchemaChangeKind::kAlter, change->table, at));
    } else {
      TableSchema after = *described->table;
      after.version = change->after->version;
      SetAfter(*change, std::move(after));
    }
  }
  for (mysql::DdlEffect& effect : effects) StopWithoutRows(effect);
  // What the statement's text did not show.
  for (const TableChange& described : record.changes) {
    if (!described.table || ChangeOf(effects, described.id) != nullptr) continue;
    if (!filter_.Matches(described.id)) continue;
    const auto before = schemas_.Find(described.id);
    if (before == nullptr) {
      effects.emplace_back(Appeared(record, described, at));
      continue;
    }
    if (SameColumns(*before, *described.table)) continue;
    effects.emplace_back(DifferenceOf(*before, *described.table,
                                      Change(record, SchemaChangeKind::kAlter, described.id, at)));
  }
  return effects;
}

}  // namespace foreset::debezium
