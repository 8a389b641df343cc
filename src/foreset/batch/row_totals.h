// SPDX-License-Identifier: MIT
#pragma once

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/pipeline/row_set.h"
#include "foreset/storage/object_store.h"

namespace foreset::batch {

// Counts rows and sums up their digests: equal multisets of rows give equal totals, in whatever
// order they come (pipeline::RowSet). Columns count by their order; nested values as their text.
Status AddRows(const arrow::RecordBatch& batch, pipeline::RowSet& totals);

// Those of a version of a table.
Result<pipeline::RowSet> TotalsOf(ObjectStore& store, const delta::Snapshot& snapshot);

}  // namespace foreset::batch
