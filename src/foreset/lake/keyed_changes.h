// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/hash128.h"
#include "foreset/base/result.h"
#include "foreset/lake/projection.h"
#include "foreset/lake/row_key.h"
#include "foreset/lake/row_rules.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/sequence.h"

namespace foreset::lake {

// What a change does to the row of one key.
enum class KeyEffect : std::uint8_t { kPut, kRemove, kClear };

// One change of one key. An update that changes the key is two: a removal (rank of a delete) and a
// put (rank of an insert). An update in a table without a key is two as well, told as one.
struct KeyedChange {
  KeyEffect effect = KeyEffect::kPut;
  Operation operation = Operation::kInsert;  // as history tells it
  bool told = true;                          // history has a row for it
  std::uint32_t row = 0;                     // of the batch
  bool from_after = true;                    // its image: `after`, or `before` for a removal
  Hash128 key;
  Sequence sequence;
  bool late = false;  // bronze had a newer change of the row before it
  // A rule hides the row before or after the change: what history tells of it depends on whether
  // the key had a row.
  bool hidden = false;
};

// The changes of one batch as a table with this projection sees them, in order.
struct KeyedChanges {
  const ChangeBatch* batch = nullptr;          // outlives this
  std::shared_ptr<arrow::RecordBatch> before;  // projected
  std::shared_ptr<arrow::RecordBatch> after;
  std::vector<KeyedChange> changes;
};

// kInternal when the batch is of another schema than the table has: a schema change was left out.
Status CheckVersion(const ChangeBatch& batch, SchemaVersion version, const std::string& table);

// Leaves out streamed changes below `floor`, and updates that touch none of the projected columns
// (unless the projection has all: then each change counts). A put of a row that a rule hides is a
// removal: whatever made the row that the key has, it goes.
Result<KeyedChanges> KeyChanges(const RuledBatch& ruled, const Projection& projection,
                                Sequence floor);

}  // namespace foreset::lake
