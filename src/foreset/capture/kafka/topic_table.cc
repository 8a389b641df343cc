// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/topic_table.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace foreset::kafka {

void TopicTable::Await(SchemaStep step) {
  const auto* change = std::get_if<SchemaChange>(&step.effect);
  const bool begins = change != nullptr && (change->after != nullptr || change->cannot_follow);
  if (schema() == nullptr && statements.empty() && !begins) return;
  statements.Add(std::move(step));
}

void TopicTable::Stop(Error error, Sequence at, Timestamp when) {
  if (stopped_ || stop_) return;
  error.kind = ErrorKind::kInvalidInput;
  stop_.emplace();
  stop_->table = id_;
  stop_->sequence = std::max(at, rows.gate.since());
  stop_->committed_at = when;
  stop_->cannot_follow = std::move(error);
}

Status TopicTable::BeginRound(const ReadPartitions& partitions, CaptureRound& round) {
  resting_ = false;
  if (stop_) {
    round.items.emplace_back(*std::exchange(stop_, std::nullopt));
    stopped_ = true;
  }
  while (!statements.empty() && !resting_ &&
         (schema() == nullptr || statements.IsDue(partitions))) {
    RETURN_IF_ERROR(Apply(statements.Take(), round));
  }
  return {};
}

Status TopicTable::Apply(SchemaStep step, CaptureRound& round) {
  if (auto* change = std::get_if<SchemaChange>(&step.effect)) {
    const bool created = change->kind == SchemaChangeKind::kCreate && !change->cannot_follow;
    if (stopped_ && !created && change->kind != SchemaChangeKind::kDrop) return {};
    stopped_ = change->cannot_follow || (stopped_ && !created);
    if (change->after != nullptr && !stopped_) rows.SetSchema(change->after, step.sequence);
    round.items.emplace_back(std::move(*change));
    return {};
  }
  if (schema() == nullptr || stopped_) return {};
  round.items.emplace_back(TRY(rows.Truncation(step)));
  resting_ = true;
  return {};
}

}  // namespace foreset::kafka
