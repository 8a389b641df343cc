// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/ddl_follower.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "foreset/capture/mysql/ddl_parser.h"
#include "foreset/capture/mysql/reserved_names.h"
#include "foreset/capture/mysql/versioned_tables.h"

namespace foreset::mysql {
namespace {

// sql_mode: STRICT_TRANS_TABLES or STRICT_ALL_TABLES.
constexpr std::uint64_t kSqlModeStrict = 3UL << 21U;

}  // namespace

// One statement on its way to its effects.
struct DdlFollower::Step {
  const DdlFollower& follower;
  const DdlStatement& statement;
  const SchemaRegistry& schemas;
  EditContext context;
  std::vector<DdlEffect> effects;

  bool IsCaptured(const TableId& table) const {
    return follower.filter_.Matches(table) || schemas.Find(table) != nullptr;
  }

  SchemaChange Change(SchemaChangeKind kind, const TableId& table) const {
    SchemaChange change;
    change.kind = kind;
    change.table = table;
    change.sequence = statement.sequence;
    change.committed_at = statement.committed_at;
    change.gtid = statement.gtid;
    change.ddl = statement.text;
    return change;
  }

  // Puts the table's new schema into the change, unless the lake has no place for its columns.
  static void SetAfter(SchemaChange& change, TableSchema schema) {
    for (const ColumnSchema& column : schema.columns) {
      if (!change.cannot_follow && IsReservedName(column.name)) {
        change.cannot_follow = NotFollowed(
            fmt::format("column {} has a name that the lake keeps for itself", column.name));
      }
    }
    change.after = std::make_shared<const TableSchema>(std::move(schema));
  }

  void CannotFollow(const TableId& table, std::string reason) {
    SchemaChange change = Change(SchemaChangeKind::kAlter, table);
    change.after = schemas.Find(table);
    change.cannot_follow = NotFollowed(std::move(reason));
    effects.emplace_back(std::move(change));
  }

  Status operator()(const Irrelevant&) { return {}; }

  Status operator()(const NotUnderstood& parsed) {
    if (!IsCaptured(parsed.table)) return {};
    if (parsed.creates || schemas.Find(parsed.table) == nullptr) return Arrive(parsed.table);
    CannotFollow(parsed.table,
                 fmt::format("the statement is not understood near: {}", parsed.near));
    return {};
  }

  Status operator()(const CreateTable& create) {
    if (!follower.filter_.Matches(create.table) || create.sequence) return {};
    const auto known = schemas.Find(create.table);
    if (known != nullptr && create.if_not_exists) return {};
    std::optional<TableSchema> schema = TRY(SchemaOf(create));
    if (!schema) return {};  // gone by now: its DROP will come, and no rows that matter before it
    if (known != nullptr) {
      // CREATE OR REPLACE: what was there goes before.
      SchemaChange drop = Change(SchemaChangeKind::kDrop, create.table);
      drop.sequence = statement.sequence.WithRank(Operation::kSnapshot);
      effects.emplace_back(std::move(drop));
    }
    schema->version = schemas.NextVersion(create.table);
    SchemaChange change = Change(SchemaChangeKind::kCreate, create.table);
    SetAfter(change, *std::move(schema));
    if (TRY(IsVersioned(create))) change.cannot_follow = VersionedTable(create.table);
    effects.emplace_back(std::move(change));
    return {};
  }

  // What LIKE or AS SELECT make of it, the text does not tell.
  Result<bool> IsVersioned(const CreateTable& create) const {
    if (!context.is_mariadb) return false;
    if (create.versioned) return true;
    if (create.columns.empty()) return follower.server_.is_versioned(create.table);
    return std::ranges::any_of(create.columns, &ColumnDefinition::row_version);
  }

  Result<std::optional<TableSchema>> SchemaOf(const CreateTable& create) const {
    if (!create.columns.empty()) {
      EditContext own = context;
      // What the session tells is the character set of its own database.
      if (create.table.database != statement.default_database) own.database_charset.clear();
      return BuildSchema(create, own);
    }
    if (create.like) {
      if (const auto model = schemas.Find(*create.like)) {
        TableSchema schema = *model;
        schema.id = create.table;
        return schema;
      }
    }
    // The text does not tell; what the server says now is checked against the rows' table maps.
    return follower.server_.describe(create.table);
  }

