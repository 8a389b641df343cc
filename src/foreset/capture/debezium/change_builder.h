// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/message.h"
#include "foreset/capture/debezium/modes.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

// What to do with a row whose fields are not exactly the schema's columns.
enum class Conform : std::uint8_t {
  kExact,  // kInvalidInput with kSchemaMismatch: ask for the newer schema
  // Missing columns are NULL; values of other columns, and those that are not of their column's
  // type, are rescued as JSON text.
  kByName,
};

// Decodes rows of one table under one schema straight into Arrow builders and becomes a
// ChangeBatch: the same values as native capture gives, as far as messages carry them
// (docs/reference/debezium-messages.md). Not thread-safe.
class ChangeBuilder {
 public:
  static Result<ChangeBuilder> Open(std::shared_ptr<const TableSchema> schema, DebeziumModes modes,
                                    DateTimeAs datetime = DateTimeAs::kWallClock);
  ~ChangeBuilder();
  ChangeBuilder(ChangeBuilder&&) noexcept;
  ChangeBuilder& operator=(ChangeBuilder&&) noexcept;

  // Appends one row: a kChange or kUnwrapped message that Read() just gave. A failure leaves the
  // builder without that row, ready for the next:
  // kInvalidInput (the record is for quarantine): kMessageValue when a value is not of the form
  // that the message's schema, else the modes, say; kMessageUndecodable when an image is missing or
  // damaged; kRowImageIncomplete when the placeholder for an unavailable value stands in the new
  // image; kSchemaMismatch as Conform says. kUnsupported with kBeforeImageMissing: an unwrapped
  // update or delete of a table without key. Where an unwrapped update lacks its old image, that
  // holds only the key.
  Status Append(const Message& message, Sequence sequence, Conform conform = Conform::kExact);

  const std::shared_ptr<const TableSchema>& schema() const;
  std::size_t size() const;   // rows appended since the last Finish()
  std::size_t bytes() const;  // estimate of the memory that the batch will hold

  // The rows so far, in the order of Append(); null when there are none. The builder is empty
  // afterwards. The batch is not shared yet, so that the caller can add where its rows come from.
  Result<std::shared_ptr<ChangeBatch>> Finish();

 private:
  class Impl;
  explicit ChangeBuilder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace foreset::debezium
