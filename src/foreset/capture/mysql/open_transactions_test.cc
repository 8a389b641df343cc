// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "foreset/capture/mysql/gtid_set.h"
#include "foreset/capture/mysql/round_assembler.h"
#include "foreset/capture/mysql/stream_position.h"
#include "foreset/capture/mysql/testing/event_writer.h"

namespace foreset::mysql {
namespace {

using testing::EventWriter;
using testing::Int;

enum class Kind { kMySqlGtid, kMySqlFile, kMariaDb };

// A binlog with XA transactions that stay open while others come and go, as each server writes it.
// Every row has an id of its own.
class Log {
 public:
  struct Group {
    std::uint64_t number = 0;  // of its GTID
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::vector<std::string> events;
  };

  Log(Kind kind, unsigned seed, std::string file, std::uint64_t start)
      : kind_(kind), file_(std::move(file)) {
    description_ = writer_.FormatDescription();
    writer_.set_position(std::max(start, writer_.position()));
    start_ = writer_.position();
    std::mt19937 random(seed);
    Step(9, random);  // something to have a GTID
    while (groups_.size() < 40) Step(random() % 10, random);
    for (const auto& [xid, ids] : std::map(open_)) Finish(xid, true);
  }

  const std::vector<Group>& groups() const { return groups_; }
  const std::string& file() const { return file_; }
  const std::string& description() const { return description_; }
  std::uint64_t start() const { return start_; }
  const std::vector<std::int32_t>& committed() const { return committed_; }
  std::size_t alters() const { return alters_; }

 private:
  void Step(unsigned what, std::mt19937& random) {
    const std::string xid(1, static_cast<char>('a' + random() % 3));  // ids come back
    if (what < 3) {
      if (!open_.contains(xid)) Prepare(xid);
    } else if (what < 5) {
      if (open_.contains(xid)) Finish(xid, random() % 3 != 0);
    } else if (what < 6) {
      Begin(1);
      Put(writer_.Query("ALTER TABLE items ADD x INT"));
      ++alters_;
    } else {
      Begin(0);
      if (kind_ != Kind::kMariaDb) Put(writer_.Query("BEGIN"));
      Rows(committed_);
      Put(writer_.Xid());
    }
  }

  void Put(std::string event) {
    groups_.back().events.push_back(std::move(event));
    groups_.back().end = writer_.position();
  }

  // `flags` are MariaDB's.
  void Begin(std::uint8_t flags, std::string_view tail = {}) {
    const std::uint64_t number = groups_.size() + 1;
    groups_.push_back({.number = number, .begin = writer_.position(), .end = 0, .events = {}});
    if (kind_ == Kind::kMySqlGtid) Put(writer_.Gtid(number));
    if (kind_ == Kind::kMariaDb) Put(writer_.MariaGtid(number, flags, tail));
  }

  void Rows(std::vector<std::int32_t>& ids) {
    Put(writer_.Event(EventType::kTableMap, EventWriter::ItemsMap()));
    ids.push_back(++last_id_);
    Put(writer_.Event(EventType::kWriteRows,
                      EventWriter::RowsBody(
                          false, EventWriter::Item(static_cast<std::uint32_t>(last_id_), "x"))));
  }

  void Prepare(const std::string& xid) {
    Begin(64, Int(1, 4) + '\x01' + '\0' + xid);
    if (kind_ != Kind::kMariaDb) Put(writer_.Query("XA START '" + xid + "'"));
    Rows(open_[xid]);
    Put(writer_.Query("XA END '" + xid + "'"));
    Put(writer_.XaPrepare(xid));
  }

  void Finish(const std::string& xid, bool commits) {
    Begin(1 | 128, Int(1, 4) + '\x01' + '\0' + xid);
    Put(writer_.Query((commits ? "XA COMMIT '" : "XA ROLLBACK '") + xid + "'"));
    const auto ids = open_.extract(xid).mapped();
    if (commits) committed_.insert(committed_.end(), ids.begin(), ids.end());
  }

  Kind kind_;
  std::string file_;
  EventWriter writer_;
  std::string description_;
  std::uint64_t start_ = 0;
  std::vector<Group> groups_;
  std::map<std::string, std::vector<std::int32_t>> open_;
  std::vector<std::int32_t> committed_;
  std::int32_t last_id_ = 0;
  std::size_t alters_ = 0;
};

class AddsVersions final : public DdlHandler {
 public:
  Result<std::vector<DdlEffect>> Apply(const DdlStatement& statement,
                                       const SchemaRegistry& schemas) override {
    TableSchema next = *schemas.Find({"shop", "items"});
    next.version = next.version.Next();
    return std::vector<DdlEffect>{SchemaChange{.table = next.id,
                                               .sequence = statement.sequence,
                                               .after = std::make_shared<const TableSchema>(next)}};
  }
};

// What a lake has: what came with complete rounds, and the position of the last one.
class Reader {
 public:
  Reader(Kind kind, SourcePosition from) : kind_(kind), durable_(std::move(from)) {}

