// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/round_assembler.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/stops.h"
#include "foreset/base/time_units.h"
#include "foreset/capture/mysql/assembler.h"
#include "foreset/capture/mysql/charset.h"
#include "foreset/capture/mysql/rows_event.h"
#include "foreset/capture/mysql/sql_mode.h"
#include "foreset/capture/mysql/statement_tables.h"
#include "foreset/capture/mysql/statement_text.h"

namespace foreset::mysql {
namespace {

// Ends statements on MySQL: a rows event that names no table.
constexpr std::uint64_t kNoTable = 0xFFFFFF;

Timestamp SecondOf(const EventHeader& header) {
  return Timestamp(std::int64_t{header.timestamp} * kMicrosPerSecond);
}

// Rows that the table cannot take, in an event that is whole.
bool ConcernsOneTable(const Error& error) {
  return error.code == ErrorCode::kRowImageIncomplete ||
         error.code == stop_error::kKeyValueNotKept || error.code == stop_error::kRowTooLarge;
}

const TableId& TableOf(const DdlEffect& effect) {
  return std::visit([](const auto& e) -> const TableId& { return e.table; }, effect);
}

}  // namespace

Assembler::Assembler(AssemblerOptions options, StreamPosition position, SchemaRegistry& registry,
                     DdlHandler& handler)
    : options_(std::move(options)),
      position_(std::move(position)),
      registry_(registry),
      handler_(handler),
      tables_(registry, options_.wants, options_.is_mariadb),
      round_(options_.datetime, options_.largest_row),
      begun_with_(position_.covered().open) {
  for (const TableId& table : options_.stopped) tables_.Stop(table);
  prepared_.Expect(begun_with_);
}

Status Assembler::Begin() {
  for (const auto& [table, why] : options_.refused) {
    if (tables_.IsStopped(table) || registry_.Find(table) != nullptr) continue;
    RETURN_IF_ERROR(
        ApplySchemaChange({.kind = SchemaChangeKind::kCreate,
                           .table = table,
                           .sequence = position_.covered().Floor(),
                           .after = std::make_shared<const TableSchema>(TableSchema{.id = table}),
                           .cannot_follow = why}));
  }
  return {};
}

Status Assembler::Feed(Bytes event) {
  ++counters_.events;
  const EventView view = TRY(ParseEvent(event, ChecksumOf(event)));
  if (view.header.type == EventType::kRotate) return OnRotate(view);
  whole_ = view;
  at_ = position_.StartOf(view.header);
  next_row_ = 0;
  RETURN_IF_ERROR(OnEvent(view));
  if (suspended()) {
    pending_ = view.header;
  } else {
    Pass(view.header);
  }
  return {};
}

// A format description tells its own checksum, and what the sender makes up may have none.
Checksum Assembler::ChecksumOf(Bytes event) const {
  if (event.size() < kEventHeaderBytes) return checksum_;
  const bool artificial = (event[17] & kFlagArtificial) != 0;
  const bool describes = event[4] == static_cast<std::uint8_t>(EventType::kFormatDescription);
  return artificial || describes ? Checksum::kUnknown : checksum_;
}

Status Assembler::Resume() {
  if (ddl_) {
    if (!round_.empty()) return {};
    RETURN_IF_ERROR(ApplyEffects(std::exchange(ddl_, std::nullopt)->effects));
    if (!state_.inside()) EndGroup();
  }
  if (rows_) {
    if (!round_.empty()) return {};
    const PendingRows rows = *std::exchange(rows_, std::nullopt);
    RETURN_IF_ERROR(AppendRows(rows.type, rows.body));
  }
  if (payload_) RETURN_IF_ERROR(RunPayload());
  if (!suspended()) Pass(pending_);
  return {};
}

void Assembler::Pass(const EventHeader& header) {
  position_.Pass(header);
  if (state_.outside()) position_.CoverOffset();
}

Result<CaptureRound> Assembler::Take() {
  CaptureRound round;
  round.items = TRY(round_.Take());
  round.end = position();
  round.complete = !(state_.inside() && round_.transaction_has_rows()) && !position_.is_displaced();
  round.transactions = std::exchange(transactions_, 0);
  round.newest_commit = std::exchange(newest_commit_, Timestamp());
  return round;
}

// Until all of it has come again, what was open at the start is.
SourcePosition Assembler::position() const {
  SourcePosition position = position_.covered();
  position.open = position_.coming_again() ? begun_with_ : prepared_.open();
  return position;
}

Status Assembler::OnEvent(const EventView& view) {
  const EventType type = view.header.type;
  if (IsRowsEvent(type)) return OnRows(type, view.body);
  if (IsNotice(type)) return {};
  switch (type) {
    case EventType::kTableMap:
      return OnTableMap(view.body);
    case EventType::kQuery:
    case EventType::kMariaQueryCompressed:
    case EventType::kExecuteLoadQuery:
      return OnQuery(view);
    case EventType::kGtid:
    case EventType::kAnonymousGtid:
    case EventType::kGtidTagged:
      return OnGtid(view);
    case EventType::kMariaGtid:
      return OnMariaGtid(view);
    case EventType::kXid:
      EndGroup();
      return {};
    case EventType::kXaPrepare:
      return OnXaPrepare(view);
    case EventType::kTransactionPayload:
      return OnPayload(view);
    case EventType::kFormatDescription:
      return OnFormatDescription(view);
    case EventType::kHeartbeat:
      return OnHeartbeat(view, false);
    case EventType::kHeartbeatV2:
      return OnHeartbeat(view, true);
    case EventType::kIncident:
      return Err(ErrorKind::kUnsupported, ErrorCode::kBinlogIncident,
                 fmt::format("{}:{}: {}", position_.file(), at_, TRY(ParseIncident(view.body))));
    default:
      return OnUnknown(view);
  }
}

Status Assembler::OnUnknown(const EventView& view) {
  if (view.header.ignorable()) {
    ++counters_.ignored_events;
    return {};
  }
  return Err(ErrorKind::kUnsupported, ErrorCode::kBinlogEventUnknown,
             fmt::format("{}:{}: event of type {}: {}", position_.file(), at_,
                         static_cast<int>(view.header.type), HexOf(view.whole)));
}

Status Assembler::OnFormatDescription(const EventView& view) {
  const FormatDescription description = TRY(ParseFormatDescription(view.whole));
  checksum_ = description.checksum;
  if (view.header.timestamp != 0) position_.BeginFile(view.header.timestamp);
  short_ids_ = description.rows_header_is_short;
  tables_.Clear();
  // A file that begins within a group was begun by a server that had died in it.
  return state_.outside() ? Status() : GiveUpGroup();
}

Status Assembler::OnRotate(const EventView& view) {
  const RotateEvent rotate = TRY(ParseRotate(view.body));
  position_.Rotate(rotate.file, rotate.position);
  if (state_.outside()) position_.CoverOffset();
  return {};
}

Status Assembler::OnHeartbeat(const EventView& view, bool v2) {
  const HeartbeatEvent heartbeat = TRY(ParseHeartbeat(view.body, v2));
  position_.Skip(heartbeat.file, heartbeat.position.value_or(position_.EndOf(view.header)));
  return {};
}

SourceTransaction Assembler::Unnamed(const EventHeader& header) const {
  return {.id = fmt::format("file={},pos={}", position_.file(), at_),
          .gtid = {},
          .file = position_.file(),
          .offset = at_,
          .committed_at = SecondOf(header),
          .server_id = header.server_id};
}

Status Assembler::OnGtid(const EventView& view) {
  const bool tagged = view.header.type == EventType::kGtidTagged;
  const bool anonymous = view.header.type == EventType::kAnonymousGtid;
  const GtidEvent event =
      tagged ? TRY(ParseGtidTagged(view.body)) : TRY(ParseGtid(view.body, anonymous));
  SourceTransaction transaction = Unnamed(view.header);
  const Timestamp original = event.original_commit.value_or(Timestamp());
  const Timestamp immediate = event.immediate_commit.value_or(Timestamp());
  if (original.value() > 0 || immediate.value() > 0) {
    transaction.committed_at = original.value() > 0 ? original : immediate;
  }
  if (anonymous) return state_.Announce(std::monostate(), std::move(transaction), false);
  transaction.gtid = event.gtid.ToString();
  transaction.id = transaction.gtid;
  return state_.Announce(event.gtid, std::move(transaction), false);
}

Status Assembler::OnMariaGtid(const EventView& view) {
  const MariaGtidEvent event = TRY(ParseMariaGtid(view.body));
  const MariaGtid gtid{event.domain, view.header.server_id, event.number};
  SourceTransaction transaction = Unnamed(view.header);
  transaction.gtid = gtid.ToString();
  transaction.id = transaction.gtid;
  RETURN_IF_ERROR(state_.Announce(gtid, std::move(transaction), !event.standalone));
  alter_ = event.alter;
  if (event.prepared_xa) prepared_.BeginCollecting();  // stands for XA START
  return {};
}

void Assembler::Cover(const GroupGtid& gtid) {
  if (const auto* mysql = std::get_if<MySqlGtid>(&gtid)) position_.Cover(*mysql);
  if (const auto* maria = std::get_if<MariaGtid>(&gtid)) position_.Cover(*maria);
}

void Assembler::EndGroup() {
  if (ComesAgain()) {
    position_.PassAgain(state_.gtid());
  } else {
    Cover(state_.gtid());
    ++transactions_;
    ++counters_.transactions;
    newest_commit_ = state_.transaction().committed_at;
    if (!state_.outside()) position_.Remember(state_.transaction(), whole_);
  }
  LeaveGroup();
}

void Assembler::LeaveGroup() {
  state_.End();
  round_.BeginTransaction();
  savepoints_.clear();
  alter_ = AlterPhase::kWhole;
}

Status Assembler::GiveUpGroup() {
  if (prepared_.collecting()) prepared_.TakeCollected();
  RETURN_IF_ERROR(round_.TakeBack(0));
  LeaveGroup();
  return {};
}

Status Assembler::OnQuery(const EventView& view) {
  QueryEvent query;
  if (view.header.type == EventType::kExecuteLoadQuery) {
    RETURN_IF_ERROR(ParseExecuteLoadQuery(view.body, query));
    return OnDml(view, query);
  }
  const bool compressed = view.header.type == EventType::kMariaQueryCompressed;
  RETURN_IF_ERROR(ParseQuery(view.body, compressed, query));
  return OnQueryKind(view, query, MeaningOf(query.text));
}

Status Assembler::OnQueryKind(const EventView& view, const QueryEvent& query,
                              const QueryMeaning& meaning) {
  switch (meaning.kind) {
    case QueryKind::kBegin: {
      SourceTransaction transaction = Unnamed(view.header);
      transaction.thread = query.thread;
      return state_.Begin(transaction);
    }
    case QueryKind::kCommit:
      if (!state_.outside()) EndGroup();
      return {};
    case QueryKind::kRollback:
      RETURN_IF_ERROR(round_.TakeBack(0));
      if (!state_.outside()) EndGroup();
      return {};
    case QueryKind::kSavepoint:
      savepoints_.emplace_back(meaning.name, round_.Mark());
      return {};
    case QueryKind::kRollbackTo: {
      const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                      [&](const auto& s) { return s.first == meaning.name; });
      return found == savepoints_.rend() ? Status() : round_.TakeBack(found->second);
    }
    case QueryKind::kReleaseSavepoint:
    case QueryKind::kXaEnd:
      return {};
    case QueryKind::kXaStart:
      return OnXaStart(view);
    case QueryKind::kXaCommit:
    case QueryKind::kXaRollback:
      return OnXaEnd(view, meaning);
    case QueryKind::kDml:
      return OnDml(view, query);
    case QueryKind::kOther:
      return OnDdl(view, query);
  }
  return {};
}

