// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/event_writer.h"

#include <memory>
#include <string>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "foreset/capture/debezium/schema_change_record.h"
#include "foreset/capture/debezium/transaction_records.h"
#include "foreset/model/arrow_types.h"

namespace foreset::debezium {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr Timestamp kNow{1'795'472'115'300'630};

// A row of an INT key and a nullable text with a default.
struct Row {
  Operation operation;
  int before_id;
  int after_id;
};

std::shared_ptr<const TableSchema> Schema(KeyKind kind) {
  TableSchema schema;
  schema.id = {"shop", "T"};
  ColumnSchema id{
      .name = "id", .type = SourceType::kInt, .nullable = false, .declared_type = "int"};
  ColumnSchema name{.name = "name",
                    .type = SourceType::kVarChar,
                    .length = 20,
                    .charset = "utf8mb4",
                    .default_value = "none",
                    .declared_type = "varchar(20)"};
  schema.columns = {id, name};
  schema.key_kind = kind;
  if (kind != KeyKind::kWholeRow) schema.key = {0};
  return std::make_shared<const TableSchema>(schema);
}

std::shared_ptr<arrow::RecordBatch> Image(const TableSchema& schema, int id) {
  arrow::Int32Builder ids;
  arrow::StringBuilder names;
  EXPECT_TRUE((id == 0 ? ids.AppendNull() : ids.Append(id)).ok());
  EXPECT_TRUE(names.AppendNull().ok());
  return arrow::RecordBatch::Make(ArrowSchemaOf(schema), 1,
                                  {ids.Finish().ValueOrDie(), names.Finish().ValueOrDie()});
}

ChangeBatch BatchOf(const Row& row, KeyKind kind = KeyKind::kPrimary) {
  ChangeBatch batch;
  batch.schema = Schema(kind);
  batch.operations = {row.operation};
  batch.sequences = {Sequence(0, 1, 500, 2, row.operation)};
  batch.event_rows = {2};
  batch.event_offsets = {500};
  batch.transaction_of = {0};
  batch.transactions = {{.id = "u:7",
                         .gtid = "u:7",
                         .file = "b.000001",
                         .committed_at = Timestamp(1'795'472'115'275'959),
                         .server_id = 3,
                         .thread = 44}};
  batch.before = Image(*batch.schema, row.before_id);
  batch.after = Image(*batch.schema, row.after_id);
  return batch;
}

std::vector<kafka::OutgoingRecord> Written(const ChangeBatch& batch, EventOptions options = {},
                                           std::optional<TransactionPlace> place = {}) {
  options.prefix = "p";
  EventWriter writer(options);
  std::vector<kafka::OutgoingRecord> records;
  writer.Write(batch, 0, SnapshotMarker::kFalse, place, kNow, records);
  return records;
}

TEST(EventWriter, AnUpdateHasBothImagesAndItsPlaceInTheBinlog) {
  const auto records = Written(BatchOf({Operation::kUpdate, 1, 1}));
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].topic, "p.shop.T");
  EXPECT_EQ(records[0].key, R"({"id":1})");
  EXPECT_EQ(*records[0].value,
            R"({"before":{"id":1,"name":"none"},"after":{"id":1,"name":"none"},"source":{)"
            R"("version":"foreset","connector":"mysql","name":"p","ts_ms":1795472115275,)"
            R"("snapshot":"false","db":"shop","sequence":null,"ts_us":1795472115275959,)"
            R"("ts_ns":1795472115275959000,"table":"T","server_id":3,"gtid":"u:7",)"
            R"("file":"b.000001","pos":500,"row":2,"thread":44,"query":null},)"
            R"("transaction":null,"op":"u","ts_ms":1795472115300,"ts_us":1795472115300630,)"
            R"("ts_ns":1795472115300630000})");
}

TEST(EventWriter, EventsOfMariaDbAreThoseOfItsConnector) {
  EventOptions options;
  options.is_mariadb = true;
  options.schemas = true;
  const auto records = Written(BatchOf({Operation::kInsert, 0, 1}), options);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(*records[0].value, HasSubstr(R"("connector":"mariadb")"));
  EXPECT_THAT(*records[0].value,
              HasSubstr(R"("name":"io.debezium.connector.mariadb.Source","version":1)"));
}

TEST(EventWriter, ADeleteIsFollowedByATombstone) {
  const auto records = Written(BatchOf({Operation::kDelete, 1, 0}));
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_THAT(*records[0].value, HasSubstr(R"("after":null)"));
  EXPECT_EQ(records[1].key, R"({"id":1})");
  EXPECT_FALSE(records[1].value);
  EventOptions options;
  options.tombstones = false;
  EXPECT_THAT(Written(BatchOf({Operation::kDelete, 1, 0}), options), SizeIs(1));
}

TEST(EventWriter, AChangedKeyIsADeleteATombstoneAndACreate) {
  const auto records = Written(BatchOf({Operation::kUpdate, 2, 1000}), {}, TransactionPlace{4, 2});
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_THAT(*records[0].value, HasSubstr(R"("op":"d")"));
  EXPECT_THAT(*records[0].value, HasSubstr(R"("total_order":4,"data_collection_order":2)"));
  EXPECT_EQ(records[0].headers[0],
            (std::pair<std::string, std::string>("__debezium.newkey", R"({"id":1000})")));
  EXPECT_EQ(records[1].headers[0], records[0].headers[0]);
  EXPECT_FALSE(records[1].value);
  EXPECT_THAT(*records[2].value, HasSubstr(R"("op":"c")"));
  EXPECT_THAT(*records[2].value, HasSubstr(R"("total_order":5,"data_collection_order":3)"));
  EXPECT_EQ(records[2].key, R"({"id":1000})");
  EXPECT_EQ(records[2].headers[0],
            (std::pair<std::string, std::string>("__debezium.oldkey", R"({"id":2})")));
}

TEST(EventWriter, ATableWithoutAKeyHasRecordsWithoutOne) {
  const auto records = Written(BatchOf({Operation::kDelete, 1, 0}, KeyKind::kWholeRow));
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_FALSE(records[0].key);
  EXPECT_FALSE(records[1].key);
}

TEST(EventWriter, ATruncateIsSkippedUnlessItIsWanted) {
  EXPECT_THAT(Written(BatchOf({Operation::kTruncate, 0, 0})), SizeIs(0));
  EventOptions options;
  options.skipped = "";
  const auto records = Written(BatchOf({Operation::kTruncate, 0, 0}), options);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_FALSE(records[0].key);
  EXPECT_THAT(*records[0].value, StartsWith(R"({"before":null,"after":null,"source":)"));
  EXPECT_THAT(*records[0].value, HasSubstr(R"("ts_us":1795472115275000,)"));
  EXPECT_THAT(*records[0].value, HasSubstr(R"("thread":null)"));
}

TEST(EventWriter, WithSchemasEveryRecordDescribesItself) {
  EventOptions options;
  options.schemas = true;
  const auto records = Written(BatchOf({Operation::kInsert, 0, 1}), options);
  EXPECT_EQ(*records[0].key,
            R"({"schema":{"type":"struct","fields":[{"type":"int32","optional":false,)"
            R"("field":"id"}],"optional":false,"name":"p.shop.T.Key"},"payload":{"id":1}})");
  EXPECT_THAT(*records[0].value,
              StartsWith(R"({"schema":{"type":"struct","fields":[{"type":"struct","fields":[)"
                         R"({"type":"int32","optional":false,"field":"id"},{"type":"string",)"
                         R"("optional":true,"default":"none","field":"name"}],"optional":true,)"
                         R"("name":"p.shop.T.Value","field":"before"})"));
  simdjson::dom::parser parser;
  EXPECT_EQ(parser.parse(*records[0].value).error(), simdjson::SUCCESS);
}

TEST(SchemaChangeRecord, TellsTheStatementAndTheTable) {
  SchemaChange change{.kind = SchemaChangeKind::kAlter,
                      .table = {"shop", "T"},
                      .ddl = "ALTER …",
                      .after = Schema(KeyKind::kPrimary)};
  for (const bool schemas : {false, true}) {
    EventOptions options{.prefix = "p", .schemas = schemas};
    const auto record = SchemaChangeRecord(change, {}, kNow, options);
    EXPECT_EQ(record.topic, "p");
    simdjson::dom::parser parser;
    EXPECT_EQ(parser.parse(*record.value).error(), simdjson::SUCCESS) << *record.value;
    EXPECT_THAT(*record.value,
                HasSubstr(R"("tableChanges":[{"type":"ALTER","id":"\"shop\".\"T\"","table":{)"
                          R"("defaultCharsetName":"utf8mb4","primaryKeyColumnNames":["id"],)"
                          R"("columns":[{"name":"id","jdbcType":4,"nativeType":null,)"
                          R"("typeName":"INT","typeExpression":"INT","charsetName":null,)"
                          R"("length":null,"scale":null,"position":1,"optional":false,)"));
  }
}

TEST(TransactionRecords, TheEndCountsByTable) {
  const EventOptions options{.prefix = "p"};
  const TransactionCounts counts{.id = "u:7",
                                 .committed_at = Timestamp(1'795'472'115'275'000),
                                 .events = 3,
                                 .by_table = {{"shop.T", 3}}};
  EXPECT_EQ(*BeginRecord(counts, options).value,
            R"({"status":"BEGIN","id":"u:7","event_count":null,"data_collections":null,)"
            R"("ts_ms":1795472115275})");
  EXPECT_EQ(*EndRecord(counts, options).value,
            R"({"status":"END","id":"u:7","event_count":3,"data_collections":[)"
            R"({"data_collection":"shop.T","event_count":3}],"ts_ms":1795472115275})");
}

}  // namespace
}  // namespace foreset::debezium
