// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/binlog_state.h"

#include <fmt/format.h>

namespace foreset::mysql {
namespace {

std::unexpected<Error> OutOfOrder(std::string_view what, const SourceTransaction& at) {
  return Err(ErrorKind::kCorruption, ErrorCode::kBinlogGrammar,
             fmt::format("{} within transaction {} ({}:{})", what, at.id, at.file, at.offset));
}

}  // namespace

Status BinlogState::Announce(GroupGtid gtid, SourceTransaction transaction, bool opens) {
  if (inside()) return OutOfOrder("a GTID event", transaction_);
  gtid_ = std::move(gtid);
  transaction_ = std::move(transaction);
  ++number_;
  state_ = opens ? GroupState::kInside : GroupState::kAnnounced;
  return {};
}

Status BinlogState::Begin(const SourceTransaction& unnamed) {
  RETURN_IF_ERROR(Single(unnamed));
  transaction_.thread = unnamed.thread;  // the GTID event does not know it
  state_ = GroupState::kInside;
  return {};
}

Status BinlogState::Single(const SourceTransaction& unnamed) {
  if (inside()) return OutOfOrder("a transaction begins", transaction_);
  if (outside()) RETURN_IF_ERROR(Announce(std::monostate(), unnamed, false));
  return {};
}

void BinlogState::End() {
  state_ = GroupState::kOutside;
  gtid_ = std::monostate();
}

}  // namespace foreset::mysql