// A statement that changes rows cannot be followed, so what it may change stops; other tables are
// of no concern.
Status Assembler::OnDml(const EventView& view, const QueryEvent& query) {
  RETURN_IF_ERROR(state_.inside() ? Status() : state_.Single(Unnamed(view.header)));
  if (!ComesAgain()) {
    for (const TableId& table : ChangedBy(query)) {
      if (Here(Operation::kTruncate) < registry_.After(table)) continue;
      const Error why{ErrorKind::kUnsupported,
                      ErrorCode::kStatementEvent,
                      fmt::format("{}:{}: a statement seems to change {}: {}", position_.file(),
                                  at_, table.ToString(), query.text.substr(0, 200)),
                      {}};
      RETURN_IF_ERROR(StopTable(table, why));
    }
  }
  if (!state_.inside()) EndGroup();
  return {};
}

// Of the tables that are followed: those that the statement names as what it changes, whatever the
// case where none has just that name; all of them where it does not name any.
std::vector<TableId> Assembler::ChangedBy(const QueryEvent& query) const {
  const auto named =
      TablesChangedBy(query.text, query.database, DialectOf(query.sql_mode, options_.is_mariadb));
  std::vector<TableId> changed;
  for (const auto& [table, entry] : registry_.tables()) {
    const auto is_named = [&](const TableId& name) {
      if (name == table) return true;
      return registry_.Find(name) == nullptr && SameName(name.database, table.database) &&
             SameName(name.table, table.table);
    };
    if (!options_.wants(table)) continue;
    if (!named || std::ranges::any_of(*named, is_named)) changed.push_back(table);
  }
  return changed;
}

