// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "foreset/base/errors/source.h"
#include "foreset/capture/mysql/assembler.h"

namespace foreset::mysql {

Status Assembler::OnXaStart(const EventView& view) {
  if (!state_.inside()) RETURN_IF_ERROR(state_.Begin(Unnamed(view.header)));
  prepared_.BeginCollecting();
  return {};
}

Status Assembler::OnXaPrepare(const EventView& view) {
  const XaPrepareEvent event = TRY(ParseXaPrepare(view.body));
  if (!prepared_.collecting()) {
    EndGroup();
    return {};
  }
  if (event.one_phase) {
    RETURN_IF_ERROR(Replay(prepared_.TakeCollected()));
    EndGroup();
    return {};
  }
  prepared_.Prepare(Told(event.xid), options_.is_mariadb ? GroupGtid() : state_.gtid());
  if (ComesAgain()) {
    position_.PassAgain(state_.gtid());
  } else if (options_.is_mariadb) {
    // MySQL's is covered together with its XA COMMIT or XA ROLLBACK.
    Cover(state_.gtid());
  }
  LeaveGroup();
  return {};
}

// How positions name a transaction whose XA PREPARE ends the group under way.
OpenTransaction Assembler::Told(const std::string& xid) const {
  const auto known = std::ranges::find(begun_with_, xid, &OpenTransaction::id);
  if (known != begun_with_.end() && ComesAgain()) return *known;
  return {.id = xid,
          .prepared_at = state_.transaction().committed_at,
          .asked_from = position_.PlaceBefore(state_.transaction().offset)};
}

// It changed tables, and nobody can say which.
Status Assembler::CheckRead(const PreparedTransaction* transaction, const std::string& xid) const {
  if (ComesAgain() || (transaction != nullptr && transaction->read)) return {};
  const bool matters = std::ranges::any_of(registry_.tables(), [&](const auto& table) {
    return Here(Operation::kTruncate) >= table.second.after;
  });
  if (!matters) return {};
  return Err(
      ErrorKind::kUnsupported, source_error::kXaUnknown,
      fmt::format("{}:{}: XA COMMIT {}: its XA PREPARE was not read", position_.file(), at_, xid));
}

Status Assembler::OnXaEnd(const EventView& view, const QueryMeaning& meaning) {
  if (state_.inside() && prepared_.collecting()) {  // one phase, written as a statement
    const PreparedTransaction rows = prepared_.TakeCollected();
    if (meaning.kind == QueryKind::kXaCommit) RETURN_IF_ERROR(Replay(rows));
    EndGroup();
    return {};
  }
  if (!state_.inside()) RETURN_IF_ERROR(state_.Begin(Unnamed(view.header)));
  const auto prepared = prepared_.Take(meaning.name);
  if (meaning.kind == QueryKind::kXaCommit) {
    RETURN_IF_ERROR(CheckRead(prepared ? &*prepared : nullptr, meaning.name));
    if (prepared) RETURN_IF_ERROR(Replay(*prepared));
  }
  if (prepared) Cover(prepared->gtid);
  EndGroup();
  return {};
}

Status Assembler::Replay(const PreparedTransaction& transaction) {
  replaying_ = true;
  Status done;
  for (const KeptEvent& event : transaction.events) {
    const Bytes body = AsBytes(event.body);
    done = event.type == EventType::kTableMap ? OnTableMap(body) : OnRows(event.type, body);
    if (!done) break;
  }
  replaying_ = false;
  return done;
}

}  // namespace foreset::mysql
