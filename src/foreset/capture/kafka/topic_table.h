// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "foreset/capture/kafka/statement_wait.h"
#include "foreset/capture/kafka/table_rows.h"
#include "foreset/capture/kafka/topic_names.h"
#include "foreset/capture/source.h"

namespace foreset::kafka {

// One table that topics feed: its rows of the round, the statements that wait, and whether it has
// stopped. A table stops with a change that cannot be followed, which begins a round; its rows are
// passed over from then on, until it is made anew. Not thread-safe.
class TopicTable {
 public:
  TopicTable(TableId id, const KafkaOptions& options) : rows(options), id_(std::move(id)) {}

  const TableId& id() const { return id_; }
  const std::shared_ptr<const TableSchema>& schema() const { return rows.schema(); }

  // The table's own topic, by its name, and those that have brought rows of it.
  bool IsFedBy(std::string_view topic) const {
    return TopicNames::IsOf(topic, id_) || topics_.contains(topic);
  }
  void FeedBy(std::string_view topic) {
    if (!topics_.contains(topic)) topics_.emplace(topic);
  }

  // A statement of the schema-change topic: of a table of which nothing is known, only one that
  // begins it counts.
  void Await(SchemaStep step);
  // The table's records from `row` on stay where they are in this round.
  bool Holds(Sequence row) const { return stop_ || resting_ || statements.Holds(row); }

  // It stops with `error` at `at`, or where its schema began when that is later. `when` is told.
  void Stop(Error error, Sequence at, Timestamp when);
  bool has_stopped() const { return stopped_; }
  // It stopped before the stream began.
  void SetStopped(bool stopped) { stopped_ = stopped; }

  // What begins the round: its stop, and the statements that are due. The rows of a TRUNCATE's
  // round are the TRUNCATE alone: a table has one batch in a round.
  Status BeginRound(const ReadPartitions& partitions, CaptureRound& round);

  TableRows rows;
  StatementWait statements;
  // The last Connect schema that is the table's; null: none yet, or something else tells the table.
  std::shared_ptr<const debezium::ConnectSchema> connect;

 private:
  Status Apply(SchemaStep step, CaptureRound& round);

  TableId id_;
  std::set<std::string, std::less<>> topics_;
  bool resting_ = false;              // no more rows in this round
  std::optional<SchemaChange> stop_;  // what the next round begins with
  bool stopped_ = false;
};

}  // namespace foreset::kafka
