// SPDX-License-Identifier: MIT
#include "foreset/pipeline/publishing.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace foreset::pipeline {
namespace {

using debezium::SnapshotMarker;

constexpr std::size_t kLeastReadAhead = 256UL << 10U;

std::unexpected<Error> PublishingInterrupted() {
  return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "publishing was interrupted");
}

// Of a table's first schema change: it was copied, not seen being created.
bool IsOfCopy(const SchemaChange& change) { return change.committed_at.value() == 0; }

struct NamedFeed {
  TableId table;
  TableFeed feed;
  std::optional<FeedItem> head;
};

// All feeds as one, in the source's order.
class MergedFeed {
 public:
  explicit MergedFeed(std::vector<NamedFeed> feeds) : feeds_(std::move(feeds)) {}

  Status Start() {
    for (NamedFeed& feed : feeds_) feed.head = TRY(feed.feed.Peek());
    return {};
  }

  // The feed whose head comes first; null when all are at their end.
  NamedFeed* First() {
    NamedFeed* first = nullptr;
    for (NamedFeed& feed : feeds_) {
      if (feed.head && (first == nullptr || feed.head->place < first->head->place)) {
        first = &feed;
      }
    }
    return first;
  }

  static Status Advance(NamedFeed& feed) {
    feed.feed.Pop();
    feed.head = TRY(feed.feed.Peek());
    return {};
  }

 private:
  std::vector<NamedFeed> feeds_;
};

Status PublishMerged(MergedFeed& merged, const std::optional<Sequence>& limit,
                     ChangePublisher& publisher, const std::function<bool()>& stop) {
  RETURN_IF_ERROR(merged.Start());
  std::size_t done = 0;
  while (NamedFeed* feed = merged.First()) {
    if (limit && feed->head->place.sequence >= *limit) break;
    if (++done % 1024 == 0 && stop()) return PublishingInterrupted();
    RETURN_IF_ERROR(publisher.Change(feed->table, *feed->head));
    RETURN_IF_ERROR(MergedFeed::Advance(*feed));
  }
  return {};
}

// Publishes the rows of first copies. Whether a row is the last one shows when the next one is
// known: one row waits.
class SnapshotPublisher {
 public:
  SnapshotPublisher(ChangePublisher& publisher, const std::function<bool()>& stop)
      : publisher_(publisher), stop_(stop) {}

  Status Table(const TableId& table, TableFeed& feed) {
    bool any = publisher_.cursor().tables.at(table).snapshot_rows;
    while (auto item = TRY(feed.Peek())) {
      if (stop_()) return PublishingInterrupted();
      if (item->change != nullptr) {
        if (!IsOfCopy(*item->change)) break;
        RETURN_IF_ERROR(publisher_.Change(table, *item));
      } else {
        if (item->rows->operations[item->row] != Operation::kSnapshot) break;
        RETURN_IF_ERROR(Release(&table));
        waiting_ = Waiting{table, *item, !any};
        any = true;
      }
      feed.Pop();
    }
    done_.push_back(table);
    return {};
  }

  Status Finish() {
    RETURN_IF_ERROR(Release(nullptr));
    for (const TableId& table : done_) {
      publisher_.mutable_cursor().tables[table].snapshot_done = true;
    }
    publisher_.mutable_cursor().snapshot_begun = false;
    return {};
  }

 private:
  struct Waiting {
    TableId table;
    FeedItem item;
    bool first_of_table;
  };

  // `next`: the table of the row that comes next; null: none does.
  Status Release(const TableId* next) {
    if (!waiting_) return {};
    SnapshotMarker marker = SnapshotMarker::kTrue;
    if (waiting_->first_of_table) marker = SnapshotMarker::kFirstInTable;
    if (!publisher_.cursor().snapshot_begun) marker = SnapshotMarker::kFirst;
    if (next == nullptr) {
      marker = SnapshotMarker::kLast;
    } else if (*next != waiting_->table) {
      marker = SnapshotMarker::kLastInTable;
    }
    PublishCursor& cursor = publisher_.mutable_cursor();
    cursor.snapshot_begun = true;
    cursor.tables[waiting_->table].snapshot_rows = true;
    const Waiting waiting = *std::exchange(waiting_, std::nullopt);
    return publisher_.Snapshot(waiting.table, waiting.item, marker);
  }

