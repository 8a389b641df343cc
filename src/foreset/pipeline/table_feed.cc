// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_feed.h"

#include <algorithm>
#include <utility>

namespace foreset::pipeline {
namespace {

// Ends a replay when enough has been read; never leaves this file.
std::unexpected<Error> Enough() {
  return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "read ahead far enough");
}

LogPlace LastOf(const TableFeed::Piece& piece) {
  if (const auto* change = std::get_if<SchemaChange>(&piece)) return {change->sequence, false};
  return {std::get<std::shared_ptr<const ChangeBatch>>(piece)->sequences.back(), true};
}

std::size_t BytesOf(const TableFeed::Piece& piece) {
  const auto* rows = std::get_if<std::shared_ptr<const ChangeBatch>>(&piece);
  return rows == nullptr ? 1024 : MemoryBytes(**rows);
}

}  // namespace

TableFeed::TableFeed(std::vector<Piece> pieces, lake::BatchNumber batch, LogPlace after)
    : batch_(batch), after_(after) {
  for (Piece& piece : pieces) {
    const auto* rows = std::get_if<std::shared_ptr<const ChangeBatch>>(&piece);
    if (rows == nullptr || !(*rows)->empty()) held_.push_back({batch, std::move(piece)});
  }
}

TableFeed::TableFeed(const lake::BronzeTable& table, std::vector<SchemaChange> changes,
                     lake::BatchNumber from, LogPlace after, std::size_t read_ahead_bytes)
    : batch_(from),
      after_(after),
      table_(&table),
      changes_(std::move(changes)),
      read_ahead_bytes_(read_ahead_bytes),
      exhausted_(false) {}

// Drops what is not after `after_`.
void TableFeed::Skip() {
  while (!held_.empty()) {
    const Piece& piece = held_.front().piece;
    if (LastOf(piece) <= after_) {
      held_.pop_front();
      row_ = 0;
      continue;
    }
    const auto* rows = std::get_if<std::shared_ptr<const ChangeBatch>>(&piece);
    if (rows == nullptr) return;
    const auto& sequences = (*rows)->sequences;
    while (LogPlace{sequences[row_], true} <= after_) ++row_;
    return;
  }
}

Status TableFeed::Refill() {
  const lake::BatchNumber after(std::max<std::int64_t>(0, batch_.value() - 1));
  std::size_t bytes = 0;
  const auto take = [&](lake::ReplayItem item) -> Status {
    if (LastOf(item.item) <= after_) return {};
    bytes += BytesOf(item.item);
    held_.push_back({item.batch, std::move(item.item)});
    return bytes < read_ahead_bytes_ ? Status{} : Enough();
  };
  Status read = table_->Replay(after, table_->progress().batch, changes_, take);
  if (read) {
    exhausted_ = true;
    HoldFirstSchema();
    return {};
  }
  return bytes >= read_ahead_bytes_ && read.error().kind == ErrorKind::kCancelled ? Status{} : read;
}

// A replay hands on the schema that a table was made with before its first row: not at all while
// it has none.
void TableFeed::HoldFirstSchema() {
  if (!held_.empty() || changes_.empty()) return;
  const SchemaChange& first = changes_.front();
  if (LogPlace{first.sequence, false} > after_) held_.push_back({batch_, first});
}

Result<std::optional<FeedItem>> TableFeed::Peek() {
  Skip();
  if (held_.empty() && !exhausted_) {
    RETURN_IF_ERROR(Refill());
    row_ = 0;
    Skip();
  }
  if (held_.empty()) return std::nullopt;
  const Held& held = held_.front();
  FeedItem item{.batch = held.batch, .place = {}, .rows = {}};
  if (const auto* change = std::get_if<SchemaChange>(&held.piece)) {
    item.place = {change->sequence, false};
    item.change = change;
    return item;
  }
  item.rows = std::get<std::shared_ptr<const ChangeBatch>>(held.piece);
  item.place = {item.rows->sequences[row_], true};
  item.row = row_;
  return item;
}

void TableFeed::Pop() {
  batch_ = held_.front().batch;
  const auto* rows = std::get_if<std::shared_ptr<const ChangeBatch>>(&held_.front().piece);
  after_ = rows == nullptr ? LogPlace{std::get<SchemaChange>(held_.front().piece).sequence, false}
                           : LogPlace{(*rows)->sequences[row_], true};
  if (rows != nullptr && ++row_ < (*rows)->sequences.size()) return;
  held_.pop_front();
  row_ = 0;
}

}  // namespace foreset::pipeline
