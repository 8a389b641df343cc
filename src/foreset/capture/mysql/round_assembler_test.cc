// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/round_assembler.h"

#include <deque>

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/base/errors/source.h"
#include "foreset/capture/mysql/stream_position.h"
#include "foreset/capture/mysql/testing/event_writer.h"

namespace foreset::mysql {
namespace {

using testing::EventWriter;
using ::testing::HasSubstr;
using testing::Int;

constexpr std::string_view kServer = "00000000-0000-0000-0000-000000000001";

TableSchema ItemsSchema() {
  ColumnSchema id{.name = "id", .type = SourceType::kInt, .nullable = false};
  ColumnSchema name{
      .name = "name", .type = SourceType::kVarChar, .length = 40, .charset = "utf8mb4"};
  return {
      .id = {"shop", "items"}, .columns = {id, name}, .key_kind = KeyKind::kPrimary, .key = {0}};
}

// ALTER adds a schema version; DROP, CREATE and TRUNCATE do what they say.
class SimpleDdl final : public DdlHandler {
 public:
  Result<std::vector<DdlEffect>> Apply(const DdlStatement& statement,
                                       const SchemaRegistry& schemas) override {
    seen.push_back(statement.text);
    const TableId items{"shop", "items"};
    const auto schema = schemas.Find(items);
    std::vector<DdlEffect> effects;
    if (statement.text.starts_with("TRUNCATE")) effects.emplace_back(TableTruncated{items});
    if (statement.text.starts_with("DROP")) {
      effects.emplace_back(SchemaChange{
          .kind = SchemaChangeKind::kDrop, .table = items, .sequence = statement.sequence});
    }
    if (statement.text.starts_with("CREATE")) {
      TableSchema made = dropped;
      made.version = schemas.NextVersion(items);
      effects.emplace_back(SchemaChange{.kind = SchemaChangeKind::kCreate,
                                        .table = items,
                                        .sequence = statement.sequence,
                                        .after = std::make_shared<const TableSchema>(made)});
    }
    if (statement.text.starts_with("ALTER")) {
      TableSchema next = *schema;
      next.version = next.version.Next();
      effects.emplace_back(SchemaChange{.table = items,
                                        .sequence = statement.sequence,
                                        .after = std::make_shared<const TableSchema>(next)});
    }
    return effects;
  }
  Result<std::optional<SourcePosition>> AbsentAt(const TableId& /*table*/) override {
    ++asked;
    return absent_at;
  }
  std::vector<std::string> seen;
  TableSchema dropped = ItemsSchema();  // what CREATE makes
  std::optional<SourcePosition> absent_at;
  int asked = 0;
};

// A stream of shop.items, and what came of it.
class RoundAssemblerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    registry_.Put(std::make_shared<const TableSchema>(ItemsSchema()));
    Open({.by_gtid = true});
  }

  void Open(AssemblerOptions options,
            SourcePosition from = {.file = "binlog.000001", .offset = 4}) {
    if (!options.wants) options.wants = [](const TableId& t) { return t.database == "shop"; };
    assembler_ = RoundAssembler::Open(std::move(options), from, registry_, ddl_).value();
    Feed(writer_.FormatDescription());
  }

  Status TryFeed(const std::string& event) {
    kept_.push_back(event);
    return assembler_->Feed(AsBytes(kept_.back()));
  }
  void Feed(const std::string& event) {
    const Status status = TryFeed(event);
    ASSERT_TRUE(status) << status.error().ToString();
  }
  void FeedMap() { Feed(writer_.Event(EventType::kTableMap, EventWriter::ItemsMap())); }
  std::string Insert(const std::string& rows) {
    return writer_.Event(EventType::kWriteRows, EventWriter::RowsBody(false, rows));
  }
  void FeedInsert(const std::string& rows) {
    FeedMap();
    Feed(Insert(rows));
  }
  // One transaction with one row.
  void FeedTransaction(std::uint64_t number, std::uint32_t id) {
    Feed(writer_.Gtid(number));
    Feed(writer_.Query("BEGIN"));
    FeedInsert(EventWriter::Item(id, "x"));
    Feed(writer_.Xid());
  }

