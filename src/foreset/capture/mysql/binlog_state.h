// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/gtid_set.h"
#include "foreset/model/change_batch.h"

namespace foreset::mysql {

// The grammar of a binlog stream, as both servers write it:
//
//   stream  = ROTATE* FORMAT_DESCRIPTION [PREVIOUS_GTIDS | GTID_LIST] (group | notice)* [STOP]
//   group   = [GTID | ANONYMOUS_GTID | GTID_TAGGED] mysql        MySQL
//           | MARIA_GTID(standalone) statement                   MariaDB
//           | MARIA_GTID body end
//   mysql   = statement                                          DDL, XA COMMIT, XA ROLLBACK
//           | QUERY(BEGIN) body end
//           | QUERY(XA START) body QUERY(XA END) XA_PREPARE
//           | TRANSACTION_PAYLOAD                                which holds QUERY(BEGIN) body end
//   body    = (hint* TABLE_MAP+ rows* | QUERY(SAVEPOINT | ROLLBACK TO) | statement)*
//   end     = XID | QUERY(COMMIT) | QUERY(ROLLBACK) | XA_PREPARE
//   hint    = ROWS_QUERY | ANNOTATE_ROWS | INTVAR | RAND | USER_VAR
//   notice  = HEARTBEAT | BINLOG_CHECKPOINT | ignorable
//
// A table map holds until the end of its group, in practice until the next one of its number.
enum class GroupState : std::uint8_t {
  kOutside,    // between groups: the only place where a position can be covered
  kAnnounced,  // the GTID is known, the group's first event is not
  kInside,     // after BEGIN
};

using GroupGtid = std::variant<std::monostate, MySqlGtid, MariaGtid>;

// Where in that grammar the stream stands, and the group it is in. Not thread-safe.
class BinlogState {
 public:
  GroupState state() const { return state_; }
  bool outside() const { return state_ == GroupState::kOutside; }
  bool inside() const { return state_ == GroupState::kInside; }

  // A GTID event; `opens` when it stands for BEGIN. kCorruption with kBinlogGrammar when a group is
  // under way.
  Status Announce(GroupGtid gtid, SourceTransaction transaction, bool opens);
  // BEGIN or XA START; `unnamed` is the transaction when no GTID event came before.
  Status Begin(const SourceTransaction& unnamed);
  // A group of one statement.
  Status Single(const SourceTransaction& unnamed);
  // The group is over.
  void End();

  const SourceTransaction& transaction() const { return transaction_; }
  const GroupGtid& gtid() const { return gtid_; }
  // Counts groups, from 1.
  std::uint64_t number() const { return number_; }

 private:
  GroupState state_ = GroupState::kOutside;
  SourceTransaction transaction_;
  GroupGtid gtid_;
  std::uint64_t number_ = 0;
};

}  // namespace foreset::mysql
