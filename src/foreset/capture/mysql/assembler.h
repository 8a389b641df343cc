// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/binlog_state.h"
#include "foreset/capture/mysql/control_events.h"
#include "foreset/capture/mysql/prepared_transactions.h"
#include "foreset/capture/mysql/query_kind.h"
#include "foreset/capture/mysql/round_assembler.h"
#include "foreset/capture/mysql/round_builder.h"
#include "foreset/capture/mysql/stream_position.h"
#include "foreset/capture/mysql/table_map_cache.h"
#include "foreset/capture/mysql/transaction_payload.h"

namespace foreset::mysql {

// RoundAssembler, for the files that it is written in: round_assembler.cc has the flow of events,
// assembler_xa.cc the XA transactions.
class Assembler final : public RoundAssembler {
 public:
  Assembler(AssemblerOptions options, StreamPosition position, SchemaRegistry& registry,
            DdlHandler& handler);

  // What stands before the first event.
  Status Begin();
  Status Feed(Bytes event) override;
  bool suspended() const override { return waiting() || payload_.has_value(); }
  Status Resume() override;
  void set_round_bytes(std::size_t bytes) override { options_.round_bytes = bytes; }
  bool full() const override {
    return (waiting() && !round_.empty()) || round_.bytes() >= options_.round_bytes;
  }
  bool in_transaction() const override { return !state_.outside(); }
  bool has_items() const override { return !round_.empty(); }
  Result<CaptureRound> Take() override;
  SourcePosition position() const override;
  const AssemblerCounters& counters() const override { return counters_; }

 private:
  struct PendingDdl {
    std::vector<DdlEffect> effects;
  };

  // Rows of an event that the round has no room for; their bytes are the caller's.
  struct PendingRows {
    EventType type;
    Bytes body;
  };

  bool waiting() const { return ddl_.has_value() || rows_.has_value(); }
  bool HasRoomFor(Bytes body) const;
  Status AppendRows(EventType type, Bytes body);
  Checksum ChecksumOf(Bytes event) const;
  Status OnEvent(const EventView& view);
  Status OnUnknown(const EventView& view);
  Status OnFormatDescription(const EventView& view);
  Status OnRotate(const EventView& view);
  Status OnHeartbeat(const EventView& view, bool v2);
  Status OnGtid(const EventView& view);
  Status OnMariaGtid(const EventView& view);
  Status OnQuery(const EventView& view);
  Status OnQueryKind(const EventView& view, const QueryEvent& query, const QueryMeaning& meaning);
  Status OnDml(const EventView& view, const QueryEvent& query);
  std::vector<TableId> ChangedBy(const QueryEvent& query) const;
  Status OnDdl(const EventView& view, const QueryEvent& query);
  Status OnXaStart(const EventView& view);
  Status OnXaPrepare(const EventView& view);
  Status OnXaEnd(const EventView& view, const QueryMeaning& meaning);
  Status OnPayload(const EventView& view);
  Status RunPayload();
  Status OnTableMap(Bytes body);
  Status OnRows(EventType type, Bytes body);

  Status CheckPlace(const TableId& table) const;
  Status ApplyEffects(std::vector<DdlEffect> effects);
  Status ApplySchemaChange(SchemaChange change);
  Status StopTable(const TableId& table, const Error& why);
  Status ReplaceUnknown(const TableId& table);
  Status Replay(const PreparedTransaction& transaction);
  Status GiveUpGroup();
  void EndGroup();
  void LeaveGroup();
  bool ComesAgain() const { return position_.ComesAgain(at_, state_.gtid()); }
  OpenTransaction Told(const std::string& xid) const;
  Status CheckRead(const PreparedTransaction* transaction, const std::string& xid) const;
  void Cover(const GroupGtid& gtid);
  void Pass(const EventHeader& header);

  SourceTransaction Unnamed(const EventHeader& header) const;
  EventPlace Place() const;
  Sequence Here(Operation operation) const;

  AssemblerOptions options_;
  StreamPosition position_;
  SchemaRegistry& registry_;
  DdlHandler& handler_;
  Checksum checksum_ = Checksum::kUnknown;
  bool short_ids_ = false;
  BinlogState state_;
  TableMapCache tables_;
  RoundBuilder round_;
  PreparedTransactions prepared_;
  std::vector<OpenTransaction> begun_with_;
  AlterPhase alter_ = AlterPhase::kWhole;
  // Unknown names that were no tables any more where the server stood then.
  std::map<TableId, Sequence> gone_;
  std::vector<std::pair<std::string, std::uint64_t>> savepoints_;
  EventView whole_;             // the event as it stands in the file
  std::uint64_t at_ = 0;        // its start there
  std::uint64_t next_row_ = 0;  // ordinal of the next row there
  std::optional<TransactionPayload> payload_;
  std::optional<PendingDdl> ddl_;
  std::optional<PendingRows> rows_;
  bool replaying_ = false;  // a prepared transaction
  EventHeader pending_;     // of the event that is suspended
  std::size_t transactions_ = 0;
  Timestamp newest_commit_;
  AssemblerCounters counters_;
};

}  // namespace foreset::mysql
