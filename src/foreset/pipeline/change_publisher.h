// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/debezium/event_options.h"
#include "foreset/capture/debezium/event_writer.h"
#include "foreset/capture/kafka/producer.h"
#include "foreset/pipeline/publish_cursor.h"
#include "foreset/pipeline/table_feed.h"

namespace foreset::pipeline {

// What is published, and where to.
struct PublishOptions {
  std::string name;                            // of the pipeline: its transactional id and progress
  kafka::ProducerOptions kafka;                // its transactional_id is set from the name
  debezium::EventOptions events;               // its run_id and connector_name are set by the sink
  std::int32_t partitions = 1;                 // of a table's topic, when it is made
  std::chrono::milliseconds heartbeat{0};      // 0: none
  std::size_t transaction_bytes = 8UL << 20U;  // a Kafka transaction ends at the next source
                                               // transaction after so many, or at four times that
  std::size_t queue_bytes = 32UL << 20U;       // of rounds in memory that wait to be published
  std::size_t read_ahead_bytes = 32UL << 20U;  // of bronze, over all tables

  std::string TransactionalId() const { return "foreset." + name; }
  std::string ProgressTopic() const { return "foreset." + name + ".progress"; }
};

// One session of publishing: Debezium's records of changes, in Kafka transactions that carry the
// cursor with them. Not thread-safe. After any error: drop it and open another one, whose cursor
// says where to go on.
class ChangePublisher {
 public:
  // Fences off other publishers of that name, reads back how far publishing has come, and says that
  // this run goes on (so that a publisher that was fenced off knows by whom). `server_id` is the
  // source's own. kCancelled: `stop`.
  static Result<std::unique_ptr<ChangePublisher>> Open(const PublishOptions& options,
                                                       const Clock& clock, std::uint32_t server_id,
                                                       const std::function<bool()>& stop);

  // The cursor of the last committed transaction, and what has been published since.
  const PublishCursor& cursor() const { return cursor_; }
  // Where the caller notes what is not told by a change: tables begun, snapshots done.
  PublishCursor& mutable_cursor() { return cursor_; }

  // The newest binlog file that is known: names of others are made in its manner.
  void NameFilesAs(const std::string& file) { file_name_ = file; }
  // A row of the first copy.
  Status Snapshot(const TableId& table, const FeedItem& item, debezium::SnapshotMarker marker);
  // A streamed change, or a schema change (also the first of a copied table).
  Status Change(const TableId& table, const FeedItem& item);
  // Everything before `position` has been given. Durable and visible on return.
  Status EndRound(const SourcePosition& position);
  Status Heartbeat();

 private:
  ChangePublisher(const PublishOptions& options, const Clock& clock, std::uint32_t server_id)
      : options_(options), clock_(clock), server_id_(server_id), writer_(options.events) {}

  Status Row(const TableId& table, const FeedItem& item);
  Status PublishSchemaChange(const SchemaChange& change);
  Status EnterTransaction(const SourceTransaction& transaction);
  Status LeaveTransaction();
  Status Send(const kafka::OutgoingRecord& record);
  Status CommitWhenDue(bool between_transactions);
  Status Commit();
  std::string FileNameOf(Sequence sequence) const;

  const PublishOptions& options_;
  const Clock& clock_;
  std::uint32_t server_id_;
  debezium::EventWriter writer_;
  std::unique_ptr<kafka::Producer> producer_;
  std::set<std::string> topics_;  // known to be there
  std::vector<kafka::OutgoingRecord> records_;
  PublishCursor cursor_;
  std::string file_name_;
  std::string transaction_;  // the source transaction of the last row
  bool open_ = false;        // a Kafka transaction is
  std::size_t bytes_ = 0;    // in it
};

// How far publishing under that name has come, as committed; nothing when it never began.
Result<std::optional<PublishCursor>> ReadPublished(const PublishOptions& options,
                                                   std::chrono::milliseconds timeout);

}  // namespace foreset::pipeline
