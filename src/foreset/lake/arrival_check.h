// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/lake_table.h"
#include "foreset/model/change_batch.h"

namespace foreset::lake {

// What is to become of the rows of a batch that came from topics.
struct Arrivals {
  std::vector<std::uint8_t> taken;  // one a row; 0: bronze has it
  std::vector<std::uint8_t> late;   // one a row; empty: none is
  std::size_t repeated = 0;         // sent again under a new offset
  bool all_plain = true;            // every row is taken, none is late
};

// Which rows of the batch (ascending by `_seq`) bronze lacks, exactly:
// - a record below the table's offset of its partition is in already;
// - a change whose `_seq` is not above all that its partition brought may have been sent again by
//   a producer that had crashed, or be out of order. Bronze is asked: it is a repeat when a change
//   with that `_seq` and the same images is there. Else it is late when a newer change of its key,
//   or a newer TRUNCATE, is there.
// Rows of a table without a key count: such a row is late when a removal of an equal row came
// before it and found none. A TRUNCATE is late when any newer change is there.
//
// `again`: the records come out of the quarantine; offsets say nothing of them, so bronze is asked
// of each.
//
// kUnsupported (kDebeziumPlaceAmbiguous) when two changes have one `_seq` and are not the same:
// then a repeat cannot be told from a change.
//
// Reads data of `bronze` only when a row is below what its partition brought, and then only the
// files whose statistics reach so far. With nothing staged: staged rows are not seen.
Result<Arrivals> CheckArrivals(const ChangeBatch& batch, const LakeTable& bronze,
                               bool again = false);

}  // namespace foreset::lake
