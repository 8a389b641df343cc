// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/change_builder.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/capture/debezium/declared_table.h"
#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/debezium/schema_follower.h"

namespace foreset::debezium {
namespace {

std::shared_ptr<const TableSchema> Table(std::vector<std::pair<std::string, std::string>> columns,
                                         std::vector<std::string> key = {}) {
  return std::make_shared<const TableSchema>(
      *SchemaOf({{"shop", "t"}, std::move(columns), std::move(key)}, false));
}

std::string Envelope(std::string_view op, std::string_view before, std::string_view after) {
  return fmt::format(R"({{"before":{},"after":{},"source":{{"file":"b.000001","pos":4,"row":0,)"
                     R"("ts_ms":1,"gtid":"u:1"}},"op":"{}"}})",
                     before, after, op);
}

// One column of a type under modes: what a JSON value becomes, as text; an error is its code.
class Column {
 public:
  explicit Column(const std::string& type, DebeziumModes modes = {})
      : modes_(modes), schema_(Table({{"v", type}})) {}

  std::string operator()(std::string_view json) {
    auto builder = ChangeBuilder::Open(schema_, modes_);
    const std::string text = Envelope("c", "null", fmt::format(R"({{"v":{}}})", json));
    const auto message = reader_.Read(text);
    if (!message) return message.error().ToString().substr(0, 5);
    const Status appended = builder->Append(*message, Sequence());
    if (!appended) return FormatCode(appended.error().code);
    const auto batch = *builder->Finish();
    const arrow::Array& array = *batch->after->column(0);
    if (array.IsNull(0)) {
      return batch->rescued.empty() ? "NULL" : "rescued " + batch->rescued[0].text;
    }
    if (array.type_id() == arrow::Type::BINARY) {
      std::string hex;
      for (const char c : static_cast<const arrow::BinaryArray&>(array).GetView(0)) {
        hex += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
      }
      return hex;
    }
    return (*array.GetScalar(0))->ToString();
  }

