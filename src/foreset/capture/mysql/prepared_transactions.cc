// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/prepared_transactions.h"

#include <utility>

#include <fmt/format.h>

namespace foreset::mysql {

Status PreparedTransactions::Keep(EventType type, Bytes body) {
  if (bytes_ + body.size() > kMaxPreparedBytes) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kXaTooLarge,
               fmt::format("prepared XA transactions exceed {} bytes", kMaxPreparedBytes));
  }
  collecting_->events.push_back({type, std::string(AsText(body))});
  bytes_ += body.size();
  return {};
}

void PreparedTransactions::Prepare(const std::string& xid, GroupGtid gtid) {
  collecting_->gtid = std::move(gtid);
  prepared_.insert_or_assign(xid, std::move(*collecting_));
  collecting_.reset();
}

PreparedTransaction PreparedTransactions::TakeCollected() {
  PreparedTransaction taken = std::move(*std::exchange(collecting_, std::nullopt));
  Forget(taken);
  return taken;
}

std::optional<PreparedTransaction> PreparedTransactions::Take(const std::string& xid) {
  const auto found = prepared_.find(xid);
  if (found == prepared_.end()) return {};
  PreparedTransaction taken = std::move(found->second);
  prepared_.erase(found);
  Forget(taken);
  return taken;
}

void PreparedTransactions::Forget(const PreparedTransaction& transaction) {
  for (const KeptEvent& event : transaction.events) bytes_ -= event.body.size();
}

}  // namespace foreset::mysql
