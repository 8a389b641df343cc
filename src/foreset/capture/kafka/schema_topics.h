// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/debezium/schema_follower.h"
#include "foreset/capture/kafka/kafka_options.h"
#include "foreset/capture/kafka/record_source.h"
#include "foreset/capture/kafka/schema_step.h"
#include "foreset/capture/kafka/source_epochs.h"
#include "foreset/capture/kafka/topic_names.h"

namespace foreset::kafka {

// The schema-change topics, read from their beginning and kept up with. Not thread-safe.
class SchemaTopics {
 public:
  // `known`: the schemas that the lake has, as of the last change that it has of each.
  SchemaTopics(TopicNames names, std::unique_ptr<RecordSource> source, mysql::SchemaRegistry known,
               debezium::DebeziumModes modes);

  // Reads what has come to the schema-change topics among `topics` so far, in order: what it does
  // to tables, whether their topics are asked for or not.
  Result<std::vector<SchemaStep>> ReadToEnd(const std::map<std::string, std::int32_t>& topics,
                                            SourceEpochs& epochs);
  // A schema from elsewhere; records up to `after` are passed over for the table.
  void Put(std::shared_ptr<const TableSchema> schema, Sequence after) {
    follower_.Put(std::move(schema), after);
  }
  // As SchemaFollower::LeaveOut.
  void LeaveOut(std::shared_ptr<const TableSchema> rest, const std::set<std::string>& columns,
                Sequence after) {
    follower_.LeaveOut(std::move(rest), columns, after);
  }
  // True when a record has described the table.
  bool Tells(const TableId& table) const { return follower_.Tells(table); }
  const std::vector<PartitionPosition>& positions() const { return positions_; }

 private:
  Status AddNew(const std::map<std::string, std::int32_t>& topics, const PartitionMarks& marks);
  Status Take(const Record& record, SourceEpochs& epochs, std::vector<SchemaStep>& steps);

  TopicNames names_;
  std::unique_ptr<RecordSource> source_;
  debezium::SchemaFollower follower_;
  debezium::MessageReader reader_;
  std::vector<PartitionPosition> positions_;
  std::map<std::pair<std::string, std::int32_t>, LastPlace> last_;
  std::set<std::string> prefixes_;
};

}  // namespace foreset::kafka
