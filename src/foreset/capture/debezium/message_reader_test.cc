// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/message_reader.h"

#include <random>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/base/errors/topics.h"
#include "foreset/capture/debezium/change_builder.h"
#include "foreset/capture/debezium/connect_schema.h"
#include "foreset/capture/debezium/declared_table.h"
#include "foreset/capture/debezium/schema_record.h"
#include "foreset/capture/debezium/testing/recorded_topics.h"

namespace foreset::debezium {
namespace {

constexpr std::string_view kInsert =
    R"({"before":null,"after":{"id":1},"source":{"connector":"mysql","name":"p",)"
    R"("ts_ms":1700000000123,"snapshot":"false","db":"shop","table":"t","server_id":7,)"
    R"("gtid":null,"file":"bin.000003",)"
    R"("pos":400,"row":2,"thread":9},"transaction":{"id":"tx","total_order":5,)"
    R"("data_collection_order":1},"op":"c","ts_ms":1700000000500})";

ErrorCode CodeOf(std::string_view value) {
  MessageReader reader;
  const auto message = reader.Read(value);
  return message ? ErrorCode(0) : message.error().code;
}

MessageKind KindOf(std::optional<std::string_view> value) {
  MessageReader reader;
  const auto message = reader.Read(value);
  EXPECT_TRUE(message) << message.error().ToString();
  return message ? message->kind : MessageKind::kLogicalMessage;
}

TEST(MessageReaderTest, ReadsAnEnvelope) {
  MessageReader reader;
  const auto message = reader.Read(kInsert);
  ASSERT_TRUE(message) << message.error().ToString();
  EXPECT_EQ(message->kind, MessageKind::kChange);
  EXPECT_EQ(message->operation, Operation::kInsert);
  EXPECT_EQ(message->before, "");
  EXPECT_EQ(message->after, R"({"id":1})");
  EXPECT_EQ(message->source.database, "shop");
  EXPECT_EQ(message->source.table, "t");
  EXPECT_EQ(message->source.server_id, 7U);
  EXPECT_EQ(message->source.gtid, "");
  EXPECT_EQ(message->source.thread, 9);
  EXPECT_EQ(message->source.committed_at, Timestamp(1700000000123000));
  EXPECT_EQ(message->processed_at, Timestamp(1700000000500000));
  EXPECT_EQ(message->transaction.total_order, 5U);
  EXPECT_EQ(*SequenceOf(message->source, message->operation, SourceEpoch(1)),
            Sequence(1, 3, 400, 2, Operation::kInsert));
  const SourceTransaction transaction = TransactionOf(message->source, "tx");
  EXPECT_EQ(transaction.id, "tx");
  EXPECT_EQ(TransactionOf(message->source, {}).id, "file=bin.000003,pos=400");
}

TEST(MessageReaderTest, TellsKindsApart) {
  EXPECT_EQ(KindOf(std::nullopt), MessageKind::kTombstone);
  EXPECT_EQ(KindOf("null"), MessageKind::kTombstone);
  EXPECT_EQ(KindOf(R"({"schema":null,"payload":null})"), MessageKind::kTombstone);
  EXPECT_EQ(KindOf(R"({"ts_ms":1700000000500})"), MessageKind::kHeartbeat);
  EXPECT_EQ(KindOf(R"({"schema":{"type":"struct","fields":[{"type":"int64","field":"ts_ms"}]},)"
                   R"("payload":{"ts_ms":1}})"),
            MessageKind::kHeartbeat);
  EXPECT_EQ(KindOf(R"({"status":"BEGIN","id":"x:1","ts_ms":1,"event_count":null,)"
                   R"("data_collections":null})"),
            MessageKind::kTransaction);
  EXPECT_EQ(KindOf(R"({"source":{},"ddl":"x","tableChanges":[]})"), MessageKind::kSchemaChange);
  EXPECT_EQ(KindOf(R"({"op":"m","source":{},"message":{}})"), MessageKind::kLogicalMessage);
  EXPECT_EQ(KindOf(R"({"id":1,"__deleted":"false"})"), MessageKind::kUnwrapped);
}

TEST(MessageReaderTest, UnwrappedRowsCarryTheirPlaceInAddedFields) {
  MessageReader reader;
  const auto message = reader.Read(
      R"({"id":1,"op":"x","__deleted":"true","__op":"d","__source_file":"b.000002",)"
      R"("__source_pos":9,"__source_row":1,"__source_ts_us":5,"__source_snapshot":"true"})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, MessageKind::kUnwrapped);
  EXPECT_EQ(message->operation, Operation::kDelete);
  EXPECT_TRUE(message->after.empty());
  EXPECT_EQ(message->source.snapshot, SnapshotKind::kInitial);
  EXPECT_EQ(*SequenceOf(message->source, message->operation, SourceEpoch(0)),
            Sequence(0, 2, 9, 1, Operation::kDelete));
}

TEST(MessageReaderTest, OtherTextsAreForQuarantine) {
  EXPECT_EQ(CodeOf(""), ErrorCode::kMessageUndecodable);
  EXPECT_EQ(CodeOf("{"), ErrorCode::kMessageUndecodable);
  EXPECT_EQ(CodeOf("hello"), ErrorCode::kMessageUndecodable);
  EXPECT_EQ(CodeOf("[1]"), ErrorCode::kMessageUndecodable);
  EXPECT_EQ(CodeOf(R"({"id":1})"), ErrorCode::kMessageUndecodable);
  EXPECT_EQ(CodeOf(R"({"op":"c","source":{}} {})"), ErrorCode::kMessageUndecodable);
  EXPECT_EQ(CodeOf(R"({"op":"x","source":{}})"), ErrorCode::kMessageOperation);
  EXPECT_EQ(CodeOf(R"({"op":7,"source":{}})"), ErrorCode::kMessageOperation);
}

TEST(MessageReaderTest, TopicsOfOtherKindsAreRefusedByName) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(CodeOf("\0\0\0\0\3\2\2a"sv), topics_error::kRegistryRecord);
  EXPECT_EQ(CodeOf("\0\0\0\0\3{\"op\":\"c\"}"sv), topics_error::kRegistryRecord);
  EXPECT_EQ(CodeOf("\0\0"sv), ErrorCode::kMessageUndecodable);
  for (const char* connector : {"postgresql", "sqlserver", "oracle", "mongodb", "db2", "vitess"}) {
    EXPECT_EQ(CodeOf(fmt::format(R"({{"op":"c","after":{{}},"source":{{"connector":"{}"}}}})",
                                 connector)),
              topics_error::kOtherConnector);
    EXPECT_EQ(CodeOf(fmt::format(R"({{"id":1,"__op":"c","__source_connector":"{}"}})", connector)),
              topics_error::kOtherConnector);
  }
  EXPECT_EQ(CodeOf(R"({"id":"1","source":"/debezium/mysql/p","specversion":"1.0","type":"x",)"
                   R"("data":{"payload":{}}})"),
            topics_error::kCloudEvent);
  // A table may have such a column.
  EXPECT_EQ(KindOf(R"({"specversion":"1.0","__op":"c"})"), MessageKind::kUnwrapped);
}

TEST(MessageReaderTest, ColumnsOfARowAreNoTransaction) {
  MessageReader reader;
  const auto message = reader.Read(
      R"({"id":"abc","status":"END","event_count":3,"transaction":"tx","__op":"c",)"
      R"("__source_file":"b.000002","__source_pos":9,"__source_row":1,"__source_gtid":"u:7"})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->transaction.id, "");
  EXPECT_EQ(TransactionOf(message->source, message->transaction.id).id, "u:7");
  const auto told = reader.Read(R"({"id":"abc","__op":"c","__transaction_id":"t:1"})");
  EXPECT_EQ(told->transaction.id, "t:1");
  const auto end = reader.Read(R"({"status":"END","id":"x:1","event_count":2})");
  EXPECT_EQ(end->transaction.id, "x:1");
  EXPECT_TRUE(end->transaction.ended);
}

TEST(MessageReaderTest, SnapshotRowsGetOrdinalsOfTheirTopic) {
  SourceBlock source;
  source.file = "b.000001";
  source.position = 100;
  const auto at = [&](std::uint32_t partition, std::uint64_t offset) {
    return SnapshotSequenceOf(source, SourceEpoch(0), {partition, offset});
  };
  std::set<Sequence> all;
  for (const std::uint32_t partition : {0, 1, 3, 4, 5, 19, 20, 147, 148, 149, 4243}) {
    for (std::uint64_t offset = 0; offset < 300; ++offset) {
      ASSERT_TRUE(at(partition, offset));
      EXPECT_TRUE(all.insert(*at(partition, offset)).second) << partition << " " << offset;
      if (offset > 0) {
        EXPECT_LT(*at(partition, offset - 1), *at(partition, offset));
      }
    }
  }
  EXPECT_LT(*at(3, (1ULL << 32U) - 1), Sequence(0, 1, 101, 0, Operation::kDelete));
  EXPECT_FALSE(at(0, 1ULL << 32U));
  EXPECT_TRUE(at(19, (1ULL << 30U) - 1));
  EXPECT_FALSE(at(19, 1ULL << 30U));
  EXPECT_FALSE(at(4244, 0));
}

TEST(MessageReaderTest, ModesAreThoseOfDebezium) {
  DebeziumModes modes;
  EXPECT_TRUE(SetMode(modes, "time.precision.mode", "connect"));
  EXPECT_EQ(modes.time, TimeMode::kConnect);
  const auto unknown = SetMode(modes, "decimal.handling.mode", "exact");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message,
            "decimal.handling.mode = exact: known are precise, double, string");
  EXPECT_FALSE(SetMode(modes, "snapshot.mode", "initial"));
}

// Cut and changed messages end in an answer, whatever it is: never in a crash, and a builder goes
// on after any of them.
TEST(MessageReaderTest, DamagedMessagesLeaveTheBuilderWhole) {
  const auto records = testing::ReadRecorded("ws", "ws.online_store.AllTypes");
  ASSERT_FALSE(records.empty());
  MessageReader reader;
  const auto whole = reader.Read(records[4].value);
  ASSERT_TRUE(whole);
  const auto schema = TableSchemaOf({"online_store", "AllTypes"}, *whole->connect, nullptr, "__");
  auto builder = ChangeBuilder::Open(std::make_shared<const TableSchema>(*schema), {});
  ASSERT_TRUE(builder);
  std::mt19937 random(7);
  std::size_t rows = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text = *records[random() % 6].value;
    const std::size_t payload = text.find("\"payload\"");
    switch (random() % 3) {
      case 0:
        text.resize(payload + random() % (text.size() - payload));
        break;
      case 1:
        text[payload + random() % (text.size() - payload)] = static_cast<char>(random());
        break;
      default:
        text.erase(payload + random() % (text.size() - payload), 1 + random() % 4);
    }
    const auto message = reader.Read(text);
    if (!message || message->kind != MessageKind::kChange) continue;
    if (builder->Append(*message, Sequence(), Conform::kByName)) ++rows;
    ASSERT_EQ(builder->size(), rows);
  }
  const auto batch = builder->Finish();
  ASSERT_TRUE(batch);
  ASSERT_EQ((*batch)->size(), rows);
  EXPECT_GT(rows, 0U);
  EXPECT_LT(rows, 3000U);
}

TEST(DeclaredTableTest, TypesAreThoseOfMySql) {
  DeclaredTable table{
      {"shop", "Orders"},
      {{"id", "bigint unsigned not null"}, {"total", "decimal(18,2)"}, {"state", "enum('a','b')"}},
      {"id"}};
  const auto schema = SchemaOf(table, false);
  ASSERT_TRUE(schema) << schema.error().ToString();
  EXPECT_EQ(schema->key_kind, KeyKind::kPrimary);
  EXPECT_FALSE(schema->columns[0].nullable);
  EXPECT_EQ(schema->columns[1].length, 18U);
  EXPECT_EQ(schema->columns[2].labels, (std::vector<std::string>{"a", "b"}));
  table.key = {"no"};
  EXPECT_EQ(SchemaOf(table, false).error().code, ErrorCode::kDeclaredTableInvalid);
  table.key.clear();
  EXPECT_EQ(SchemaOf(table, false)->key_kind, KeyKind::kWholeRow);
  table.columns[1].second = "money";
  EXPECT_EQ(SchemaOf(table, false).error().code, ErrorCode::kDeclaredTableInvalid);
  table.columns[1] = {"ID", "int"};
  EXPECT_EQ(SchemaOf(table, false).error().code, ErrorCode::kDeclaredTableInvalid);
}

TEST(SchemaRecordTest, OtherTextsAreRefused) {
  for (const std::string_view text :
       {"", "[]", "{}", R"({"source":3})", R"({"source":{},"tableChanges":[{"type":"X"}]})",
        R"({"source":{},"tableChanges":[{"type":"DROP","id":"t"}]})"}) {
    const auto record = ReadSchemaRecord(text);
    ASSERT_FALSE(record) << text;
    EXPECT_EQ(record.error().code, ErrorCode::kSchemaRecordUndecodable) << text;
  }
  const auto record = ReadSchemaRecord(
      R"({"source":{},"tableChanges":[{"type":"ALTER","id":"\"a\".\"b\",\"a\".\"c\"\"\""}]})");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->changes[0].id, (TableId{"a", "c\""}));
  EXPECT_EQ(record->changes[0].renamed_from, (TableId{"a", "b"}));
}

}  // namespace
}  // namespace foreset::debezium