  ChangePublisher& publisher_;
  const std::function<bool()>& stop_;
  std::optional<Waiting> waiting_;
  std::vector<TableId> done_;
};

// The tables that bronze has whole; cursors of tables that were made anew are begun anew.
std::vector<TableId> PublishedTables(const BronzeCatalog& bronze, PublishCursor& cursor) {
  std::vector<TableId> tables;
  for (const TableId& id : bronze.Tables()) {
    if (!bronze.IsWhole(id)) continue;
    const std::string& made = bronze.Find(id)->table().snapshot()->metadata().id;
    TableCursor& known = cursor.tables[id];
    if (known.table_id != made) known = TableCursor{.table_id = made};
    tables.push_back(id);
  }
  return tables;
}

TableFeed FeedOf(const BronzeCatalog& bronze, const TableId& id, const PublishCursor& cursor,
                 std::size_t read_ahead) {
  const TableCursor& known = cursor.tables.at(id);
  return {*bronze.Find(id), bronze.SchemaChangesOf(id), known.batch, known.place, read_ahead};
}

}  // namespace

bool FollowsPublished(const DurableRound& round, const PublishCursor& cursor) {
  if (!round.in_memory || cursor.position.empty()) return false;
  if (round.from.Floor() != cursor.position.Floor()) return false;
  return std::ranges::all_of(round.tables, [&](const auto& entry) {
    const auto known = cursor.tables.find(entry.first);
    return known != cursor.tables.end() && known->second.snapshot_done;
  });
}

// A table's cursor keeps the batch of before until the round is out: rows of it may be in an older
// batch, when a table was ahead of the epoch.
Status PublishRound(DurableRound round, ChangePublisher& publisher) {
  std::vector<NamedFeed> feeds;
  std::map<TableId, lake::BatchNumber> batches;
  for (auto& [id, table] : round.tables) {
    const TableCursor& known = publisher.cursor().tables.at(id);
    feeds.push_back(
        {id, TableFeed(std::move(table.pieces), known.batch, known.place), std::nullopt});
    batches[id] = table.batch;
  }
  publisher.NameFilesAs(round.end.file);
  MergedFeed merged(std::move(feeds));
  RETURN_IF_ERROR(PublishMerged(merged, std::nullopt, publisher, [] { return false; }));
  for (const auto& [id, batch] : batches) {
    TableCursor& known = publisher.mutable_cursor().tables[id];
    known.batch = std::max(known.batch, batch);
  }
  return publisher.EndRound(round.end);
}

Status PublishBronze(const BronzeCatalog& bronze, const SourcePosition& epoch,
                     const PublishOptions& options, ChangePublisher& publisher,
                     const std::function<bool()>& stop) {
  publisher.NameFilesAs(epoch.file);
  const auto tables = PublishedTables(bronze, publisher.mutable_cursor());
  const std::size_t read_ahead =
      std::max(kLeastReadAhead, options.read_ahead_bytes / std::max<std::size_t>(1, tables.size()));
  SnapshotPublisher snapshot(publisher, stop);
  for (const TableId& id : tables) {
    if (publisher.cursor().tables.at(id).snapshot_done) continue;
    TableFeed feed = FeedOf(bronze, id, publisher.cursor(), options.read_ahead_bytes);
    RETURN_IF_ERROR(snapshot.Table(id, feed));
  }
  RETURN_IF_ERROR(snapshot.Finish());
  std::vector<NamedFeed> feeds;
  for (const TableId& id : tables) {
    feeds.push_back({id, FeedOf(bronze, id, publisher.cursor(), read_ahead), std::nullopt});
  }
  MergedFeed merged(std::move(feeds));
  RETURN_IF_ERROR(PublishMerged(merged, epoch.Floor(), publisher, stop));
  return publisher.EndRound(epoch);
}

}  // namespace foreset::pipeline
