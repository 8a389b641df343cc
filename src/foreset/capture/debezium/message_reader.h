// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/message.h"
#include "foreset/capture/debezium/modes.h"

namespace foreset::debezium {

// Tells what records of Debezium topics are, with the `schema` wrapper of the JSON converter or
// without. Copies the value into memory of its own (padded for the JSON parser), so the caller's
// buffer need not outlive Read(). Memory: the longest value so far, and the last few Connect
// schemas. Not thread-safe.
class MessageReader {
 public:
  explicit MessageReader(DebeziumModes modes = {});
  ~MessageReader();
  MessageReader(MessageReader&&) noexcept;
  MessageReader& operator=(MessageReader&&) noexcept;

  // `value`: nothing for a record without one. The result is valid until the next Read().
  // kInvalidInput (the record is for quarantine): kMessageUndecodable when it is not JSON or not of
  // a kind above, kMessageOperation when its `op` is not known. An unwrapped record without `op`
  // counts as a put: `__deleted` "true" makes it a delete, all else an update (kUpdate).
  // kUnsupported (the whole topic is of another kind): kRegistryRecord, kCloudEvent, and
  // kOtherConnector for another one than MySQL's and MariaDB's.
  Result<Message> Read(std::optional<std::string_view> value);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace foreset::debezium