  // Follows `log` from the durable position, as its server would send it; dies after `rounds`.
  void Follow(const Log& log, std::size_t rounds) {
    SchemaRegistry registry;
    ColumnSchema id{.name = "id", .type = SourceType::kInt, .nullable = false};
    ColumnSchema name{
        .name = "name", .type = SourceType::kVarChar, .length = 40, .charset = "utf8mb4"};
    registry.Put(std::make_shared<const TableSchema>(TableSchema{.id = {"shop", "items"},
                                                                 .columns = {id, name},
                                                                 .key_kind = KeyKind::kPrimary,
                                                                 .key = {0}}));
    AddsVersions ddl;
    AssemblerOptions options;
    options.is_mariadb = kind_ == Kind::kMariaDb;
    options.by_gtid = kind_ != Kind::kMySqlFile;
    options.wants = [](const TableId&) { return true; };
    auto assembler = RoundAssembler::Open(options, durable_, registry, ddl).value();
    const SourcePosition asked = AskedFrom(durable_);
    EventWriter sender;
    std::vector<std::string> kept = {sender.Rotate(log.file(), asked.offset, true),
                                     log.description()};
    for (const std::string& event : kept) Feed(*assembler, event);
    for (const Log::Group& group : log.groups()) {
      if (!IsSent(group, asked)) continue;
      for (const std::string& event : group.events) {
        Feed(*assembler, event);
        while (assembler->full()) {
          Take(*assembler);
          if (rounds-- == 0) return;
          if (assembler->suspended()) {
            ASSERT_TRUE(assembler->Resume());
          }
        }
      }
      if (group.number % 3 != 0) continue;
      Take(*assembler);
      if (rounds-- == 0) return;
    }
    Take(*assembler);
  }

  std::vector<std::int32_t> ids;
  std::size_t alters = 0;
  SourcePosition& durable() { return durable_; }

 private:
  bool IsSent(const Log::Group& group, const SourcePosition& asked) const {
    if (kind_ == Kind::kMySqlFile) return group.begin >= asked.offset;
    if (kind_ == Kind::kMariaDb) {
      const MariaGtid gtid{0, 1, group.number};
      return asked.gtid_set.empty() ? group.begin >= asked.offset
                                    : !MariaGtidPosition::Parse(asked.gtid_set)->Contains(gtid);
    }
    const std::string text = "00000000-0000-0000-0000-000000000001:" + std::to_string(group.number);
    return !MySqlGtidSet::Parse(text)->IsSubsetOf(*MySqlGtidSet::Parse(asked.gtid_set));
  }

  static void Feed(RoundAssembler& assembler, const std::string& event) {
    const Status status = assembler.Feed(AsBytes(event));
    ASSERT_TRUE(status) << status.error().ToString();
  }

  void Take(RoundAssembler& assembler) {
    const CaptureRound round = assembler.Take().value();
    if (!round.complete) {
      ASSERT_TRUE(round.items.empty());
      return;
    }
    for (const CaptureItem& item : round.items) {
      if (std::holds_alternative<SchemaChange>(item)) ++alters;
      const auto* batch = std::get_if<std::shared_ptr<const ChangeBatch>>(&item);
      if (batch == nullptr) continue;
      const auto& values = static_cast<const arrow::Int32Array&>(*(*batch)->after->column(0));
      ids.insert(ids.end(), values.raw_values(), values.raw_values() + values.length());
    }
    durable_ = round.end;
  }

  Kind kind_;
  SourcePosition durable_;
};

std::vector<std::int32_t> Sorted(std::vector<std::int32_t> ids) {
  std::ranges::sort(ids);
  return ids;
}

class OpenTransactionsTest : public ::testing::TestWithParam<Kind> {};

// Whenever the process dies, and however often: every committed row comes once.
TEST_P(OpenTransactionsTest, EveryRowComesOnceWhereverTheReaderDies) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const Log log(GetParam(), seed, "binlog.000003", 4);
    for (std::size_t lives = 0; lives < 8; ++lives) {
      Reader reader(GetParam(), {.file = log.file(), .offset = log.start()});
      for (std::size_t life = 0; life < lives; ++life) reader.Follow(log, (seed + life) % 5);
      reader.Follow(log, 1000);
      ASSERT_EQ(Sorted(reader.ids), Sorted(log.committed())) << "seed " << seed;
      ASSERT_EQ(reader.alters, log.alters()) << "seed " << seed;
      ASSERT_TRUE(reader.durable().open.empty());
      ASSERT_EQ(reader.durable().offset, log.groups().back().end);
    }
  }
}

// The other server has the same transactions in other places.
TEST_P(OpenTransactionsTest, EveryRowComesOnceWhenAnotherServerTakesOver) {
  if (GetParam() == Kind::kMySqlFile) return;  // has nothing that another server knows
  for (unsigned seed = 0; seed < 40; ++seed) {
    const Log log(GetParam(), seed, "binlog.000003", 4);
    const Log other(GetParam(), seed, "other.000001", 777);
    Reader reader(GetParam(), {.file = log.file(), .offset = log.start()});
    reader.Follow(log, seed % 9);
    SourcePosition& durable = reader.durable();
    durable.epoch = durable.epoch.Next();
    durable.file.clear();
    durable.offset = 0;
    reader.Follow(other, (seed + 1) % 3);
    reader.Follow(other, 1000);
    ASSERT_EQ(Sorted(reader.ids), Sorted(log.committed())) << "seed " << seed;
    ASSERT_EQ(reader.alters, log.alters()) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Servers, OpenTransactionsTest,
                         ::testing::Values(Kind::kMySqlGtid, Kind::kMySqlFile, Kind::kMariaDb));

}  // namespace
}  // namespace foreset::mysql