Status Assembler::OnDdl(const EventView& view, const QueryEvent& query) {
  RETURN_IF_ERROR(state_.inside() ? Status() : state_.Single(Unnamed(view.header)));
  // One that has begun may fail yet; until it has been done rows have the columns of before.
  const bool done = alter_ == AlterPhase::kWhole || alter_ == AlterPhase::kCommit;
  if (!done || ComesAgain()) {
    if (!state_.inside()) EndGroup();
    return {};
  }
  const SourceTransaction& transaction = state_.transaction();
  Timestamp committed_at = transaction.committed_at;
  if (committed_at == SecondOf(view.header)) {
    committed_at = Timestamp(committed_at.value() + query.microseconds);
  }
  const DdlStatement statement{
      .text = StatementText(query.text, query.client_collation),
      .default_database = std::string(query.database),
      .database_charset = std::string(CharsetOfCollation(query.database_collation)),
      .sql_mode = query.sql_mode,
      .sequence = Here(Operation::kTruncate),
      .committed_at = committed_at,
      .gtid = transaction.gtid,
      .started_at = Timestamp(SecondOf(view.header).value() + query.microseconds),
      .time_zone = std::string(query.time_zone),
      .explicit_timestamps = query.ExplicitTimestamps(options_.is_mariadb),
      .may_do_nothing = !options_.is_mariadb && !query.has_ddl_xid,
      .names_temporary = view.header.names_temporary()};
  std::vector<DdlEffect> effects = TRY(handler_.Apply(statement, registry_));
  for (const DdlEffect& effect : effects) {
    if (registry_.Find(TableOf(effect))) RETURN_IF_ERROR(CheckPlace(TableOf(effect)));
  }
  std::erase_if(effects, [&](const DdlEffect& effect) {
    return statement.sequence < registry_.After(TableOf(effect));
  });
  const bool changes_schema = std::any_of(effects.begin(), effects.end(), [](const auto& effect) {
    return std::holds_alternative<SchemaChange>(effect);
  });
  if (changes_schema && !round_.empty()) {
    ddl_ = PendingDdl{std::move(effects)};
    return {};
  }
  RETURN_IF_ERROR(ApplyEffects(std::move(effects)));
  if (!state_.inside()) EndGroup();
  return {};
}

