// SPDX-License-Identifier: MIT
#include <deque>

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/base/errors/stops.h"
#include "foreset/capture/mysql/round_assembler.h"
#include "foreset/capture/mysql/row_limit.h"
#include "foreset/capture/mysql/testing/event_writer.h"

namespace foreset::mysql {
namespace {

using testing::EventWriter;
using ::testing::HasSubstr;
using testing::Int;

TableSchema ItemsSchema() {
  return {.id = {"shop", "items"},
          .columns =
              {{.name = "id", .type = SourceType::kInt, .nullable = false},
               {.name = "name", .type = SourceType::kVarChar, .length = 40, .charset = "utf8mb4"}},
          .key_kind = KeyKind::kPrimary,
          .key = {0}};
}

class NoDdl final : public DdlHandler {
 public:
  Result<std::vector<DdlEffect>> Apply(const DdlStatement& /*statement*/,
                                       const SchemaRegistry& /*schemas*/) override {
    return std::vector<DdlEffect>();
  }
  Result<std::optional<SourcePosition>> AbsentAt(const TableId& /*table*/) override {
    return std::optional<SourcePosition>();
  }
};

// A stream of shop.items whose rounds and rows are bounded.
class RoundLimitsTest : public ::testing::Test {
 protected:
  void Open(AssemblerOptions options) {
    registry_.Put(std::make_shared<const TableSchema>(ItemsSchema()));
    options.by_gtid = true;
    options.wants = [](const TableId& t) { return t.database == "shop"; };
    assembler_ = RoundAssembler::Open(std::move(options), {.file = "binlog.000001", .offset = 4},
                                      registry_, ddl_)
                     .value();
    Feed(writer_.FormatDescription());
  }
  void Feed(const std::string& event) {
    kept_.push_back(event);
    const Status status = assembler_->Feed(AsBytes(kept_.back()));
    ASSERT_TRUE(status) << status.error().ToString();
  }
  void Begin(std::uint64_t number) {
    Feed(writer_.Gtid(number));
    Feed(writer_.Query("BEGIN"));
    Feed(writer_.Event(EventType::kTableMap, EventWriter::ItemsMap()));
  }
  void FeedRows(const std::string& rows, bool update = false) {
    Feed(writer_.Event(update ? EventType::kUpdateRows : EventType::kWriteRows,
                       EventWriter::RowsBody(update, rows)));
  }
  std::vector<std::int32_t> TakeIds(bool complete) {
    const CaptureRound round = assembler_->Take().value();
    EXPECT_EQ(round.complete, complete);
    std::vector<std::int32_t> all;
    for (const CaptureItem& item : round.items) {
      const auto* batch = std::get_if<std::shared_ptr<const ChangeBatch>>(&item);
      if (batch == nullptr) continue;
      const auto& ids = static_cast<const arrow::Int32Array&>(*(*batch)->after->column(0));
      all.insert(all.end(), ids.raw_values(), ids.raw_values() + ids.length());
    }
    return all;
  }
  // Why the table stopped in the round.
  Error TakeStop() {
    const CaptureRound round = assembler_->Take().value();
    for (const CaptureItem& item : round.items) {
      const auto* change = std::get_if<SchemaChange>(&item);
      if (change != nullptr && change->cannot_follow) return *change->cannot_follow;
    }
    ADD_FAILURE() << "no table stopped";
    return {};
  }

