// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/topic_tables.h"

#include <algorithm>
#include <utility>

namespace foreset::kafka {

void TopicTables::Follow(const FollowedTable& followed) {
  TopicTable& table = At(followed.schema->id);
  // Of a table that stopped before it began, nothing may be known but its name.
  const bool known = !followed.schema->columns.empty();
  table.rows.SetSchema(known ? followed.schema : nullptr, followed.after);
  table.SetStopped(followed.stopped);
}

TopicTable* TopicTables::Find(const TableId& id) {
  const auto found = tables_.find(id);
  return found == tables_.end() ? nullptr : &found->second;
}

TopicTable& TopicTables::At(const TableId& id) {
  return tables_.try_emplace(id, id, options_).first->second;
}

void TopicTables::Await(SchemaStep step) {
  const TableId id = TableOf(step.effect);
  if (!step.wanted && !tables_.contains(id)) {
    unclaimed_[id].push_back(std::move(step));
    return;
  }
  TopicTable& table = At(id);
  table.Await(std::move(step));
  Notice(table);
}

void TopicTables::Claim(TopicTable& table) {
  auto kept = unclaimed_.extract(table.id());
  if (!kept) return;
  for (SchemaStep& step : kept.mapped()) table.Await(std::move(step));
  Notice(table);
}

Status TopicTables::NoteEnds(RecordQueue& queue) {
  std::map<std::string, std::int32_t> topics;
  const auto each = [&](const auto& note) {
    for (const TableId& id : noticed_) {
      TopicTable& table = tables_.at(id);
      for (const auto& [key, partition] : queue.partitions()) {
        if (table.IsFedBy(key.first)) note(table, key, partition);
      }
    }
  };
  each([&](TopicTable&, const PartitionKey& key, const ReadPartition& partition) {
    topics[key.first] = partition.partitions_of_topic;
  });
  if (!topics.empty()) {
    const PartitionMarks marks = TRY(queue.Ends(topics));
    each([&](TopicTable& table, const PartitionKey& key, const ReadPartition&) {
      table.statements.NoteEnd(key, marks.at(key).high);
    });
  }
  noticed_.clear();
  return {};
}

bool TopicTables::AnyStatement() const {
  return std::ranges::any_of(tables_,
                             [](const auto& entry) { return !entry.second.statements.empty(); });
}

void TopicTables::Uncover(std::vector<PartitionPosition>& positions) const {
  for (const auto& [id, table] : tables_) {
    for (const SchemaStep& step : table.statements.steps()) {
      if (step.topic.empty()) continue;
      auto& position = PartitionIn(positions, step.topic, step.place.partition);
      position.next_offset = std::min(position.next_offset, step.place.offset);
    }
  }
}

bool TopicTables::HasStopped(std::string_view topic) const {
  bool stopped = false;
  for (const auto& [id, table] : tables_) {
    if (!table.IsFedBy(topic)) continue;
    if (!table.has_stopped()) return false;
    stopped = true;
  }
  return stopped;
}

void TopicTables::StopTopic(std::string_view topic, const Error& error, Sequence at,
                            Timestamp when) {
  bool fed = false;
  for (auto& [id, table] : tables_) {
    if (!table.IsFedBy(topic)) continue;
    fed = true;
    table.Stop(error, at, when);
  }
  if (fed) return;
  TopicTable& table = At(TopicNames::TableByName(topic));
  table.FeedBy(topic);
  table.Stop(error, at, when);
}

Status TopicTables::BeginRound(const ReadPartitions& partitions, CaptureRound& round) {
  for (auto& [id, table] : tables_) RETURN_IF_ERROR(table.BeginRound(partitions, round));
  return {};
}

Status TopicTables::FinishRound(CaptureRound& round) {
  for (auto& [id, table] : tables_) {
    if (auto batch = TRY(table.rows.Finish())) round.items.emplace_back(std::move(batch));
  }
  return {};
}

}  // namespace foreset::kafka