// With GTIDs a server sends what it thinks we lack. What lies before the place up to where all was
// read cannot be lacking in the log that was read: bronze would take it for a repeat.
Status Assembler::CheckPlace(const TableId& table) const {
  if (!options_.by_gtid || !position_.IsBeforeStart(at_)) return {};
  return Err(ErrorKind::kInvalidInput, ErrorCode::kSourceReplaced,
             fmt::format("{}:{}: {} of {} lies before the place up to where all was read: this is "
                         "not the log that was read",
                         position_.file(), at_, state_.transaction().id, table.ToString()));
}

Status Assembler::ApplyEffects(std::vector<DdlEffect> effects) {
  for (DdlEffect& effect : effects) {
    if (auto* change = std::get_if<SchemaChange>(&effect)) {
      RETURN_IF_ERROR(ApplySchemaChange(std::move(*change)));
      continue;
    }
    const auto schema = registry_.Find(std::get<TableTruncated>(effect).table);
    if (schema == nullptr) continue;
    RETURN_IF_ERROR(round_.AppendTruncate(schema, Place()));
    ++next_row_;
  }
  return {};
}

Status Assembler::ApplySchemaChange(SchemaChange change) {
  const bool goes_on = change.kind == SchemaChangeKind::kAlter;
  const bool was_stopped = tables_.IsStopped(change.table);
  if (change.cannot_follow || change.kind == SchemaChangeKind::kReplace) {
    tables_.Stop(change.table);
  } else if (!goes_on) {
    tables_.Resume(change.table);
  }
  if (change.after != nullptr) {
    registry_.Put(change.after);
  } else if (!goes_on) {
    registry_.Erase(change.table);
  }
  // What a table that has stopped becomes is of no concern until it ends.
  if (goes_on && was_stopped) return {};
  return round_.AppendSchemaChange(std::move(change));
}

