// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/schema_changes_table.h"
#include "foreset/model/schema_change.h"

namespace foreset::pipeline {

// The newest life of a table's name in bronze, as `_schema_changes` tells it. A life begins with a
// first copy or with a CREATE TABLE that was seen. It ends when the table stops, when the name
// comes to stand for other rows (kReplace), or when bronze's table is moved away: of that nothing
// is recorded, the table is just not there. What ended begins anew as another life, to which
// nothing of the former one applies. DROP and CREATE of a table that is followed go on in one life.
// A table that has stopped may be dropped or replaced afterwards: its name then stands for nothing
// that stopped, and for other rows it stops anew or begins anew.
//
// The one place that decides what a recorded change means for its table: whoever wants to know
// whether a table stopped, or which schemas it has had, asks here.
struct TableLife {
  lake::LifeNumber number{0};
  // What was followed, ascending by sequence, the first with a schema. Empty: the life never came
  // to a table.
  std::vector<SchemaChange> changes;
  std::optional<Error> stopped;   // why, unless the source has dropped the table since
  std::optional<Sequence> ended;  // where it stopped or was replaced, last
  bool replaced = false;
  bool dropped = false;  // the source has no such table now

  // Nothing that comes is this life's any more.
  bool over() const { return ended.has_value(); }
  // The schema that the table had at `limit`, or before it was dropped; at first, when `limit` is
  // before the beginning. Null when `changes` is empty.
  std::shared_ptr<const TableSchema> SchemaAt(Sequence limit) const;
  bool IsDroppedAt(Sequence limit) const;
  // Whether the change is of this life and known.
  bool Has(const SchemaChange& change) const;
  // What one more change makes of it.
  void Add(const SchemaChange& change);
};

// Of all tables that `_schema_changes` names.
std::map<TableId, TableLife> LivesOf(std::span<const lake::RecordedChange> recorded);

}  // namespace foreset::pipeline
