// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/change_builder.h"
#include "foreset/capture/kafka/kafka_options.h"
#include "foreset/capture/kafka/schema_gate.h"
#include "foreset/capture/kafka/schema_topics.h"
#include "foreset/model/change_batch.h"

namespace foreset::kafka {

// The rows of one table in a round, and the schema changes that wait for rows before them.
// Not thread-safe.
class TableRows {
 public:
  TableRows(std::shared_ptr<const TableSchema> schema, const KafkaOptions& options)
      : schema_(std::move(schema)), options_(&options) {}

  const std::shared_ptr<const TableSchema>& schema() const { return schema_; }
  // The schema from `since` on. Ends the round's rows of the old schema: there must be none.
  void SetSchema(std::shared_ptr<const TableSchema> schema, Sequence since);

  // As ChangeBuilder::Append, by the rule of the row's place.
  // `place`: where in `topic` its record is; the number of the topic is given here.
  Status Append(const debezium::Message& message, Sequence sequence, std::string_view topic,
                RecordPlace place);
  std::size_t size() const { return places_.size(); }
  std::size_t bytes() const { return builder_ ? builder_->bytes() : 0; }
  // The rows so far, ascending by `_seq`; null when there are none.
  Result<std::shared_ptr<const ChangeBatch>> Finish();
  // A TRUNCATE that the schema-change topic tells, as a batch of its own.
  Result<std::shared_ptr<const ChangeBatch>> Truncation(const SchemaStep& step) const;

  // Rows at or after the first step wait, until all partitions that carry the table have come so
  // far or to where they ended when the step was noticed.
  std::deque<SchemaStep> steps;
  std::map<std::pair<std::string, std::int32_t>, LogOffset> ends;
  std::set<std::string, std::less<>> topics;  // that carry rows of it
  bool resting = false;                       // no more rows in this round
  SchemaGate gate;
  // The last Connect schema that is the table's; null: none yet, or something else tells the table.
  std::shared_ptr<const debezium::ConnectSchema> connect;

  // The table stops with this change, which begins a round.
  std::optional<SchemaChange> stop;
  // It has stopped: its rows are passed over, until it is made anew.
  bool stopped = false;

 private:
  std::shared_ptr<const TableSchema> schema_;
  const KafkaOptions* options_;
  std::optional<debezium::ChangeBuilder> builder_;
  std::vector<std::string> names_;
  std::vector<RecordPlace> places_;
};

}  // namespace foreset::kafka
