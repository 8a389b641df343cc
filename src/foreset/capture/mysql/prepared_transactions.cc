// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/prepared_transactions.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace foreset::mysql {

void PreparedTransactions::Expect(const std::vector<OpenTransaction>& open) {
  for (const OpenTransaction& told : open) prepared_.push_back({.told = told});
}

Status PreparedTransactions::Keep(EventType type, Bytes body) {
  if (bytes_ + body.size() > kMaxPreparedBytes) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kXaTooLarge,
               fmt::format("prepared XA transactions exceed {} bytes", kMaxPreparedBytes));
  }
  collecting_->events.push_back({type, std::string(AsText(body))});
  bytes_ += body.size();
  return {};
}

void PreparedTransactions::Prepare(OpenTransaction told, GroupGtid gtid) {
  PreparedTransaction transaction = std::move(*std::exchange(collecting_, std::nullopt));
  transaction.gtid = std::move(gtid);
  transaction.read = true;
  const auto known = Find(told.id);
  if (known == prepared_.end()) {
    transaction.told = std::move(told);
    prepared_.push_back(std::move(transaction));
    return;
  }
  transaction.told = std::move(known->told);
  Forget(*known);
  *known = std::move(transaction);
}

PreparedTransaction PreparedTransactions::TakeCollected() {
  PreparedTransaction taken = std::move(*std::exchange(collecting_, std::nullopt));
  Forget(taken);
  return taken;
}

std::optional<PreparedTransaction> PreparedTransactions::Take(const std::string& xid) {
  const auto found = Find(xid);
  if (found == prepared_.end()) return {};
  PreparedTransaction taken = std::move(*found);
  prepared_.erase(found);
  Forget(taken);
  return taken;
}

std::vector<OpenTransaction> PreparedTransactions::open() const {
  std::vector<OpenTransaction> open;
  for (const PreparedTransaction& transaction : prepared_) open.push_back(transaction.told);
  return open;
}

std::vector<PreparedTransaction>::iterator PreparedTransactions::Find(const std::string& xid) {
  return std::ranges::find_if(prepared_, [&](const auto& one) { return one.told.id == xid; });
}

void PreparedTransactions::Forget(const PreparedTransaction& transaction) {
  for (const KeptEvent& event : transaction.events) bytes_ -= event.body.size();
}

}  // namespace foreset::mysql
