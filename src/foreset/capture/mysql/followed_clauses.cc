// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "foreset/capture/mysql/column_definition_parser.h"
#include "foreset/capture/mysql/followed_forms.h"

namespace foreset::mysql {
namespace {

enum class Tail : std::uint8_t {
  kNone,
  kValue,         // one word or literal, with or without =
  kRestOfClause,  // up to the comma
  kRest,          // up to the end of the statement
};

struct Clause {
  std::string_view first;
  std::string_view second;  // may be empty
  Tail tail;
};

// Rows stay where they are, or move between partitions; one that has no place there makes the
// server refuse the statement.
constexpr auto kPartitioning = std::to_array<Clause>({
    {"ADD", "PARTITION", Tail::kRest},
    {"ANALYZE", "PARTITION", Tail::kRest},
    {"CHECK", "PARTITION", Tail::kRest},
    {"COALESCE", "PARTITION", Tail::kRest},
    {"OPTIMIZE", "PARTITION", Tail::kRest},
    {"PARTITION", "BY", Tail::kRest},
    {"REBUILD", "PARTITION", Tail::kRest},
    {"REMOVE", "PARTITIONING", Tail::kNone},
    {"REORGANIZE", "PARTITION", Tail::kRest},
});

// Indexes that are no keys of ours, constraints: existing rows fulfil them, or the server refuses.
constexpr auto kIndexes = std::to_array<Clause>({
    {"ALTER", "CHECK", Tail::kRestOfClause},
    {"ALTER", "CONSTRAINT", Tail::kRestOfClause},
    {"ALTER", "INDEX", Tail::kRestOfClause},
    {"ALTER", "KEY", Tail::kRestOfClause},
    {"DISABLE", "KEYS", Tail::kNone},
    {"DROP", "CHECK", Tail::kRestOfClause},
    {"DROP", "FOREIGN", Tail::kRestOfClause},
    {"ENABLE", "KEYS", Tail::kNone},
    {"RENAME", "INDEX", Tail::kRestOfClause},
    {"RENAME", "KEY", Tail::kRestOfClause},
});

// How the statement is carried out, and in which order rows lie.
constexpr auto kManner = std::to_array<Clause>({
    {"ALGORITHM", "", Tail::kValue},
    {"FORCE", "", Tail::kNone},
    {"LOCK", "", Tail::kValue},
    {"ORDER", "BY", Tail::kRest},
    {"SECONDARY_LOAD", "", Tail::kNone},
    {"SECONDARY_UNLOAD", "", Tail::kNone},
    {"WITH", "VALIDATION", Tail::kNone},
    {"WITHOUT", "VALIDATION", Tail::kNone},
});

// How rows are stored, not what they are. AUTO_INCREMENT is the next number.
constexpr auto kOptions = std::to_array<Clause>({
    {"AUTOEXTEND_SIZE", "", Tail::kValue},
    {"AUTO_INCREMENT", "", Tail::kValue},
    {"AVG_ROW_LENGTH", "", Tail::kValue},
    {"CHECKSUM", "", Tail::kValue},
    {"COMMENT", "", Tail::kValue},
    {"COMPRESSION", "", Tail::kValue},
    {"DATA", "DIRECTORY", Tail::kValue},
    {"DELAY_KEY_WRITE", "", Tail::kValue},
    {"ENCRYPTED", "", Tail::kValue},
    {"ENCRYPTION", "", Tail::kValue},
    {"ENCRYPTION_KEY_ID", "", Tail::kValue},
    {"ENGINE_ATTRIBUTE", "", Tail::kValue},
    {"INDEX", "DIRECTORY", Tail::kValue},
    {"INSERT_METHOD", "", Tail::kValue},
    {"KEY_BLOCK_SIZE", "", Tail::kValue},
    {"MAX_ROWS", "", Tail::kValue},
    {"MIN_ROWS", "", Tail::kValue},
    {"PACK_KEYS", "", Tail::kValue},
    {"PAGE_CHECKSUM", "", Tail::kValue},
    {"PAGE_COMPRESSED", "", Tail::kValue},
    {"PAGE_COMPRESSION_LEVEL", "", Tail::kValue},
    {"PASSWORD", "", Tail::kValue},
    {"ROW_FORMAT", "", Tail::kValue},
    {"SECONDARY_ENGINE", "", Tail::kValue},
    {"SECONDARY_ENGINE_ATTRIBUTE", "", Tail::kValue},
    {"STATS_AUTO_RECALC", "", Tail::kValue},
    {"STATS_PERSISTENT", "", Tail::kValue},
    {"STATS_SAMPLE_PAGES", "", Tail::kValue},
    {"TABLESPACE", "", Tail::kValue},
    {"TRANSACTIONAL", "", Tail::kValue},
});

// Others hold no rows (BLACKHOLE), those of other tables (MERGE) or of elsewhere (FEDERATED).
constexpr auto kEngines = std::to_array<std::string_view>(
    {"InnoDB", "MyISAM", "Aria", "MEMORY", "HEAP", "ARCHIVE", "RocksDB", "NDB", "NDBCLUSTER"});

template <std::size_t N>
const Clause* Find(const SqlCursor& cursor, const std::array<Clause, N>& clauses) {
  const auto* found = std::ranges::find_if(clauses, [&](const Clause& clause) {
    return cursor.IsWord(clause.first) &&
           (clause.second.empty() || cursor.IsWord(clause.second, 1));
  });
  return found == clauses.end() ? nullptr : found;
}

void TakeTail(SqlCursor& cursor, Tail tail) {
  switch (tail) {
    case Tail::kNone:
      return;
    case Tail::kValue:
      cursor.TakeSymbol('=');
      cursor.Next();
      return;
    case Tail::kRestOfClause:
      return SkipClause(cursor);
    case Tail::kRest:
      while (!cursor.AtEnd()) cursor.Next();
      return;
  }
}

}  // namespace

bool TakeHarmlessClause(SqlCursor& cursor) {
  const Clause* clause = Find(cursor, kPartitioning);
  if (clause == nullptr) clause = Find(cursor, kIndexes);
  if (clause == nullptr) clause = Find(cursor, kManner);
  if (clause == nullptr) clause = Find(cursor, kOptions);
  if (clause == nullptr) return false;
  cursor.Next();
  if (!clause->second.empty()) cursor.Next();
  TakeTail(cursor, clause->tail);
  return true;
}

bool MayCopyRows(const SqlCursor& cursor) {
  if (cursor.IsWord("FORCE") || (cursor.IsWord("ORDER") && cursor.IsWord("BY", 1))) return true;
  if (!cursor.IsWord("ALGORITHM")) return Find(cursor, kPartitioning) != nullptr;
  return cursor.IsWord("COPY", cursor.IsSymbol('=', 1) ? 2 : 1);
}

bool EngineKeepsRows(std::string_view engine) {
  return std::ranges::any_of(kEngines,
                             [&](std::string_view name) { return SameName(name, engine); });
}

}  // namespace foreset::mysql