// A name that is captured has rows that nobody told: made where the log does not show it, or by a
// statement that is not understood.
Status Assembler::ReplaceUnknown(const TableId& table) {
  const Sequence here = Here(Operation::kTruncate);
  const auto known = gone_.find(table);
  if (known != gone_.end() && here < known->second) return {};
  if (auto absent = TRY(handler_.AbsentAt(table))) {
    absent->epoch = position_.epoch();
    gone_[table] = absent->Floor();
    if (here < absent->Floor()) return {};
  }
  SchemaChange change;
  change.kind = SchemaChangeKind::kReplace;
  change.table = table;
  change.sequence = here;
  change.committed_at = state_.transaction().committed_at;
  change.gtid = state_.transaction().gtid;
  return ApplySchemaChange(std::move(change));
}

Status Assembler::StopTable(const TableId& table, const Error& why) {
  if (!tables_.Stop(table)) return {};
  SchemaChange change;
  change.table = table;
  change.sequence = Here(Operation::kTruncate);
  change.committed_at = state_.transaction().committed_at;
  change.gtid = state_.transaction().gtid;
  change.after = registry_.Find(table);
  change.cannot_follow = why;
  return round_.AppendSchemaChange(std::move(change));
}

Status Assembler::OnPayload(const EventView& view) {
  if (payload_) {
    return Err(ErrorKind::kCorruption, ErrorCode::kBinlogGrammar, "a payload within a payload");
  }
  payload_ = TRY(TransactionPayload::Open(view.body));
  return RunPayload();
}

Status Assembler::RunPayload() {
  while (!waiting() && !full()) {
    const Bytes event = TRY(payload_->Next());
    if (event.empty()) {
      payload_.reset();
      return {};
    }
    RETURN_IF_ERROR(OnEvent(TRY(ParseEvent(event, Checksum::kNone))));
  }
  return {};
}