  EventWriter writer_;
  SchemaRegistry registry_;
  NoDdl ddl_;
  std::unique_ptr<RoundAssembler> assembler_;
  std::deque<std::string> kept_;
};

const std::string kLong(40, 'x');

TEST_F(RoundLimitsTest, RowsThatARoundHasNoRoomForBeginTheNext) {
  Open({.round_bytes = 150});
  Begin(1);
  FeedRows(EventWriter::Item(1, kLong));
  EXPECT_FALSE(assembler_->full());
  FeedRows(EventWriter::Item(2, kLong));
  EXPECT_TRUE(assembler_->full());
  EXPECT_TRUE(assembler_->suspended());
  EXPECT_EQ(TakeIds(false), std::vector<std::int32_t>{1});
  ASSERT_TRUE(assembler_->Resume());
  EXPECT_FALSE(assembler_->suspended());
  Feed(writer_.Xid());
  EXPECT_EQ(TakeIds(true), std::vector<std::int32_t>{2});
}

TEST_F(RoundLimitsTest, RowsOfAPayloadBeginTheNextRoundToo) {
  Open({.round_bytes = 150});
  std::string inner = EventWriter::Inner(EventType::kQuery, EventWriter::QueryBody("BEGIN"));
  inner += EventWriter::Inner(EventType::kTableMap, EventWriter::ItemsMap());
  for (std::uint32_t id = 1; id <= 3; ++id) {
    inner += EventWriter::Inner(EventType::kWriteRows,
                                EventWriter::RowsBody(false, EventWriter::Item(id, kLong)));
  }
  inner += EventWriter::Inner(EventType::kXid, Int(1, 8));
  Feed(writer_.Gtid(1));
  const std::string not_compressed("\x02\x03\xfc\xff\0\0", 6);
  Feed(writer_.Event(EventType::kTransactionPayload, not_compressed + inner));
  for (std::int32_t id = 1; id <= 2; ++id) {
    ASSERT_TRUE(assembler_->suspended());
    EXPECT_EQ(TakeIds(false), std::vector<std::int32_t>{id});
    ASSERT_TRUE(assembler_->Resume());
  }
  EXPECT_FALSE(assembler_->suspended());
  EXPECT_EQ(TakeIds(true), std::vector<std::int32_t>{3});
}

TEST_F(RoundLimitsTest, ARowThatIsTooLargeStopsItsTableByName) {
  Open({.largest_row = 40});
  Begin(1);
  FeedRows(EventWriter::Item(1, "x") + EventWriter::Item(2, "y") + EventWriter::Item(3, "z"));
  FeedRows(EventWriter::Item(6, "x") + EventWriter::Item(7, kLong));
  FeedRows(EventWriter::Item(8, "x"));
  Feed(writer_.Xid());
  const Error why = TakeStop();
  EXPECT_EQ(why.code, stop_error::kRowTooLarge);
  EXPECT_THAT(why.message, HasSubstr("shop.items: the row where id = 7 has 4"));
  EXPECT_THAT(why.message, HasSubstr("one may have 40"));
}

TEST_F(RoundLimitsTest, EachImageOfAnUpdateCountsForItself) {
  Open({.largest_row = 50});
  Begin(1);
  FeedRows(EventWriter::Item(1, kLong) + EventWriter::Item(1, kLong), true);
  Feed(writer_.Xid());
  EXPECT_EQ(TakeIds(true), std::vector<std::int32_t>{1});
}

TEST(RowLimit, ARowOfAQueryIsNamedByItsKey) {
  const std::vector<const char*> values{"12", kLong.c_str()};
  const std::vector<unsigned long> lengths{2, kLong.size()};  // NOLINT(google-runtime-int)
  const SqlRowView row{values, lengths};
  EXPECT_TRUE(CheckRowSize(ItemsSchema(), row, 42));
  const Status refused = CheckRowSize(ItemsSchema(), row, 41);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "shop.items: the row where id = 12 has 42 bytes, one may have 41");
}

TEST(RowLimit, WithoutAKeyTheFirstColumnsNameTheRow) {
  TableSchema bare = ItemsSchema();
  bare.key.clear();
  const std::string bytes("\x01\xff", 2);
  const std::vector<const char*> values{nullptr, bytes.c_str()};
  const std::vector<unsigned long> lengths{0, 2};  // NOLINT(google-runtime-int)
  const Status refused = CheckRowSize(bare, SqlRowView{values, lengths}, 1);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("the row where id = NULL, name = 0x01ff has"));
}

}  // namespace
}  // namespace foreset::mysql
