// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/kafka/kafka_options.h"
#include "foreset/capture/kafka/table_rows.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/sequence.h"
#include "foreset/model/source_position.h"

namespace foreset::kafka {

// A record that could not be read when it came.
struct KeptRecord {
  std::string topic;
  std::int32_t partition = 0;
  LogOffset offset{0};
  Sequence sequence;  // zero: it could not even be read where it stands
  std::string value;
};

// Reads kept records of one table once more, under the options and the schema of now.
// Not thread-safe.
class SecondReading {
 public:
  // `schema` holds from `since` on; records below it are read by the names of their columns.
  // `epoch`: of records whose place is not known, where there is only one that they can be of.
  SecondReading(std::shared_ptr<const TableSchema> schema, Sequence since,
                std::optional<SourceEpoch> epoch, const KafkaOptions& options);

  // kInvalidInput or kUnsupported, as MessageReader and ChangeBuilder have it: it still cannot be
  // read, is no row of the table, or its place is not told; the others are not concerned.
  Status Take(const KeptRecord& record);
  // What was taken, ascending by `_seq`; null when nothing was.
  Result<std::shared_ptr<const ChangeBatch>> Finish() { return rows_.Finish(); }

 private:
  Result<Sequence> PlaceOf(const debezium::Message& message, const KeptRecord& record) const;

  KafkaOptions options_;
  TableId table_;
  std::optional<SourceEpoch> epoch_;
  debezium::MessageReader reader_;
  TableRows rows_;
};

}  // namespace foreset::kafka
