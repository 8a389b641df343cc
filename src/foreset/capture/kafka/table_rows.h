// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/change_builder.h"
#include "foreset/capture/kafka/kafka_options.h"
#include "foreset/capture/kafka/schema_gate.h"
#include "foreset/capture/kafka/schema_step.h"
#include "foreset/model/change_batch.h"

namespace foreset::kafka {

// The rows of one table in a round. Not thread-safe.
class TableRows {
 public:
  // Without a schema: none can be appended before it has one.
  explicit TableRows(const KafkaOptions& options) : options_(&options) {}

  // Null before the first.
  const std::shared_ptr<const TableSchema>& schema() const { return schema_; }
  // The schema from `since` on. Ends the round's rows of the old schema: there must be none.
  void SetSchema(std::shared_ptr<const TableSchema> schema, Sequence since);

  // As ChangeBuilder::Append, by the rule of the row's place.
  // `place`: where in `topic` its record is; the number of the topic is given here.
  Status Append(const debezium::Message& message, Sequence sequence, std::string_view topic,
                RecordPlace place);
  // The rows so far, ascending by `_seq`; null when there are none.
  Result<std::shared_ptr<const ChangeBatch>> Finish();
  // A TRUNCATE that the schema-change topic tells, as a batch of its own.
  Result<std::shared_ptr<const ChangeBatch>> Truncation(const SchemaStep& step) const;

  SchemaGate gate;  // by which rule rows are read

 private:
  std::shared_ptr<const TableSchema> schema_;
  const KafkaOptions* options_;
  std::optional<debezium::ChangeBuilder> builder_;
  std::vector<std::string> names_;
  std::vector<RecordPlace> places_;
};

}  // namespace foreset::kafka
