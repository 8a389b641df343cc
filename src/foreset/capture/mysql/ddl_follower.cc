// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/ddl_follower.h"

#include <fmt/format.h>

#include "foreset/capture/mysql/ddl_parser.h"
#include "foreset/capture/mysql/reserved_names.h"

namespace foreset::mysql {
namespace {

// sql_mode: STRICT_TRANS_TABLES or STRICT_ALL_TABLES.
constexpr std::uint64_t kSqlModeStrict = 3UL << 21U;

constexpr std::string_view kRenamed =
    "the table was renamed to {}: reset it under its new name, or leave it out";

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
    if (IsCaptured(parsed.table)) {
      CannotFollow(parsed.table,
                   fmt::format("the statement is not understood near: {}", parsed.near));
    }
    return {};
  }

  Status operator()(const CreateTable& create) {
    if (!follower.filter_.Matches(create.table)) return {};
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
    effects.emplace_back(std::move(change));
    return {};
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
    if (edit.renamed_to) {
      edit.cannot_follow = fmt::format(fmt::runtime(kRenamed), edit.renamed_to->ToString());
    }
    if (!edit.cannot_follow && edit.columns.empty() && edit.after == *before) return {};
    SchemaChange change = Change(SchemaChangeKind::kAlter, alter.table);
    change.columns = std::move(edit.columns);
    if (edit.cannot_follow) change.cannot_follow = NotFollowed(*std::move(edit.cannot_follow));
    SetAfter(change, std::move(edit.after));
    effects.emplace_back(std::move(change));
    return {};
  }

  // A table that was not captured gets a captured name by ALTER TABLE … RENAME.
  Status RenameInto(const AlterTable& alter) {
    for (const AlterClause& clause : alter.clauses) {
      if (const auto* rename = std::get_if<RenameTo>(&clause)) Arrive(rename->to);
    }
    return {};
  }

  // Rows came with the name, and the binlog does not hold them.
  void Arrive(const TableId& table) {
    if (!IsCaptured(table)) return;
    CannotFollow(table,
                 "another table got this name with the rows that it has: reset the table, "
                 "so that it is copied anew");
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

  Status operator()(const RenameTables& rename) {
    for (const auto& [from, to] : rename.renames) {
      if (schemas.Find(from) != nullptr) {
        CannotFollow(from, fmt::format(fmt::runtime(kRenamed), to.ToString()));
      }
      Arrive(to);
    }
    return {};
  }

  Status operator()(const DropDatabase& drop) {
    for (const auto& [table, schema] : schemas.tables()) {
      if (table.database == drop.database) {
        effects.emplace_back(Change(SchemaChangeKind::kDrop, table));
      }
    }
    return {};
  }
};

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
