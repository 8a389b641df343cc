// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/binlog_state.h"
#include "foreset/model/source_position.h"

namespace foreset::mysql {

// All prepared XA transactions together may hold no more.
inline constexpr std::size_t kMaxPreparedBytes = 256UL << 20U;

// A table map or rows event of an XA transaction, kept until the transaction's fate is known.
struct KeptEvent {
  EventType type = EventType::kUnknown;
  std::string body;
};

struct PreparedTransaction {
  OpenTransaction told;  // as positions name it
  GroupGtid gtid;        // of the group that ended with XA PREPARE
  std::vector<KeptEvent> events;
  bool read = false;  // its events are here; false until they come again after a restart
};

// XA transactions between their rows and XA COMMIT or XA ROLLBACK. Not thread-safe.
class PreparedTransactions {
 public:
  // Those that were open where the stream begins; their events come again.
  void Expect(const std::vector<OpenTransaction>& open);

  // Rows of the group under way are kept from here on.
  void BeginCollecting() { collecting_.emplace(); }
  bool collecting() const { return collecting_.has_value(); }
  // kUnsupported with kXaTooLarge beyond kMaxPreparedBytes.
  Status Keep(EventType type, Bytes body);
  // The group ended with XA PREPARE. Of one that was expected what was told stays.
  void Prepare(OpenTransaction told, GroupGtid gtid);
  // The group under way comes to its end at once (XA COMMIT … ONE PHASE), or is given up.
  PreparedTransaction TakeCollected();

  // Nothing when no such transaction is prepared (it was before the stream's start).
  std::optional<PreparedTransaction> Take(const std::string& xid);
  // The one that was prepared first comes first.
  std::vector<OpenTransaction> open() const;

 private:
  std::vector<PreparedTransaction>::iterator Find(const std::string& xid);
  void Forget(const PreparedTransaction& transaction);

  std::optional<PreparedTransaction> collecting_;
  std::vector<PreparedTransaction> prepared_;  // few, in the order of their XA PREPARE
  std::size_t bytes_ = 0;
};

}  // namespace foreset::mysql
