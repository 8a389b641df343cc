// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_life.h"

#include <algorithm>

namespace foreset::pipeline {
namespace {

// Without a schema where there should be one it tells nothing that could be followed.
bool TellsNothing(const SchemaChange& change) {
  return change.after == nullptr && change.kind != SchemaChangeKind::kDrop;
}

}  // namespace

std::shared_ptr<const TableSchema> TableLife::SchemaAt(Sequence limit) const {
  if (changes.empty()) return nullptr;
  std::shared_ptr<const TableSchema> schema = changes.front().after;
  for (const SchemaChange& change : changes) {
    if (change.sequence <= limit && change.after != nullptr) schema = change.after;
  }
  return schema;
}

bool TableLife::IsDroppedAt(Sequence limit) const {
  bool dropped_then = false;
  for (const SchemaChange& change : changes) {
    if (change.sequence <= limit) dropped_then = change.kind == SchemaChangeKind::kDrop;
  }
  return dropped_then;
}

bool TableLife::Has(const SchemaChange& change) const {
  if (ended && change.sequence <= *ended) return true;
  return std::ranges::any_of(changes, [&](const SchemaChange& known) {
    return known.sequence == change.sequence && known.kind == change.kind;
  });
}

void TableLife::Add(const SchemaChange& change) {
  if (change.kind == SchemaChangeKind::kDrop && !change.cannot_follow) {
    dropped = true;
    stopped.reset();  // there is nothing left to follow
    if (!over() && !changes.empty()) changes.push_back(change);
    return;
  }
  const bool replaces = change.kind == SchemaChangeKind::kReplace && !change.cannot_follow;
  // The first reason stays, as long as the name stands for the rows that it stood for.
  if (over() && !dropped && !replaces) return;
  if (change.cannot_follow) {
    stopped = change.cannot_follow;
    ended = change.sequence;
    dropped = false;
  } else if (replaces) {
    stopped.reset();
    replaced = true;
    ended = change.sequence;
    dropped = false;
  } else if (over()) {
    return;
  } else if (!TellsNothing(change)) {
    dropped = false;
    changes.push_back(change);
  }
}

std::map<TableId, TableLife> LivesOf(std::span<const lake::RecordedChange> recorded) {
  std::map<TableId, TableLife> lives;
  for (const auto& [number, change] : recorded) {
    TableLife& life = lives[change.table];
    if (life.number != number) life = TableLife{.number = number};
    life.Add(change);
  }
  return lives;
}

}  // namespace foreset::pipeline
