// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/ddl_follower.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "foreset/capture/mysql/ddl_parser.h"
#include "foreset/capture/mysql/name_folding.h"
#include "foreset/capture/mysql/reserved_names.h"
#include "foreset/capture/mysql/sql_mode.h"
#include "foreset/capture/mysql/versioned_tables.h"

namespace foreset::mysql {
namespace {

constexpr std::size_t kNearBytes = 60;

// What is left of a statement whose types cannot be read: the table that it is about.
ParsedDdl WithoutTypes(ParsedDdl parsed, const std::string& text) {
  if (auto* create = std::get_if<CreateTable>(&parsed)) create->columns.clear();
  if (const auto* alter = std::get_if<AlterTable>(&parsed)) {
    return NotUnderstood{alter->table, text.substr(0, kNearBytes), false};
  }
  return parsed;
}

}  // namespace

// One statement on its way to its effects.
struct DdlFollower::Step {
  const DdlFollower& follower;
  const DdlStatement& statement;
  const SchemaRegistry& schemas;
  EditContext context;
  std::vector<DdlEffect> effects;

  // The table by the name that it is known by: the server may compare names without case.
  TableId Known(const TableId& table) const {
    if (!follower.server_.fold_names || schemas.Find(table) != nullptr) return table;
    const TableId folded{FoldedName(table.database), FoldedName(table.table)};
    for (const auto& [id, entry] : schemas.tables()) {
      if (folded == TableId{FoldedName(id.database), FoldedName(id.table)}) return id;
    }
    return follower.server_.lower_names ? folded : table;
  }

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
  // Which folder the table can have is not known here.
  static void SetAfter(SchemaChange& change, TableSchema schema) {
    if (!change.cannot_follow) change.cannot_follow = ReservedNameIn(schema);
    change.after = std::make_shared<const TableSchema>(std::move(schema));
  }

  Result<std::optional<TableAfter>> AskServer(const TableId& table,
                                              const std::vector<std::string>& columns) const {
    if (!follower.server_.describe_after) return std::optional<TableAfter>();
    return follower.server_.describe_after(table, statement, columns);
  }

  void CannotFollow(const TableId& table, std::string reason) {
    SchemaChange change = Change(SchemaChangeKind::kAlter, table);
    change.after = schemas.Find(table);
    change.cannot_follow = NotFollowed(std::move(reason));
    effects.emplace_back(std::move(change));
  }

  // A statement that names one table, and a temporary one, is about that. CREATE TABLE … LIKE names
  // two.
  static bool IsOfTemporary(const ParsedDdl& parsed) {
    const auto* unclear = std::get_if<NotUnderstood>(&parsed);
    return std::holds_alternative<AlterTable>(parsed) ||
           std::holds_alternative<TruncateTable>(parsed) ||
           (unclear != nullptr && !unclear->creates);
  }

  Status operator()(const Irrelevant&) { return {}; }

  Status operator()(const NotUnderstood& parsed) {
    const TableId table = Known(parsed.table);
    if (!IsCaptured(table)) return {};
    if (parsed.creates || schemas.Find(table) == nullptr) return Arrive(table);
    CannotFollow(table, fmt::format("the statement is not understood near: {}", parsed.near));
    return {};
  }

  Status operator()(const CreateTable& create) {
    const TableId table = Known(create.table);
    if (!follower.filter_.Matches(table) || create.sequence) return {};
    const auto known = schemas.Find(table);
    if (known != nullptr && create.if_not_exists) return {};
    // The name may stand for rows that are being copied.
    if (create.if_not_exists && statement.may_do_nothing) return Arrive(table);
    std::optional<TableSchema> schema = TRY(SchemaOf(create, table));
    if (!schema) return Arrive(table);
    if (known != nullptr) {
      // CREATE OR REPLACE: what was there goes before.
      SchemaChange drop = Change(SchemaChangeKind::kDrop, table);
      drop.sequence = statement.sequence.WithRank(Operation::kSnapshot);
      effects.emplace_back(std::move(drop));
    }
    schema->version = schemas.NextVersion(table);
    SchemaChange change = Change(SchemaChangeKind::kCreate, table);
    SetAfter(change, *std::move(schema));
    if (TRY(IsVersioned(create, table))) change.cannot_follow = VersionedTable(table);
    effects.emplace_back(std::move(change));
    return {};
  }