EventPlace Assembler::Place() const {
  return {.epoch = position_.epoch(),
          .file_number = position_.file_number(),
          .position = at_,
          .first_row = next_row_,
          .transaction_number = state_.number(),
          .transaction = &state_.transaction()};
}

Sequence Assembler::Here(Operation operation) const {
  return {position_.epoch().value(), position_.file_number(), at_, next_row_, operation};
}

Status Assembler::OnTableMap(Bytes body) {
  if (prepared_.collecting()) return prepared_.Keep(EventType::kTableMap, body);
  if (ComesAgain()) return {};
  const TableMapCache::Entry* entry =
      TRY(tables_.Learn(body, short_ids_, Here(Operation::kTruncate)));
  if (entry->mismatch) {
    const Error why = *entry->mismatch;  // stopping may change the entry
    return StopTable(TableId(entry->table), why);
  }
  if (const auto refused = options_.refused.find(entry->table);
      refused != options_.refused.end() && entry->wanted && !entry->below) {
    return StopTable(refused->first, refused->second);
  }
  if (entry->unknown) return ReplaceUnknown(TableId(entry->table));
  return {};
}

// Rows of a compressed event are more than its bytes, by what nobody knows yet.
bool Assembler::HasRoomFor(Bytes body) const {
  return round_.bytes() == 0 || round_.bytes() + body.size() <= options_.round_bytes;
}

Status Assembler::OnRows(EventType type, Bytes body) {
  const std::uint64_t id = TableIdOfRowsEvent(body, short_ids_);
  if (id == kNoTable) return {};
  if (prepared_.collecting()) return prepared_.Keep(type, body);
  if (ComesAgain()) return {};
  const TableMapCache::Entry* entry = tables_.Find(id);
  if (entry == nullptr || !state_.inside()) {
    return Err(ErrorKind::kCorruption, ErrorCode::kBinlogGrammar,
               fmt::format("{}:{}: rows of table number {} {}", position_.file(), at_, id,
                           entry == nullptr ? "without a table map" : "outside a transaction"));
  }
  if (!entry->plan) {
    ++counters_.skipped_rows_events;
    return {};
  }
  RETURN_IF_ERROR(CheckPlace(TableId(entry->table)));
  // What is kept of a prepared transaction is gone when it has been replayed.
  if (!replaying_ && !HasRoomFor(body)) {
    rows_ = PendingRows{type, body};
    return {};
  }
  return AppendRows(type, body);
}

Status Assembler::AppendRows(EventType type, Bytes body) {
  const TableMapCache::Entry* entry = tables_.Find(TableIdOfRowsEvent(body, short_ids_));
  RowsEvent event;
  RETURN_IF_ERROR(ParseRowsEvent(type, body, short_ids_, event));
  const std::uint64_t refused = round_.quarantined();
  auto rows = round_.AppendRows(*entry->plan, event, Place());
  if (!rows && ConcernsOneTable(rows.error())) {
    return StopTable(TableId(entry->table), rows.error());
  }
  const std::uint64_t count = TRY(std::move(rows));
  next_row_ += count;
  counters_.rows += count;
  counters_.quarantined += round_.quarantined() - refused;
  return {};
}

Result<std::unique_ptr<RoundAssembler>> RoundAssembler::Open(AssemblerOptions options,
                                                             const SourcePosition& from,
                                                             SchemaRegistry& registry,
                                                             DdlHandler& handler) {
  StreamPosition position = TRY(StreamPosition::Open(from, options.is_mariadb, options.by_gtid));
  auto assembler =
      std::make_unique<Assembler>(std::move(options), std::move(position), registry, handler);
  RETURN_IF_ERROR(assembler->Begin());
  return assembler;
}

}  // namespace foreset::mysql
