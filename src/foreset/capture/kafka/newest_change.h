// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/capture/debezium/message.h"
#include "foreset/model/source_position.h"

namespace foreset::kafka {

// The last change, by the source's order, of those that were taken. Not thread-safe.
class NewestChange {
 public:
  // The lake has what is before `from`.
  explicit NewestChange(const SourcePosition& from);

  void Take(const debezium::Message& message, Sequence at);
  // Without partitions: those do not advance together.
  const SourcePosition& position() const { return position_; }
  // Zero before the first.
  Timestamp committed_at() const { return committed_at_; }

 private:
  SourcePosition position_;
  Sequence sequence_;
  Timestamp committed_at_;
};

}  // namespace foreset::kafka
