// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/schema_registry.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/sequence.h"
#include "foreset/model/source_position.h"

namespace foreset::mysql {

// A statement of the binlog that is not a row change, at its place.
struct DdlStatement {
  std::string text;              // in UTF-8, whatever the client's character set was
  std::string default_database;  // of the session; may be empty
  std::string database_charset;  // MySQL's name, default of CREATE TABLE; empty when unknown
  std::uint64_t sql_mode = 0;    // bits as in the server: 4 is ANSI_QUOTES
  Sequence sequence;             // to be copied into the changes (rank kTruncate)
  Timestamp committed_at;
  std::string gtid;       // empty where the server has none
  Timestamp started_at;   // the session's clock as the statement began; CURRENT_TIMESTAMP
  std::string time_zone;  // of the session, as it says; empty when the statement did not use it
  // TIMESTAMP alone is NULL-able (explicit_defaults_for_timestamp); absent when not told.
  std::optional<bool> explicit_timestamps;
  // MySQL logs a CREATE TABLE IF NOT EXISTS also where the table was there.
  bool may_do_nothing = false;
  // It named a temporary table of its session, which hides one of the same name.
  bool names_temporary = false;
};

// TRUNCATE TABLE of a captured table: its schema stays, its rows go.
struct TableTruncated {
  TableId table;
  bool operator==(const TableTruncated&) const = default;
};

// What a statement does to one table.
using DdlEffect = std::variant<SchemaChange, TableTruncated>;

// Understands DDL. Called by the RoundAssembler for every QUERY event that neither delimits a
// transaction nor changes rows. Not thread-safe; called in binlog order.
class DdlHandler {
 public:
  virtual ~DdlHandler() = default;
  // The effects on captured tables, in the statement's order; none when it concerns no captured
  // table. `schemas` are those just before the statement; the assembler itself then puts each
  // SchemaChange::after there (erases for kDrop and kReplace). RENAME is a kDrop of the old name
  // and a kReplace of the new one: each change is filed under its `table`. A statement that touches
  // a captured table but is not understood is a SchemaChange with `cannot_follow`; an error stops
  // the whole stream.
  virtual Result<std::vector<DdlEffect>> Apply(const DdlStatement& statement,
                                               const SchemaRegistry& schemas) = 0;
  // For a captured name that has rows and whose CREATE TABLE was not seen: nothing when a table of
  // that name is there now; otherwise where the server stood while none was: rows before that place
  // are of a table that has gone since.
  virtual Result<std::optional<SourcePosition>> AbsentAt(const TableId& /*table*/) {
    return std::optional<SourcePosition>();
  }
};

}  // namespace foreset::mysql