  Status operator()(const AlterTable& alter) {
    const auto before = schemas.Find(alter.table);
    if (before == nullptr) return RenameInto(alter);
    SchemaEdit edit = EditSchema(*before, alter, context);
    if (edit.renamed_to && *edit.renamed_to != alter.table) {
      return Rename({{alter.table, *edit.renamed_to}});
    }
    if (!edit.cannot_follow && edit.columns.empty() && edit.after == *before) return {};
    SchemaChange change = Change(SchemaChangeKind::kAlter, alter.table);
    change.columns = std::move(edit.columns);
    if (edit.cannot_follow) change.cannot_follow = NotFollowed(*std::move(edit.cannot_follow));
    SetAfter(change, std::move(edit.after));
    effects.emplace_back(std::move(change));
    return {};
  }

  // A table that is not followed gets another name by ALTER TABLE … RENAME.
  Status RenameInto(const AlterTable& alter) {
    for (const AlterClause& clause : alter.clauses) {
      const auto* rename = std::get_if<RenameTo>(&clause);
      if (rename != nullptr) RETURN_IF_ERROR(Rename({{alter.table, rename->to}}));
    }
    return {};
  }

  // All renames of one statement: what counts is which names stand for something after it. A name
  // that another table has taken stands for that table's rows; one that nobody took is gone, and
  // with it the table of that name, wherever its rows went.
  Status Rename(const std::vector<std::pair<TableId, TableId>>& renames) {
    std::map<TableId, bool> stands;
    for (const auto& [from, to] : renames) {
      stands[from] = false;
      stands[to] = true;
    }
    for (const auto& [table, is_taken] : stands) {
      if (is_taken) {
        RETURN_IF_ERROR(Arrive(table));
      } else if (schemas.Find(table) != nullptr) {
        effects.emplace_back(Change(SchemaChangeKind::kDrop, table));
      }
    }
    return {};
  }

  // The name stands for rows that came with it, and the binlog does not hold them. One that is no
  // table now is a view, or it has gone on, which is told where it stands in the binlog.
  Status Arrive(const TableId& table) {
    if (!IsCaptured(table)) return {};
    if (TRY(follower.server_.describe(table))) {
      effects.emplace_back(Change(SchemaChangeKind::kReplace, table));
    } else if (schemas.Find(table) != nullptr) {
      effects.emplace_back(Change(SchemaChangeKind::kDrop, table));
    }
    return {};
  }

  Status operator()(const DropTables& drop) {
    for (const TableId& table : drop.tables) {
      if (schemas.Find(table) != nullptr) {
        effects.emplace_back(Change(SchemaChangeKind::kDrop, table));
      }
    }
    return {};
  }

  Status operator()(const TruncateTable& truncate) {
    if (schemas.Find(truncate.table) != nullptr) {
      effects.emplace_back(TableTruncated{truncate.table});
    }
    return {};
  }

  Status operator()(const RenameTables& rename) { return Rename(rename.renames); }

  Status operator()(const DropDatabase& drop) {
    for (const auto& [table, schema] : schemas.tables()) {
      if (table.database == drop.database) {
        effects.emplace_back(Change(SchemaChangeKind::kDrop, table));
      }
    }
    return {};
  }
};

// The place is asked for first: what is made in between lies behind it.
Result<std::optional<SourcePosition>> DdlFollower::AbsentAt(const TableId& table) {
  SourcePosition now = TRY(server_.now());
  if (TRY(server_.describe(table))) return std::optional<SourcePosition>();
  return std::optional(std::move(now));
}

Result<std::vector<DdlEffect>> DdlFollower::Apply(const DdlStatement& statement,
                                                  const SchemaRegistry& schemas) {
  const SqlDialect dialect{server_.version.is_mariadb,
                           (statement.sql_mode & kSqlModeAnsiQuotes) != 0,
                           (statement.sql_mode & kSqlModeNoBackslashEscapes) != 0};
  EditContext context;
  context.is_mariadb = server_.version.is_mariadb;
  context.strict = (statement.sql_mode & kSqlModeStrict) != 0;
  context.database_charset = statement.database_charset;
  context.started_at = statement.started_at;
  context.time_zone = statement.time_zone;
  context.implicit_timestamps = server_.implicit_timestamps;
  context.offset_of_zone = server_.offset_of_zone;
  Step step{*this, statement, schemas, std::move(context), {}};
  RETURN_IF_ERROR(std::visit(step, ParseDdl(statement.text, statement.default_database, dialect)));
  return std::move(step.effects);
}

}  // namespace foreset::mysql