  CaptureRound Take() { return assembler_->Take().value(); }
  static const ChangeBatch& BatchOf(const CaptureRound& round, std::size_t item = 0) {
    return *std::get<std::shared_ptr<const ChangeBatch>>(round.items.at(item));
  }
  static std::vector<std::int32_t> Ids(const ChangeBatch& batch) {
    const auto& ids = static_cast<const arrow::Int32Array&>(*batch.after->column(0));
    return {ids.raw_values(), ids.raw_values() + ids.length()};
  }

  EventWriter writer_;
  SchemaRegistry registry_;
  SimpleDdl ddl_;
  std::unique_ptr<RoundAssembler> assembler_;
  std::deque<std::string> kept_;
};

TEST_F(RoundAssemblerTest, TransactionsOfARoundShareABatch) {
  const std::uint64_t start = writer_.position();
  Feed(writer_.Gtid(1, 1'700'000'000'123'456));
  Feed(writer_.Query("BEGIN"));
  FeedMap();
  const std::uint64_t rows_at = writer_.position();
  Feed(Insert(EventWriter::Item(1, "a") + EventWriter::Item(2, "")));
  Feed(writer_.Xid());
  FeedTransaction(2, 3);
  EXPECT_FALSE(assembler_->in_transaction());

  const CaptureRound round = Take();
  EXPECT_TRUE(round.complete);
  EXPECT_EQ(round.transactions, 2U);
  ASSERT_EQ(round.items.size(), 1U);
  const ChangeBatch& batch = BatchOf(round);
  EXPECT_EQ(Ids(batch), (std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_EQ(batch.after->column(1)->null_count(), 1);
  EXPECT_EQ(batch.before->column(0)->null_count(), 3);
  EXPECT_EQ(batch.sequences[0], Sequence(0, 1, rows_at, 0, Operation::kInsert));
  EXPECT_EQ(batch.sequences[1], Sequence(0, 1, rows_at, 1, Operation::kInsert));
  EXPECT_EQ(batch.TransactionOf(0).committed_at, Timestamp(1'700'000'000'123'456));
  EXPECT_EQ(batch.TransactionOf(0).offset, start);
  EXPECT_EQ(batch.TransactionOf(2).gtid, std::string(kServer) + ":2");
  EXPECT_EQ(round.end.gtid_set, std::string(kServer) + ":1-2");
  EXPECT_EQ(round.end.offset, writer_.position());
}

TEST_F(RoundAssemblerTest, ARoundTakenWithinATransactionIsIncompleteAndEndsBeforeIt) {
  FeedTransaction(1, 1);
  const SourcePosition before = assembler_->position();
  Feed(writer_.Gtid(2));
  Feed(writer_.Query("BEGIN"));
  FeedInsert(EventWriter::Item(2, "x"));
  const CaptureRound piece = Take();
  EXPECT_FALSE(piece.complete);
  EXPECT_EQ(piece.end, before);
  EXPECT_EQ(BatchOf(piece).size(), 2U);
  Feed(Insert(EventWriter::Item(3, "x")));
  Feed(writer_.Xid());
  const CaptureRound rest = Take();
  EXPECT_TRUE(rest.complete);
  EXPECT_EQ(Ids(BatchOf(rest)), std::vector<std::int32_t>{3});
  EXPECT_EQ(rest.end.offset, writer_.position());
}

TEST_F(RoundAssemblerTest, SchemaChangeWaitsForTheRoundBeforeIt) {
  FeedTransaction(1, 1);
  const SourcePosition before = assembler_->position();
  Feed(writer_.Gtid(2));
  Feed(writer_.Query("ALTER TABLE items ADD x INT"));
  EXPECT_TRUE(assembler_->full());
  EXPECT_TRUE(assembler_->suspended());
  const CaptureRound first = Take();
  EXPECT_TRUE(first.complete);
  EXPECT_EQ(first.end, before);
  EXPECT_EQ(registry_.Find({"shop", "items"})->version, SchemaVersion(1));
  ASSERT_TRUE(assembler_->Resume());
  EXPECT_FALSE(assembler_->suspended());
  FeedTransaction(3, 2);
  const CaptureRound second = Take();
  ASSERT_EQ(second.items.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<SchemaChange>(second.items[0]));
  EXPECT_EQ(BatchOf(second, 1).schema->version, SchemaVersion(2));
  EXPECT_EQ(second.end.gtid_set, std::string(kServer) + ":1-3");
}

TEST_F(RoundAssemblerTest, TruncateIsARowOfItsOwn) {
  FeedTransaction(1, 1);
  Feed(writer_.Gtid(2));
  Feed(writer_.Query("TRUNCATE TABLE items"));
  FeedTransaction(3, 2);
  const CaptureRound round = Take();
  ASSERT_EQ(round.items.size(), 1U);
  EXPECT_EQ(BatchOf(round).operations,
            (std::vector{Operation::kInsert, Operation::kTruncate, Operation::kInsert}));
  EXPECT_EQ(BatchOf(round).after->column(0)->null_count(), 1);
}

TEST_F(RoundAssemblerTest, RolledBackRowsAreTakenBack) {
  FeedTransaction(1, 1);
  Feed(writer_.Gtid(2));
  Feed(writer_.Query("BEGIN"));
  FeedInsert(EventWriter::Item(2, "x"));
  Feed(writer_.Query("SAVEPOINT `s`"));
  Feed(Insert(EventWriter::Item(3, "x") + EventWriter::Item(4, "x")));
  Feed(writer_.Query("ROLLBACK TO `s`"));
  Feed(Insert(EventWriter::Item(5, "x")));
  Feed(writer_.Query("SAVEPOINT `t`"));
  Feed(Insert(EventWriter::Item(6, "x")));
  Feed(writer_.Query("ROLLBACK TO `t`"));
  Feed(writer_.Query("COMMIT"));
  Feed(writer_.Gtid(3));
  Feed(writer_.Query("BEGIN"));
  FeedInsert(EventWriter::Item(7, "x"));
  Feed(writer_.Query("ROLLBACK"));
  FeedTransaction(4, 8);
  EXPECT_EQ(Ids(BatchOf(Take())), (std::vector<std::int32_t>{1, 2, 5, 8}));
}

TEST_F(RoundAssemblerTest, RollbackAfterAPieceStopsTheStream) {
  Feed(writer_.Gtid(1));
  Feed(writer_.Query("BEGIN"));
  FeedInsert(EventWriter::Item(1, "x"));
  Take();
  const Status status = TryFeed(writer_.Query("ROLLBACK"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kRollbackTooLate);
}

TEST_F(RoundAssemblerTest, PreparedRowsComeAtTheirCommit) {
  Feed(writer_.Gtid(1));
  Feed(writer_.Query("XA START X'61',X'',1"));
  FeedInsert(EventWriter::Item(1, "x"));
  Feed(writer_.Query("XA END X'61',X'',1"));
  Feed(writer_.XaPrepare("a"));
  FeedTransaction(2, 2);
  const CaptureRound before = Take();
  EXPECT_TRUE(before.complete);
  EXPECT_EQ(Ids(BatchOf(before)), std::vector<std::int32_t>{2});
  EXPECT_EQ(before.end.gtid_set, std::string(kServer) + ":2");  // the prepared one is to come again
  Feed(writer_.Gtid(3));
  const std::uint64_t commit_at = writer_.position();
  Feed(writer_.Query("XA COMMIT 'a'"));
  const CaptureRound after = Take();
  EXPECT_EQ(BatchOf(after).sequences[0], Sequence(0, 1, commit_at, 0, Operation::kInsert));
  EXPECT_EQ(BatchOf(after).TransactionOf(0).gtid, std::string(kServer) + ":3");
  EXPECT_EQ(after.end.gtid_set, std::string(kServer) + ":1-3");
}

TEST_F(RoundAssemblerTest, WithoutGtidsAPreparedTransactionHoldsNothingBack) {
  Open({.by_gtid = false});
  const std::uint64_t prepared_at = writer_.position();
  Feed(writer_.Query("XA START 'a'"));
  FeedInsert(EventWriter::Item(1, "x"));
  Feed(writer_.XaPrepare("a"));
  Feed(writer_.Query("BEGIN"));
  FeedInsert(EventWriter::Item(2, "x"));
  Feed(writer_.Xid());
  const CaptureRound open = Take();
  EXPECT_TRUE(open.complete);
  EXPECT_EQ(Ids(BatchOf(open)), std::vector<std::int32_t>{2});
  EXPECT_EQ(open.end.offset, writer_.position());
  ASSERT_EQ(open.end.open.size(), 1U);
  EXPECT_EQ(open.end.open[0].id, "X'61',X'',1");
  EXPECT_EQ(open.end.open[0].prepared_at, Timestamp(1'700'000'000'000'000));
  EXPECT_EQ(AskedFrom(open.end).offset, prepared_at);
  Feed(writer_.Query("XA ROLLBACK 'a'"));
  const CaptureRound round = Take();
  EXPECT_TRUE(round.complete);
  EXPECT_TRUE(round.items.empty());
  EXPECT_TRUE(round.end.open.empty());
}

TEST_F(RoundAssemblerTest, ACommitWhoseRowsWereNotReadStopsTheStream) {
  registry_.Put(std::make_shared<const TableSchema>(ItemsSchema()),
                Sequence(0, 1, writer_.position() + 300, 0, Operation::kSnapshot));
  Feed(writer_.Gtid(1));
  Feed(writer_.Query("XA COMMIT 'a'"));  // no table has begun
  writer_.set_position(writer_.position() + 300);
  Feed(writer_.Query("XA ROLLBACK 'a'"));
  const Status status = TryFeed(writer_.Query("XA COMMIT 'a'"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, source_error::kXaUnknown);
  EXPECT_THAT(status.error().message, HasSubstr("X'61',X'',1"));
}

TEST_F(RoundAssemblerTest, ANameWithRowsThatNobodyToldIsReplacedOnce) {
  registry_.Erase({"shop", "items"});
  FeedTransaction(1, 1);
  FeedTransaction(2, 2);
  const CaptureRound round = Take();
  ASSERT_EQ(round.items.size(), 1U);
  const auto& change = std::get<SchemaChange>(round.items[0]);
  EXPECT_EQ(change.kind, SchemaChangeKind::kReplace);
  EXPECT_EQ(change.table, (TableId{"shop", "items"}));
  EXPECT_EQ(change.after, nullptr);
  EXPECT_FALSE(change.cannot_follow);
}

TEST_F(RoundAssemblerTest, RowsOfATableThatHasGoneSinceAreOfNoConcern) {
  registry_.Erase({"shop", "items"});
  const std::uint64_t now = writer_.position() + 1000;
  ddl_.absent_at = SourcePosition{.file = "binlog.000001", .offset = now};
  FeedTransaction(1, 1);
  FeedTransaction(2, 2);
  EXPECT_TRUE(Take().items.empty());
  EXPECT_EQ(ddl_.asked, 1);
  writer_.set_position(now);
  ddl_.absent_at.reset();  // another one of that name was made
  FeedTransaction(3, 3);
  const CaptureRound round = Take();
  ASSERT_EQ(round.items.size(), 1U);
  EXPECT_EQ(std::get<SchemaChange>(round.items[0]).kind, SchemaChangeKind::kReplace);
  EXPECT_EQ(ddl_.asked, 2);
}

TEST_F(RoundAssemblerTest, AStoppedTableIsPassedOverUntilItEnds) {
  Open({.by_gtid = true, .stopped = {{"shop", "items"}}});
  FeedTransaction(1, 1);
  Feed(writer_.Gtid(2));
  Feed(writer_.Query("ALTER TABLE items ADD x INT"));
  FeedTransaction(3, 2);
  EXPECT_TRUE(Take().items.empty());
  Feed(writer_.Query("DROP TABLE items"));
  Feed(writer_.Query("CREATE TABLE items (id INT)"));
  Take();
  ASSERT_TRUE(assembler_->Resume());
  FeedTransaction(6, 3);
  const CaptureRound round = Take();
  ASSERT_EQ(round.items.size(), 2U);
  EXPECT_EQ(std::get<SchemaChange>(round.items[0]).kind, SchemaChangeKind::kCreate);
  EXPECT_EQ(Ids(BatchOf(round, 1)), std::vector<std::int32_t>{3});
}

TEST_F(RoundAssemblerTest, ATableThatIsRefusedStopsAtItsFirstChangeOrAtTheBeginning) {
  const Error why{ErrorKind::kUnsupported, source_error::kSystemVersioned, "shop.items", {}};
  for (const SchemaChangeKind kind : {SchemaChangeKind::kAlter, SchemaChangeKind::kCreate}) {
    Open({.by_gtid = true, .refused = {{{"shop", "items"}, why}}});
    FeedTransaction(1, 1);
    FeedTransaction(2, 2);
    const CaptureRound round = Take();
    ASSERT_EQ(round.items.size(), 1U);
    EXPECT_EQ(std::get<SchemaChange>(round.items[0]).cannot_follow, why);
    EXPECT_EQ(std::get<SchemaChange>(round.items[0]).kind, kind);
    registry_.Erase({"shop", "items"});
  }
}

TEST_F(RoundAssemblerTest, AnAlterThatIsToldTwiceCountsWhereItIsDone) {
  Open({.is_mariadb = true, .by_gtid = true});
  constexpr std::uint8_t kStandalone = 1;
  const auto alter = [&](std::uint64_t number, std::string_view extra) {
    Feed(writer_.MariaGtid(number, kStandalone, extra));
    Feed(writer_.Query("ALTER TABLE items ADD x INT"));
  };
  alter(1, "\x02");              // begins
  alter(2, "\x08" + Int(1, 8));  // fails
  alter(3, "\x02");              // begins
  Feed(writer_.MariaGtid(4, 0));
  FeedInsert(EventWriter::Item(1, "x"));
  Feed(writer_.Xid());
  EXPECT_TRUE(ddl_.seen.empty());
  alter(5, "\x04" + Int(3, 8));  // is done
  EXPECT_EQ(ddl_.seen.size(), 1U);
  EXPECT_EQ(Ids(BatchOf(Take())), std::vector<std::int32_t>{1});
  ASSERT_TRUE(assembler_->Resume());
  EXPECT_EQ(registry_.Find({"shop", "items"})->version, SchemaVersion(2));
  EXPECT_EQ(assembler_->position().gtid_set, "0-1-5");
}

TEST_F(RoundAssemblerTest, TransactionInAPayloadIsHandedOutInPieces) {
  std::string inner = EventWriter::Inner(EventType::kQuery, EventWriter::QueryBody("BEGIN"));
  inner += EventWriter::Inner(EventType::kTableMap, EventWriter::ItemsMap());
  for (std::uint32_t i = 0; i < 5; ++i) {
    inner += EventWriter::Inner(EventType::kWriteRows,
                                EventWriter::RowsBody(false, EventWriter::Item(i, "x")));
  }
  inner += EventWriter::Inner(EventType::kXid, Int(1, 8));
  assembler_->set_round_bytes(1);
  Feed(writer_.Gtid(1));
  const std::uint64_t start = writer_.position();
  const std::string not_compressed("\x02\x03\xfc\xff\0\0", 6);
  Feed(writer_.Event(EventType::kTransactionPayload, not_compressed + inner));
  std::vector<Sequence> sequences;
  while (assembler_->suspended()) {
    const CaptureRound piece = Take();
    EXPECT_FALSE(piece.complete);
    for (const Sequence& sequence : BatchOf(piece).sequences) sequences.push_back(sequence);
    ASSERT_TRUE(assembler_->Resume());
  }
  ASSERT_EQ(sequences.size(), 5U);
  for (std::uint64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(sequences[i], Sequence(0, 1, start, i, Operation::kInsert));
  }
  const CaptureRound last = Take();
  EXPECT_TRUE(last.complete);
  EXPECT_EQ(last.end.offset, writer_.position());
}

TEST_F(RoundAssemblerTest, RowsOfOtherTablesAreSkipped) {
  Open({.by_gtid = true, .wants = [](const TableId&) { return false; }});
  FeedTransaction(1, 1);
  const CaptureRound round = Take();
  EXPECT_TRUE(round.items.empty());
  EXPECT_EQ(round.transactions, 1U);
  EXPECT_EQ(round.end.offset, writer_.position());
  EXPECT_EQ(assembler_->counters().skipped_rows_events, 1U);
}

TEST_F(RoundAssemblerTest, RowsAndDdlBelowTheTablesStartArePassedOver) {
  registry_.Put(std::make_shared<const TableSchema>(ItemsSchema()),
                Sequence(0, 1, writer_.position() + 700, 0, Operation::kSnapshot));
  FeedTransaction(1, 1);
  Feed(writer_.Gtid(2));
  Feed(writer_.Query("ALTER TABLE items ADD x INT"));
  while (writer_.position() < 1000) FeedTransaction(3, 2);
  FeedTransaction(9, 3);
  const CaptureRound round = Take();
  ASSERT_EQ(round.items.size(), 1U);
  EXPECT_EQ(Ids(BatchOf(round)).back(), 3);
  EXPECT_LT(BatchOf(round).size(), 4U);
}

TEST_F(RoundAssemblerTest, TableThatDiffersFromItsSchemaStopsAlone) {
  TableSchema other = ItemsSchema();
  other.columns[1].name = "title";
  registry_.Put(std::make_shared<const TableSchema>(other));
  FeedTransaction(1, 1);
  FeedTransaction(2, 2);
  const CaptureRound round = Take();
  ASSERT_EQ(round.items.size(), 1U);
  const auto& stop = std::get<SchemaChange>(round.items[0]);
  ASSERT_TRUE(stop.cannot_follow);
  EXPECT_EQ(stop.cannot_follow->code, ErrorCode::kSchemaMismatch);
  EXPECT_TRUE(round.complete);
}

TEST_F(RoundAssemblerTest, IncompleteRowImageStopsTheTable) {
  Feed(writer_.Gtid(1));
  Feed(writer_.Query("BEGIN"));
  FeedMap();
  std::string body = EventWriter::RowsBody(false, EventWriter::Item(1, "x"));
  body[11] = '\x01';
  Feed(writer_.Event(EventType::kWriteRows, body));
  Feed(writer_.Xid());
  const CaptureRound round = Take();
  ASSERT_EQ(round.items.size(), 1U);
  EXPECT_EQ(std::get<SchemaChange>(round.items[0]).cannot_follow->code,
            ErrorCode::kRowImageIncomplete);
}

TEST_F(RoundAssemblerTest, UndecodableRowIsQuarantinedAndTheRestGoesOn) {
  Feed(writer_.Gtid(1));
  Feed(writer_.Query("BEGIN"));
  FeedInsert(EventWriter::Item(1, "a") + EventWriter::Item(2, "\xff") + EventWriter::Item(3, "c"));
  Feed(writer_.Xid());
  const CaptureRound round = Take();
  ASSERT_EQ(round.items.size(), 2U);
  EXPECT_EQ(Ids(BatchOf(round)), (std::vector<std::int32_t>{1, 3}));
  EXPECT_EQ(BatchOf(round).sequences.size(), 2U);
  const auto& record = std::get<QuarantinedRecord>(round.items[1]);
  EXPECT_EQ(record.sequence.row(), 1U);
  EXPECT_THAT(record.reason, HasSubstr("column name"));
  EXPECT_EQ(record.bytes, EventWriter::Item(2, "\xff"));
}

TEST_F(RoundAssemblerTest, StatementThatChangesACapturedTableStopsThatTable) {
  Feed(writer_.Gtid(1));
  Feed(writer_.Query("BEGIN"));
  Feed(writer_.Query("INSERT INTO elsewhere SELECT 'Items'"));
  EXPECT_FALSE(assembler_->has_items());
  Feed(writer_.Query("/* hi */ update Items set name = 'x'"));
  const CaptureRound round = Take();
  ASSERT_EQ(round.items.size(), 1U);
  const auto& why = std::get<SchemaChange>(round.items.front()).cannot_follow;
  EXPECT_TRUE(why && why->code == ErrorCode::kStatementEvent);
}

TEST_F(RoundAssemblerTest, UnknownEventsAreSkippedOnlyWhenIgnorable) {
  Feed(writer_.Event(static_cast<EventType>(99), "future", kFlagIgnorable));
  EXPECT_EQ(assembler_->counters().ignored_events, 1U);
  const Status status = TryFeed(writer_.Event(static_cast<EventType>(99), "future"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kBinlogEventUnknown);
  EXPECT_THAT(status.error().message, HasSubstr("667574757265"));
}

TEST_F(RoundAssemblerTest, IncidentStopsTheStream) {
  const Status status = TryFeed(writer_.Event(EventType::kIncident, Int(1, 2) + "\x04lost"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kBinlogIncident);
}

TEST_F(RoundAssemblerTest, WrongChecksumIsRefused) {
  std::string event = writer_.Gtid(1);
  event[30] ^= 1;
  const Status status = TryFeed(event);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kBinlogEventDamaged);
}

TEST_F(RoundAssemblerTest, RowsWithoutATableMapAreRefused) {
  Feed(writer_.Gtid(1));
  Feed(writer_.Query("BEGIN"));
  const Status status = TryFeed(Insert(EventWriter::Item(1, "x")));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kBinlogGrammar);
}

TEST_F(RoundAssemblerTest, PositionsGoOnBeyondFourGibibytes) {
  writer_.set_position((1ULL << 32U) - 300);
  Open({.by_gtid = true}, {.file = "binlog.000001", .offset = writer_.position()});
  FeedTransaction(1, 1);
  FeedTransaction(2, 2);
  const CaptureRound round = Take();
  EXPECT_GT(writer_.position(), 1ULL << 32U);
  EXPECT_EQ(round.end.offset, writer_.position());
  EXPECT_LT(BatchOf(round).sequences[0], BatchOf(round).sequences[1]);
}

TEST_F(RoundAssemblerTest, RotationLeadsToTheNextFile) {
  FeedTransaction(1, 1);
  Feed(writer_.Rotate("binlog.000002"));
  Feed(writer_.Rotate("binlog.000002", 4, true));
  Feed(writer_.FormatDescription());
  FeedTransaction(2, 2);
  const CaptureRound round = Take();
  EXPECT_EQ(round.end.file, "binlog.000002");
  EXPECT_EQ(BatchOf(round).sequences[1].file_number(), 2U);
}

TEST_F(RoundAssemblerTest, FileThatBeginsWithinATransactionDropsIt) {
  Feed(writer_.Gtid(1));
  Feed(writer_.Query("BEGIN"));
  FeedInsert(EventWriter::Item(1, "x"));
  Feed(writer_.Rotate("binlog.000002"));
  Feed(writer_.FormatDescription());
  FeedTransaction(2, 2);
  EXPECT_EQ(Ids(BatchOf(Take())), std::vector<std::int32_t>{2});
}

TEST_F(RoundAssemblerTest, IdlePositionFollowsHeartbeats) {
  FeedTransaction(1, 1);
  std::string heartbeat = writer_.Event(EventType::kHeartbeat, "binlog.000001");
  Feed(heartbeat);
  EXPECT_EQ(assembler_->position().offset, writer_.position());
}

TEST_F(RoundAssemblerTest, TheEndRemembersItsNewestTransaction) {
  const std::uint64_t begin = writer_.position();
  Feed(writer_.Gtid(1, 1'700'000'000'123'456));
  Feed(writer_.Query("BEGIN"));
  FeedInsert(EventWriter::Item(1, "a"));
  const std::string xid = writer_.Xid();
  Feed(xid);
  const std::uint64_t end = writer_.position();
  Feed(writer_.Rotate("binlog.000002"));
  const TransactionMark mark = Take().end.newest;
  EXPECT_EQ(mark.file, "binlog.000001");
  EXPECT_EQ(mark.file_begun, 1'700'000'000U);
  EXPECT_EQ(mark.begin, begin);
  EXPECT_EQ(mark.end, end);
  EXPECT_EQ(mark.gtid, std::string(kServer) + ":1");
  EXPECT_EQ(mark.original_commit, Timestamp(1'700'000'000'123'456));
  EXPECT_EQ(mark.checksum, ChecksumOf(ParseEvent(AsBytes(xid), Checksum::kCrc32).value()));
}

TEST_F(RoundAssemblerTest, RowsBeforeTheStartAreOfAnotherLog) {
  Open({.by_gtid = true}, {.file = "binlog.000001", .offset = 100'000, .gtid_set = {}});
  Feed(writer_.Gtid(1));
  Feed(writer_.Query("BEGIN"));
  FeedMap();
  const Status status = TryFeed(Insert(EventWriter::Item(1, "a")));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kSourceReplaced);
}

TEST_F(RoundAssemblerTest, WhatIsNotCapturedMayStandBeforeTheStart) {
  Open({.by_gtid = true, .wants = [](const TableId&) { return false; }},
       {.file = "binlog.000001", .offset = 100'000, .gtid_set = {}});
  FeedTransaction(1, 1);
  EXPECT_EQ(Take().end.offset, 100'000U);
}

}  // namespace
}  // namespace foreset::mysql
