// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "foreset/base/clock.h"
#include "foreset/capture/debezium/source_block.h"
#include "foreset/model/sequence.h"

namespace foreset::debezium {

class ConnectSchema;

// What a record of a Debezium topic is; each kind has its own rule.
enum class MessageKind : std::uint8_t {
  kChange,          // an envelope: before, after, source, op
  kUnwrapped,       // ExtractNewRecordState: the row itself, with added fields
  kTombstone,       // no value: follows a delete, for log compaction only
  kHeartbeat,       // {"ts_ms":…} and nothing else
  kTransaction,     // BEGIN or END of a transaction, from `<prefix>.transaction`
  kSchemaChange,    // a DDL statement, from `<prefix>` or the internal schema history
  kLogicalMessage,  // op "m": no row; MySQL's connector never sends one
};

// "change", "tombstone", …: names for counters and program messages.
std::string_view NameOf(MessageKind kind);

// The `transaction` block, or what BEGIN and END say. Empty id: there is none.
struct TransactionBlock {
  std::string_view id;
  std::uint64_t total_order = 0;  // of the event within the transaction, from 1
  std::uint64_t event_count = 0;  // of an END
  bool ended = false;             // kTransaction: END, not BEGIN
};

// So many bytes after the end of Message::before and ::after can be read, whatever they hold: JSON
// parsers and comparisons may run over the end.
inline constexpr std::size_t kMessagePadding = 320;

// One record, taken apart as far as its place; rows are still JSON text. All views are into the
// reader's memory: valid until its next Read().
struct Message {
  MessageKind kind = MessageKind::kTombstone;
  Operation operation = Operation::kInsert;  // of kChange and kUnwrapped
  SourceBlock source;
  TransactionBlock transaction;
  Timestamp processed_at;  // when the connector made the record; zero: not told
  // The row images as JSON objects; empty: there is none. An unwrapped record has one image:
  // `before` for a delete, `after` for everything else.
  std::string_view before;
  std::string_view after;
  // The value without the schema around it; for kSchemaChange what ReadSchemaRecord() takes.
  std::string_view payload;
  // How the message itself says that its row is written; null: it does not. The same object for
  // messages that carry the same schema.
  std::shared_ptr<const ConnectSchema> connect;
};

// Whether it tells of a row.
inline bool IsRow(const Message& message) {
  return message.kind == MessageKind::kChange || message.kind == MessageKind::kUnwrapped;
}

}  // namespace foreset::debezium