 private:
  DebeziumModes modes_;
  std::shared_ptr<const TableSchema> schema_;
  MessageReader reader_;
};

constexpr std::string_view kWrong = "E2323";

DebeziumModes With(std::string_view name, std::string_view value) {
  DebeziumModes modes;
  EXPECT_TRUE(SetMode(modes, name, value));
  return modes;
}

TEST(DebeziumValueTest, IntegersKeepTheirRange) {
  Column tiny("tinyint");
  EXPECT_EQ(tiny("-128"), "-128");
  EXPECT_EQ(tiny("128"), kWrong);
  EXPECT_EQ(tiny("true"), "1");
  EXPECT_EQ(tiny("\"1\""), kWrong);
  EXPECT_EQ(tiny("1.0"), kWrong);
  EXPECT_EQ(tiny("null"), "NULL");
  EXPECT_EQ(Column("int unsigned")("4294967295"), "4294967295");
  EXPECT_EQ(Column("int unsigned")("-1"), kWrong);
  EXPECT_EQ(Column("int")("true"), kWrong);
}

TEST(DebeziumValueTest, UnsignedLongsAreRecovered) {
  Column wrapped("bigint unsigned");
  EXPECT_EQ(wrapped("-1"), "18446744073709551615");
  EXPECT_EQ(wrapped("5"), "5");
  EXPECT_EQ(wrapped("\"Bw==\""), kWrong);
  Column precise("bigint unsigned", With("bigint.unsigned.handling.mode", "precise"));
  EXPECT_EQ(precise("\"AP//////////\""), "18446744073709551615");
  EXPECT_EQ(precise("\"AA==\""), "0");
  EXPECT_EQ(precise("\"/w==\""), kWrong);
  EXPECT_EQ(precise("-1"), kWrong);
}

TEST(DebeziumValueTest, DecimalsInEveryMode) {
  Column precise("decimal(10,2)");
  EXPECT_EQ(precise("\"tmn9Lg==\""), "-12345678.90");
  EXPECT_EQ(precise("\"BQ==\""), "0.05");
  EXPECT_EQ(precise("12.5"), "12.50");  // decimal.format NUMERIC
  EXPECT_EQ(precise("12.345"), kWrong);
  EXPECT_EQ(precise("\"AAU=\""), kWrong);          // more bytes than BigInteger writes
  EXPECT_EQ(precise("\"12.50\""), kWrong);         // another mode
  EXPECT_EQ(precise("\"f/////////8=\""), kWrong);  // too many digits
  Column text("decimal(10,2)", With("decimal.handling.mode", "string"));
  EXPECT_EQ(text("\"-12345678.90\""), "-12345678.90");
  EXPECT_EQ(text("\"1E+3\""), "1000.00");
  EXPECT_EQ(text("\"0.001\""), kWrong);
  EXPECT_EQ(text("\"123456789.00\""), kWrong);
  EXPECT_EQ(text("\"BQ==\""), kWrong);
  EXPECT_EQ(text("5"), kWrong);
  Column binary("decimal(10,2)", With("decimal.handling.mode", "double"));
  EXPECT_EQ(binary("-1.23456789E7"), "-12345678.90");
  EXPECT_EQ(binary("0.045"), "0.05");
  EXPECT_EQ(binary("-0.005"), "-0.01");
  EXPECT_EQ(binary("99999999.999"), kWrong);
  Column limit("decimal(65,30)", With("decimal.handling.mode", "double"));
  EXPECT_EQ(limit("1.0E35"), "rescued 1.0E35");  // 99999999999999999999999999999999999.9…
  EXPECT_EQ(limit("1.1E35"), kWrong);
  EXPECT_EQ(binary("\"5\""), kWrong);
  Column wide("decimal(65,30)", With("decimal.handling.mode", "string"));
  EXPECT_EQ(wide("\"1E-30\""), "0.000000000000000000000000000001");
  EXPECT_EQ(wide("\"-7\""), "-7.000000000000000000000000000000");
  Column digits("decimal(40,0)");
  EXPECT_EQ(digits("\"/w==\""), "-1");
}

TEST(DebeziumValueTest, DatesAndTimesInEveryMode) {
  EXPECT_EQ(Column("date")("19782"), "2024-02-29");
  EXPECT_EQ(Column("date")("99999999"), kWrong);
  EXPECT_EQ(Column("date", With("time.precision.mode", "isostring"))("\"2024-02-29Z\""),
            "2024-02-29");
  EXPECT_EQ(Column("date", With("time.precision.mode", "isostring"))("\"2024-02-30Z\""), kWrong);
  EXPECT_EQ(Column("time")("-3020399000000"), "-3020399000000");
  EXPECT_EQ(Column("time")("1"), kWrong);  // digits that the column does not have
  EXPECT_EQ(Column("time(6)")("3020400000000"), kWrong);
  EXPECT_EQ(Column("time(3)", With("time.precision.mode", "adaptive"))("45296789"), "45296789000");
  EXPECT_EQ(Column("time(6)", With("time.precision.mode", "adaptive"))("45296789123"),
            "45296789123");
  EXPECT_EQ(Column("time(6)", With("time.precision.mode", "isostring"))("\"12:34:56.789123Z\""),
            "45296789123");
  EXPECT_EQ(Column("time(6)", With("time.precision.mode", "nanoseconds"))("45296789123000"),
            "45296789123");
  EXPECT_EQ(Column("datetime")("1709251199000"), "2024-02-29 23:59:59.000000");
  EXPECT_EQ(Column("datetime")("1709251199000000"), kWrong);  // microseconds
  EXPECT_EQ(Column("datetime(6)")("1709251199123456"), "2024-02-29 23:59:59.123456");
  EXPECT_EQ(Column("datetime", With("time.precision.mode", "microseconds"))("1709251199000000"),
            "2024-02-29 23:59:59.000000");
  EXPECT_EQ(
      Column("datetime(6)", With("time.precision.mode", "nanoseconds"))("1709251199123456000"),
      "2024-02-29 23:59:59.123456");
  EXPECT_EQ(Column("datetime(6)",
                   With("time.precision.mode", "isostring"))("\"2024-02-29T23:59:59.123456Z\""),
            "2024-02-29 23:59:59.123456");
  EXPECT_EQ(Column("timestamp(3)")("\"2024-02-29T23:59:59.123+02:00\""),
            "2024-02-29 21:59:59.123000Z");
  EXPECT_EQ(Column("timestamp")("1709251199000"), kWrong);
  // The connector's stand-in for the zero date of a NOT NULL column.
  EXPECT_EQ(Column("timestamp(3)")("\"1970-01-01T00:00:00Z\""), "rescued 0000-00-00 00:00:00.000");
}

TEST(DebeziumValueTest, BytesInEveryMode) {
  EXPECT_EQ(Column("varbinary(9)")("\"3q2+7w==\""), "deadbeef");
  EXPECT_EQ(Column("varbinary(9)")("\"3q2-7w==\""), kWrong);
  EXPECT_EQ(Column("varbinary(9)", With("binary.handling.mode", "base64-url-safe"))("\"3q2-7w==\""),
            "deadbeef");
  EXPECT_EQ(Column("varbinary(9)", With("binary.handling.mode", "hex"))("\"DEADbeef\""),
            "deadbeef");
  EXPECT_EQ(Column("varbinary(9)", With("binary.handling.mode", "hex"))("\"xx\""), kWrong);
  EXPECT_EQ(Column("binary(4)")("\"3q0=\""), "dead0000");
  EXPECT_EQ(Column("bit(10)")("\"qgI=\""), "02aa");
  EXPECT_EQ(Column("bit(10)")("\"qgQ=\""), kWrong);
  EXPECT_EQ(Column("bit(1)")("true"), "true");
  EXPECT_EQ(Column("bit(1)")("1"), kWrong);
  EXPECT_EQ(Column("point")(R"({"x":1.5,"y":-2.5,"wkb":null,"srid":4326})"),
            "e6100000"
            "0101000000000000000000f83f00000000000004c0");
}

TEST(DebeziumValueTest, TextsAreTheServers) {
  EXPECT_EQ(Column("varchar(9)")(R"("\u00e9\ud83d\ude00\n")"), "é😀\n");
  EXPECT_EQ(Column("varchar(9)")(R"("\ud83d")"), kWrong);
  Column labels("enum('a','c,d')");
  EXPECT_EQ(labels(R"("c\\,d")"), "c,d");
  EXPECT_EQ(labels(R"("")"), "");
  EXPECT_EQ(labels(R"("x")"), kWrong);
  EXPECT_EQ(Column("set('x','y')")(R"("x,y")"), "x,y");
  EXPECT_EQ(Column("set('x','y')")(R"("x,z")"), kWrong);
  Column json("json");
  EXPECT_EQ(json(R"("{\"a\":[1,-2.5,1.0E100,\"\\u00e9\"],\"b\":{}}")"),
            R"({"a": [1, -2.5, 1e100, "é"], "b": {}})");
  EXPECT_EQ(json(R"("{\"a\":1.10}")"), R"({"a": 1.10})");
  EXPECT_EQ(json(R"("{\"a\"")"), kWrong);
  EXPECT_EQ(Column("year")("2155"), "2155");
  EXPECT_EQ(Column("year")("1900"), "0");
  EXPECT_EQ(Column("year")("1899"), kWrong);
  EXPECT_EQ(Column("vector(2)")("[1.0, x]"), "E2323");
}

TEST(ChangeBuilderTest, AnUnavailableValueIsNoValue) {
  const auto schema = Table({{"id", "int"}, {"b", "blob"}}, {"id"});
  auto builder = ChangeBuilder::Open(schema, {});
  MessageReader reader;
  const std::string placeholder = R"("X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==")";
  const std::string old = fmt::format(R"({{"id":1,"b":{}}})", placeholder);
  ASSERT_TRUE(builder->Append(*reader.Read(Envelope("u", old, R"({"id":1,"b":"AA=="})")), {}));
  const Status refused = builder->Append(*reader.Read(Envelope("u", old, old)), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRowImageIncomplete);
  EXPECT_EQ((*builder->Finish())->size(), 1U);
}

TEST(ChangeBuilderTest, AFailedRowLeavesNothingBehind) {
  const auto schema = Table({{"id", "int"}, {"a", "int"}}, {"id"});
  auto builder = ChangeBuilder::Open(schema, {});
  MessageReader reader;
  const auto append = [&](std::string_view after) {
    return builder->Append(*reader.Read(Envelope("c", "null", after)),
                           Sequence(0, 1, 4, 0, Operation::kInsert), Conform::kByName);
  };
  EXPECT_TRUE(append(R"({"id":1,"a":1})"));
  EXPECT_FALSE(append(R"({"id":"x","a":2})"));
  EXPECT_FALSE(append(R"({"id":2,"id":3})"));
  EXPECT_TRUE(append(R"({"a":4,"id":3,"more":[1,{"x":2}],"none":null})"));
  const auto batch = *builder->Finish();
  ASSERT_EQ(batch->size(), 2U);
  EXPECT_EQ(batch->after->column(1)->ToString(), "[\n  1,\n  4\n]");
  ASSERT_EQ(batch->rescued.size(), 1U);
  EXPECT_EQ(batch->rescued[0].row, 1U);
  EXPECT_EQ(batch->rescued[0].column, "more");
  EXPECT_EQ(batch->rescued[0].text, R"([1,{"x":2}])");
  EXPECT_EQ(*builder->Finish(), nullptr);
  EXPECT_TRUE(append(R"({"id":9})"));
  EXPECT_EQ((*builder->Finish())->after->column(1)->null_count(), 1);
}

TEST(ChangeBuilderTest, AValueOfAnotherTypeIsRescuedFromALateRow) {
  auto builder = ChangeBuilder::Open(Table({{"id", "int"}, {"a", "int"}}, {"id"}), {});
  MessageReader reader;
  const std::string text = Envelope("c", "null", R"({"id":1,"a":"x"})");
  ASSERT_FALSE(builder->Append(*reader.Read(text), {}));
  ASSERT_TRUE(builder->Append(*reader.Read(text), {}, Conform::kByName));
  const auto batch = *builder->Finish();
  EXPECT_EQ(batch->after->column(1)->null_count(), 1);
  ASSERT_EQ(batch->rescued.size(), 1U);
  EXPECT_EQ(batch->rescued[0].row, 0U);
  EXPECT_EQ(batch->rescued[0].column, "a");
}

TEST(ChangeBuilderTest, OtherColumnsAreAMismatchWhereNothingElseIsAsked) {
  auto builder = ChangeBuilder::Open(Table({{"id", "int"}, {"a", "int"}}, {"id"}), {});
  MessageReader reader;
  for (const std::string_view after : {R"({"id":1})", R"({"id":1,"a":2,"b":3})"}) {
    const Status appended = builder->Append(*reader.Read(Envelope("c", "null", after)), {});
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().code, ErrorCode::kSchemaMismatch);
  }
  EXPECT_EQ(builder->Append(*reader.Read(Envelope("c", "null", "null")), {}).error().code,
            ErrorCode::kMessageUndecodable);
  EXPECT_EQ(
      builder->Append(*reader.Read(Envelope("u", "null", R"({"id":1,"a":2})")), {}).error().code,
      ErrorCode::kMessageUndecodable);
}

TEST(ChangeBuilderTest, UnwrappedRowsOfATableWithoutKeyLackTheOldRow) {
  auto builder = ChangeBuilder::Open(Table({{"a", "int"}}), {});
  MessageReader reader;
  const auto append = [&](std::string_view text) {
    return builder->Append(*reader.Read(text), Sequence());
  };
  EXPECT_TRUE(append(R"({"a":1,"__op":"c","__deleted":"false"})"));
  EXPECT_TRUE(append(R"({"a":1,"__op":"d","__deleted":"true"})"));
  const Status update = append(R"({"a":1,"__op":"u","__deleted":"false"})");
  ASSERT_FALSE(update);
  EXPECT_EQ(update.error().code, ErrorCode::kBeforeImageMissing);
  EXPECT_EQ(update.error().kind, ErrorKind::kUnsupported);
}

class SchemaFollowerTest : public ::testing::Test {
 protected:
  SchemaFollowerTest() : follower_(mysql::TableFilter({"shop.*"}, {}), {}) {
    follower_.Put(Table({{"id", "int not null"}, {"a", "int"}}, {"id"}));
  }

  std::vector<mysql::DdlEffect> Apply(std::string ddl, std::uint64_t position,
                                      std::vector<std::pair<std::string, std::string>> columns) {
    SchemaRecord record;
    record.file = "b.000001";
    record.position = position;
    record.database = "shop";
    record.ddl = std::move(ddl);
    TableChange change{.id = {"shop", "t"}, .renamed_from = {}, .table = {}};
    change.table = *Table(std::move(columns), {"id"});
    record.changes.push_back(std::move(change));
    return *follower_.Apply(record, SourceEpoch(0));
  }

  SchemaFollower follower_;
};

TEST_F(SchemaFollowerTest, ARepeatedRecordDoesNothing) {
  EXPECT_EQ(
      Apply("ALTER TABLE t ADD b INT", 10, {{"id", "int not null"}, {"a", "int"}, {"b", "int"}})
          .size(),
      1U);
  EXPECT_TRUE(
      Apply("ALTER TABLE t ADD b INT", 10, {{"id", "int not null"}, {"a", "int"}, {"b", "int"}})
          .empty());
  EXPECT_EQ(follower_.schemas().Find({"shop", "t"})->columns.size(), 3U);
}

TEST_F(SchemaFollowerTest, TheDescribedTableCountsWhereTheStatementIsNotUnderstood) {
  const auto effects = Apply("ALTER TABLE t FROBNICATE b (INT", 10,
                             {{"id", "int not null"}, {"a", "bigint"}, {"b", "int"}});
  ASSERT_EQ(effects.size(), 1U);
  const auto& change = std::get<SchemaChange>(effects[0]);
  EXPECT_EQ(change.columns,
            (std::vector<ColumnChange>{ColumnRetyped{"a"}, ColumnAdded{"b", std::nullopt}}));
  EXPECT_EQ(change.cannot_follow, std::nullopt);
}

TEST_F(SchemaFollowerTest, AnUnknownValueOfExistingRowsStopsTheTable) {
  const auto effects =
      Apply("CALL change_it()", 10, {{"id", "int not null"}, {"a", "int"}, {"b", "int not null"}});
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_TRUE(std::get<SchemaChange>(effects[0]).cannot_follow.has_value());
  EXPECT_EQ(follower_.schemas().Find({"shop", "t"})->columns.size(), 2U);
}

}  // namespace
}  // namespace foreset::debezium
