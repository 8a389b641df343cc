// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/strong_type.h"
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
  bool operator==(const Progress&) const = default;

  // Streamed changes below it are in already. What comes from topics is told by offsets instead.
  Sequence Floor() const {
    return position.empty() || position.from_topics ? Sequence() : position.Floor();
  }
};

std::string ToJson(const Progress& progress);
// kCorruption (kProgressDamaged) when the text is not such an object.
Result<Progress> ProgressFromJson(std::string_view json);

}  // namespace foreset::lake
