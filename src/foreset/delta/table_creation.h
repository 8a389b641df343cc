// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"

namespace foreset::delta {

// What a new table is to be capable of.
struct TableWish {
  std::string name;  // for people; may be empty
  bool deletion_vectors = false;
  bool in_commit_timestamps = true;
  bool append_only = false;
  // Names of columns that Parquet or Delta forbid, later renames and drops.
  bool column_mapping = false;
  bool any_names = false;  // columns by whatever names they have, unmapped: not for Delta readers
  std::map<std::string, std::string> properties;  // further ones, verbatim
};

struct TableDefinition {
  Protocol protocol;
  Metadata metadata;
};

// The protocol with exactly the features that the schema and the wish need. Without deletion
// vectors, wall-clock timestamps and column mapping, a reader of version 1 suffices; otherwise
// readers need version 3 (the features that only concern writers never ask anything of readers).
Protocol ProtocolFor(const arrow::Schema& schema, const TableWish& wish);

// What the table has and what its columns need. Features that the old version numbers imply are
// listed once features are ("Table Features", "Writer Version Requirements").
Protocol JoinProtocols(Protocol has, const Protocol& needs);

// Version 0 of a table with these columns. Under column mapping every column gets an id and the
// physical name "col-<id>" by `make_id`, which gives unique ids (UUID text) and names the table
// itself. kUnsupported when a column has no Delta type; kInvalidInput when a name is forbidden
// without column mapping.
Result<TableDefinition> DefineTable(const arrow::Schema& schema, const TableWish& wish,
                                    const std::function<std::string()>& make_id, Timestamp now);

// Whether the name can stand in a table without column mapping: none of " ,;{}()\n\t=".
bool IsPlainColumnName(const std::string& name);

}  // namespace foreset::delta
