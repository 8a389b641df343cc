// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/capture/debezium/event_options.h"
#include "foreset/capture/debezium/event_source.h"
#include "foreset/capture/debezium/table_encoding.h"
#include "foreset/capture/kafka/outgoing_record.h"
#include "foreset/model/change_batch.h"

namespace foreset::debezium {

// The place of an event within its source transaction, both counted from 1.
struct TransactionPlace {
  std::int64_t total_order = 0;
  std::int64_t data_collection_order = 0;
};

// Makes Debezium's records of changes: the envelope of each change in `<prefix>.<db>.<table>`, a
// tombstone after a delete, and three records (delete, tombstone, create) for an update that
// changes the key. Pure but for a cache of encodings. Not thread-safe.
class EventWriter {
 public:
  explicit EventWriter(EventOptions options);

  // How many events the row is: 0 when its operation is skipped, 2 when an update changes the key.
  // Tombstones do not count.
  int EventsOf(const ChangeBatch& batch, std::size_t row);
  // Appends the records of one row. `place`: of its first event; absent: no transaction block.
  // `now` is the envelope's time.
  void Write(const ChangeBatch& batch, std::size_t row, SnapshotMarker snapshot,
             const std::optional<TransactionPlace>& place, Timestamp now,
             std::vector<kafka::OutgoingRecord>& out);

  const std::string& TopicOf(const std::shared_ptr<const TableSchema>& schema);
  const EventOptions& options() const { return options_; }

 private:
  struct Event;

  const TableEncoding& EncodingFor(const std::shared_ptr<const TableSchema>& schema);
  std::string KeyPayload(const ChangeBatch& batch, std::size_t row, bool of_before);
  std::string KeyHeader(const ChangeBatch& batch, std::size_t row, bool of_before);
  kafka::OutgoingRecord Record(const Event& event) const;
  void WriteDelete(Event& event, std::vector<kafka::OutgoingRecord>& out) const;
  void WriteKeyChange(Event& event, const std::string& new_key,
                      std::vector<kafka::OutgoingRecord>& out);

  EventOptions options_;
  std::map<TableId, std::shared_ptr<const TableEncoding>> tables_;
};

// The headers that Debezium puts on every record.
std::vector<std::pair<std::string, std::string>> ContextHeaders(const EventOptions& options);

}  // namespace foreset::debezium