  // What LIKE or AS SELECT make of it, the text does not tell.
  Result<bool> IsVersioned(const CreateTable& create, const TableId& table) const {
    if (!context.form.is_mariadb) return false;
    if (create.versioned) return true;
    if (create.columns.empty()) {
      return follower.server_.is_versioned ? follower.server_.is_versioned(table) : false;
    }
    return std::ranges::any_of(create.columns, &ColumnDefinition::row_version);
  }

  // Nothing when neither the text nor the server tells the schema that the table began with.
  Result<std::optional<TableSchema>> SchemaOf(const CreateTable& create,
                                              const TableId& table) const {
    std::optional<TableSchema> schema;
    if (!create.columns.empty()) {
      EditContext own = context;
      // What the session tells is the character set of its own database.
      if (create.table.database != statement.default_database) own.database_charset.clear();
      schema = BuildSchema(create, own);
    } else if (const auto model = create.like ? schemas.Find(Known(*create.like)) : nullptr) {
      schema = *model;
    } else if (auto told = TRY(AskServer(table, {}))) {
      schema = std::move(told->schema);
    }
    if (schema) schema->id = table;
    return schema;
  }

  Status operator()(const AlterTable& alter) {
    const TableId table = Known(alter.table);
    const auto before = schemas.Find(table);
    if (before == nullptr) {
      RETURN_IF_ERROR(TakeOthers(alter));
      return RenameInto(alter);
    }
    EditContext own = context;
    if (table.database != statement.default_database) own.database_charset.clear();
    SchemaEdit edit = EditSchema(*before, alter, own);
    if (edit.server_may_tell) {
      const auto told = TRY(AskServer(table, edit.unknown_defaults));
      if (told) {
        own.server = &*told;
        edit = EditSchema(*before, alter, own);
        if (!edit.cannot_follow) edit.cannot_follow = Contradiction(edit.after, told->schema);
      }
    }
    if (edit.renamed_to && Known(*edit.renamed_to) != table) {
      return Rename({{table, Known(*edit.renamed_to)}});
    }
    RETURN_IF_ERROR(TakeOthers(alter));
    if (!edit.cannot_follow && edit.columns.empty() && edit.after == *before) return {};
    SchemaChange change = Change(SchemaChangeKind::kAlter, table);
    change.columns = std::move(edit.columns);
    if (edit.cannot_follow) change.cannot_follow = NotFollowed(*std::move(edit.cannot_follow));
    SetAfter(change, std::move(edit.after));
    effects.emplace_back(std::move(change));
    return {};
  }

  // The server's own word of the table must be what the text was read to say.
  static std::optional<std::string> Contradiction(const TableSchema& read,
                                                  const TableSchema& told) {
    const bool same = std::ranges::equal(read.columns, told.columns,
                                         [](const ColumnSchema& a, const ColumnSchema& b) {
                                           return SameName(a.name, b.name) && a.type == b.type;
                                         });
    if (same) return std::nullopt;
    return "the server has other columns than the statement was read to make";
  }

  // Tables with which partitions were exchanged.
  Status TakeOthers(const AlterTable& alter) {
    for (const AlterClause& clause : alter.clauses) {
      const auto* change = std::get_if<ChangesRows>(&clause);
      if (change == nullptr || !change->other) continue;
      const TableId other = Known(*change->other);
      if (change->makes_other) {
        RETURN_IF_ERROR(Arrive(other));
      } else if (schemas.Find(other) != nullptr) {
        CannotFollow(other, fmt::format("{} of {} removes or brings rows that the binlog does not "
                                        "tell",
                                        change->what, alter.table.ToString()));
      }
    }
    return {};
  }

