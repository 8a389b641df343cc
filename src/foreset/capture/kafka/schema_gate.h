// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

#include "foreset/base/error.h"
#include "foreset/capture/debezium/change_builder.h"
#include "foreset/model/sequence.h"

namespace foreset::kafka {

// What becomes of a row that does not fit the table's newest schema.
enum class Unfit : std::uint8_t {
  kHold,        // its statement is on its way: try again later
  kStop,        // nobody has told what the row is: the table stops
  kQuarantine,  // the record itself is bad
};

// By which rule the rows of one table are read while its schema changes. A row whose place is below
// the newest statement is of an older schema and came late: it is read by the names of its columns.
// One at or above it must fit exactly. One that does not is ahead of its statement, which the
// connector had written before it, to another topic: it waits, but not for ever. Pure: it is told
// the time. Not thread-safe.
class SchemaGate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // The schema of now holds from `since` on.
  void Follow(Sequence since) {
    since_ = since;
    waiting_since_.reset();
  }
  Sequence since() const { return since_; }
  debezium::Conform RuleFor(Sequence row) const {
    return row < since_ ? debezium::Conform::kByName : debezium::Conform::kExact;
  }
  // A row at `row` failed with `error` of ChangeBuilder::Append. `wait`: how long a statement may
  // take to come, from the first row that waits on.
  Unfit Judge(Sequence row, const Error& error, Time now, std::chrono::milliseconds wait);

 private:
  Sequence since_;
  std::optional<Time> waiting_since_;
};

// The error of a table that stops since a row does not fit.
Error UnfitStop(const Error& error);

}  // namespace foreset::kafka
