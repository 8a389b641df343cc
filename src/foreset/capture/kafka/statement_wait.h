// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <map>

#include "foreset/capture/kafka/read_partition.h"
#include "foreset/capture/kafka/schema_step.h"

namespace foreset::kafka {

// The statements of one table that wait for the rows before them, and the rows that wait for them.
// A statement is produced before the rows that need it, to another topic, and those of several
// partitions come in any order: rows at or after the first statement wait until every partition
// that carries the table has come to it, or to where the partition ended when the statement was
// noticed. Pure. Not thread-safe.
class StatementWait {
 public:
  // `step` stands after those that wait already.
  void Add(SchemaStep step) { steps_.push_back(std::move(step)); }
  // `step` stands before them.
  void AddFirst(SchemaStep step) { steps_.push_front(std::move(step)); }
  // `step` stands for all of them.
  void Replace(SchemaStep step);
  // The partition carries the table, and ended there when its last statement was noticed.
  void NoteEnd(const PartitionKey& partition, LogOffset end) { ends_[partition] = end; }

  bool empty() const { return steps_.empty(); }
  // In order.
  const std::deque<SchemaStep>& steps() const { return steps_; }
  // A row there waits for the first statement.
  bool Holds(Sequence row) const { return !empty() && steps_.front().sequence <= row; }
  // No row that stands before the first statement is to come. There is one.
  bool IsDue(const ReadPartitions& partitions) const;
  // The first statement, which waits no longer. There is one.
  SchemaStep Take();

 private:
  std::deque<SchemaStep> steps_;
  std::map<PartitionKey, LogOffset> ends_;
};

}  // namespace foreset::kafka
