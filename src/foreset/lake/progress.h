// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/strong_type.h"
#include "foreset/delta/actions.h"
#include "foreset/model/sequence.h"
#include "foreset/model/source_position.h"
#include "foreset/model/table_schema.h"

namespace foreset::lake {

// Counts the commits that brought rows into one bronze table, from 1; the rows carry it as
// `_batch`. A batch is durable and never cut anew, so whoever follows bronze counts by it.
using BatchNumber = StrongType<std::int64_t, struct BatchNumberTag>;

// How far the first copy of a table has come; stored by the commit that holds the chunk. The
// members mean what capture's cursor means by them.
struct BackfillState {
  SourcePosition position;             // the stream continues from here
  std::vector<std::string> after_key;  // SQL literals of the last key read; empty: from the start
  std::uint64_t rows = 0;              // read so far
  bool done = false;
  bool operator==(const BackfillState&) const = default;
};

// The bronze table that a table of silver or gold is fed from. Its batch numbers mean something to
// that table only, and only as long as its log is the one that was read.
struct FedFrom {
  std::string table;            // metaData.id of the bronze table
  delta::Version version;       // that was read
  std::int64_t written_ms = 0;  // when that version was committed (in-commit timestamp); 0: unknown
  bool operator==(const FedFrom&) const = default;
};

// The domain in which every commit of a lake table says what the table covers.
inline constexpr char kProgressDomain[] = "foreset.progress";

// What one lake table covers.
struct Progress {
  std::string app_id;        // of the `txn` actions, given when the table was made
  SourcePosition position;   // everything before it is in
  BatchNumber batch{0};      // bronze: the last one made; others: the last one applied
  SchemaVersion schema{0};   // of the source schema that the table has now
  Sequence schema_sequence;  // of the last schema change applied
  std::int64_t commits = 0;  // version of the `txn` action: +1 with each commit
  bool dropped = false;      // the source table is gone; no changes follow
  Sequence truncated;        // bronze fed from topics: of the last TRUNCATE
  std::optional<BackfillState> backfill;
  std::optional<FedFrom> fed_from;   // silver and gold; older programs did not say it
  std::optional<std::int64_t> rows;  // live ones, as counted when they were written
  // Ids of quarantined changes that the table has taken since, until the quarantine has let go of
  // them: what a crash in between leaves is not taken twice.
  std::vector<std::string> admitted;
  bool operator==(const Progress&) const = default;

  // Whether what is covered has been stored as far as it tells of what feeds the table. Versions
  // alone are no news; a table that has nothing yet names nobody.
  bool KnowsItsSource(const Progress& covered) const {
    if (!covered.fed_from || covered.batch == BatchNumber(0)) return true;
    return fed_from && fed_from->table == covered.fed_from->table;
  }
  // Streamed changes below it are in already. What comes from topics is told by offsets instead.
  Sequence Floor() const {
    return position.empty() || position.from_topics ? Sequence() : position.Floor();
  }
};

// docs/reference/tables.md describes it. Members that a later program adds are ignored, as long as
// its "format" is ours.
std::string ToJson(const Progress& progress);
// kCorruption (kProgressDamaged) when the text is not such an object, or a member is missing that
// every program has written or is not of its form. kUnsupported (lake_error::kProgressTooNew) when
// a later program wrote a form that this one does not know.
Result<Progress> ProgressFromJson(std::string_view json);

}  // namespace foreset::lake