  // A table that is not followed gets another name by ALTER TABLE … RENAME.
  Status RenameInto(const AlterTable& alter) {
    for (const AlterClause& clause : alter.clauses) {
      const auto* rename = std::get_if<RenameTo>(&clause);
      if (rename == nullptr) continue;
      RETURN_IF_ERROR(Rename({{Known(alter.table), Known(rename->to)}}));
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

  // Some of the names are those of temporary tables: the server tells which stand for others now.
  Status TakeAnew(const std::vector<std::pair<TableId, TableId>>& renames) {
    for (const auto& [from, to] : renames) {
      RETURN_IF_ERROR(Arrive(from));
      RETURN_IF_ERROR(Arrive(to));
    }
    return {};
  }

  // The name stands for rows that came with it, and the binlog does not hold them. One that is no
  // table now is a view, or it has gone on, which is told where it stands in the binlog.
  Status Arrive(const TableId& table) {
    if (!IsCaptured(table)) return {};
    const auto& describe = follower.server_.describe;
    if (!describe || TRY(describe(table))) {
      effects.emplace_back(Change(SchemaChangeKind::kReplace, table));
      const auto& is_versioned = follower.server_.is_versioned;
      if (context.form.is_mariadb && is_versioned && TRY(is_versioned(table))) Refuse(table);
    } else if (schemas.Find(table) != nullptr) {
      effects.emplace_back(Change(SchemaChangeKind::kDrop, table));
    }
    return {};
  }

  // The newest effect stops its table; one that was not known begins with that.
  void Refuse(const TableId& table) {
    auto& change = std::get<SchemaChange>(effects.back());
    change.cannot_follow = VersionedTable(table);
    if (schemas.Find(table) != nullptr) return;
    change.kind = SchemaChangeKind::kCreate;
    change.after = std::make_shared<const TableSchema>(TableSchema{.id = table});
  }

  Status operator()(const DropTables& drop) {
    for (const TableId& named : drop.tables) {
      const TableId table = Known(named);
      if (schemas.Find(table) != nullptr) {
        effects.emplace_back(Change(SchemaChangeKind::kDrop, table));
      }
    }
    return {};
  }

  Status operator()(const TruncateTable& truncate) {
    const TableId table = Known(truncate.table);
    if (schemas.Find(table) != nullptr) effects.emplace_back(TableTruncated{table});
    return {};
  }

  Status operator()(const RenameTables& rename) {
    std::vector<std::pair<TableId, TableId>> renames;
    for (const auto& [from, to] : rename.renames) renames.emplace_back(Known(from), Known(to));
    if (statement.names_temporary) return TakeAnew(renames);
    return Rename(renames);
  }

  Status operator()(const DropDatabase& drop) {
    const bool fold = follower.server_.fold_names;
    for (const auto& [table, schema] : schemas.tables()) {
      const bool same = fold ? FoldedName(table.database) == FoldedName(drop.database)
                             : table.database == drop.database;
      if (same) effects.emplace_back(Change(SchemaChangeKind::kDrop, table));
    }
    return {};
  }
};

// The place is asked for first: what is made in between lies behind it.
Result<std::optional<SourcePosition>> DdlFollower::AbsentAt(const TableId& table) {
  if (!server_.describe || !server_.now) return std::optional<SourcePosition>();
  SourcePosition now = TRY(server_.now());
  if (TRY(server_.describe(table))) return std::optional<SourcePosition>();
  return std::optional(std::move(now));
}

EditContext DdlFollower::ContextOf(const DdlStatement& statement) const {
  const std::string zone = statement.time_zone == "SYSTEM" && server_.system_zone_is_utc
                               ? std::string("UTC")
                               : statement.time_zone;
  EditContext context;
  context.form.is_mariadb = server_.version.is_mariadb;
  context.form.strict = server_.sql_mode_is_known && (statement.sql_mode & kSqlModeStrict) != 0;
  context.form.pads_char =
      !server_.sql_mode_is_known || (statement.sql_mode & kSqlModePadCharToFullLength) != 0;
  context.form.texts_are_known = server_.sql_mode_is_known || !statement.text.contains('\\');
  context.form.times_are_utc = IsUtc(zone);
  context.form.zone_is_steady = server_.sql_mode_is_known && (zone.empty() || IsSteadyZone(zone));
  context.database_charset = statement.database_charset;
  context.started_at = statement.started_at;
  context.time_zone = zone;
  context.explicit_timestamps = statement.explicit_timestamps;
  if (!context.explicit_timestamps && server_.sql_mode_is_known) {
    context.explicit_timestamps = !server_.implicit_timestamps;
  }
  context.offset_of_zone = server_.offset_of_zone;
  return context;
}

Result<std::vector<DdlEffect>> DdlFollower::Apply(const DdlStatement& statement,
                                                  const SchemaRegistry& schemas) {
  const bool is_mariadb = server_.version.is_mariadb;
  ParsedDdl parsed = ParseDdl(statement.text, statement.default_database,
                              DialectOf(statement.sql_mode, is_mariadb));
  // In another language the same words mean other types.
  if (is_mariadb && (statement.sql_mode & (kSqlModeOracle | kSqlModeMaxDb)) != 0) {
    parsed = WithoutTypes(std::move(parsed), statement.text);
  }
  Step step{*this, statement, schemas, ContextOf(statement), {}};
  if (statement.names_temporary && step.IsOfTemporary(parsed)) return step.effects;
  RETURN_IF_ERROR(std::visit(step, parsed));
  return std::move(step.effects);
}

}  // namespace foreset::mysql
