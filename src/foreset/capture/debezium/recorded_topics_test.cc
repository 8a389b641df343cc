// SPDX-License-Identifier: MIT
// Topics that Debezium 3.6.1 wrote from one MySQL 9.7 under several configurations: every record is
// understood, the values are those of the SQL that made them, and the configurations agree.
#include "foreset/capture/debezium/testing/recorded_topics.h"

#include <map>
#include <set>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/capture/debezium/change_builder.h"
#include "foreset/capture/debezium/connect_schema.h"
#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/debezium/schema_follower.h"

namespace foreset::debezium {
namespace {

using testing::ReadRecorded;
using testing::RecordedMessage;

constexpr SourceEpoch kEpoch(0);

DebeziumModes ModesOf(std::string_view folder) {
  DebeziumModes modes;
  if (folder == "alt1") {
    modes.decimal = DecimalMode::kString;
    modes.bigint_unsigned = BigIntUnsignedMode::kPrecise;
    modes.time = TimeMode::kConnect;
    modes.binary = BinaryMode::kBase64;
  }
  return modes;
}

// The schemas that a connector's schema-change topic gives each table, by the place of the change.
class Timeline {
 public:
  explicit Timeline(const std::string& folder) : follower_(mysql::TableFilter({"*.*"}, {}), {}) {
    MessageReader reader;
    for (const RecordedMessage& record : ReadRecorded(folder, folder)) {
      const auto message = reader.Read(record.value);
      EXPECT_TRUE(message) << message.error().ToString();
      if (!message) continue;
      EXPECT_EQ(message->kind, MessageKind::kSchemaChange);
      const auto change = ReadSchemaRecord(message->payload);
      EXPECT_TRUE(change) << change.error().ToString();
      if (!change) continue;
      const auto effects = follower_.Apply(*change, kEpoch);
      EXPECT_TRUE(effects);
      for (const mysql::DdlEffect& effect : *effects) {
        const auto* schema = std::get_if<SchemaChange>(&effect);
        EXPECT_NE(schema, nullptr);
        if (schema == nullptr) continue;
        EXPECT_EQ(schema->cannot_follow, std::nullopt) << change->ddl;
        changes_[schema->table.table].push_back(*schema);
      }
    }
  }

  std::shared_ptr<const TableSchema> At(const std::string& table, Sequence place) const {
    std::shared_ptr<const TableSchema> schema;
    for (const SchemaChange& change : changes_.at(table)) {
      if (change.sequence <= place && change.after != nullptr) schema = change.after;
    }
    return schema;
  }
  const std::vector<SchemaChange>& Changes(const std::string& table) const {
    return changes_.at(table);
  }

 private:
  SchemaFollower follower_;
  std::map<std::string, std::vector<SchemaChange>> changes_;
};

struct Decoded {
  std::vector<std::shared_ptr<ChangeBatch>> batches;
  std::map<MessageKind, int> kinds;
  std::size_t rows() const {
    std::size_t count = 0;
    for (const auto& batch : batches) count += batch->size();
    return count;
  }
};

// All rows of a table's topic, in a batch for each schema.
Decoded Decode(const std::string& folder, const std::string& table, DebeziumModes modes) {
  const Timeline timeline(folder == "unwrap" ? "mysql" : folder);
  Decoded decoded;
  MessageReader reader;
  std::optional<ChangeBuilder> builder;
  const auto close = [&] {
    if (!builder) return;
    auto batch = builder->Finish();
    EXPECT_TRUE(batch);
    if (batch && *batch) decoded.batches.push_back(*std::move(batch));
  };
  for (const RecordedMessage& record : ReadRecorded(folder, folder + ".online_store." + table)) {
    const auto message = reader.Read(record.value);
    EXPECT_TRUE(message) << message.error().ToString();
    if (!message) continue;
    ++decoded.kinds[message->kind];
    if (message->kind == MessageKind::kTombstone) continue;
    SourceBlock source = message->source;
    if (message->kind == MessageKind::kUnwrapped) source.row = 0;
    const auto sequence =
        message->operation == Operation::kSnapshot
            ? SnapshotSequenceOf(source, kEpoch, {record.partition, record.offset})
            : SequenceOf(source, message->operation, kEpoch);
    EXPECT_TRUE(sequence) << sequence.error().ToString();
    const auto schema = timeline.At(table, *sequence);
    if (!builder || builder->schema() != schema) {
      close();
      builder.emplace(*ChangeBuilder::Open(schema, modes));
    }
    const Status appended = builder->Append(*message, *sequence);
    EXPECT_TRUE(appended) << folder << " " << table << " " << record.offset << ": "
                          << appended.error().ToString();
  }
  close();
  return decoded;
}

Decoded Decode(const std::string& folder, const std::string& table) {
  return Decode(folder, table, ModesOf(folder));
}

std::string Shown(const arrow::RecordBatch& batch, const std::string& column, std::int64_t row) {
  const auto array = batch.GetColumnByName(column);
  if (array == nullptr) return "no such column";
  if (array->IsNull(row)) return "NULL";
  if (array->type_id() == arrow::Type::BINARY) {
    std::string hex;
    for (const char c : static_cast<const arrow::BinaryArray&>(*array).GetView(row)) {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      hex += kDigits[static_cast<std::uint8_t>(c) >> 4U];
      hex += kDigits[static_cast<std::uint8_t>(c) & 0xFU];
    }
    return hex;
  }
  if (array->type_id() == arrow::Type::LIST) {
    return static_cast<const arrow::ListArray&>(*array).value_slice(row)->ToString();
  }
  return (*array->GetScalar(row))->ToString();
}

const std::vector<std::string> kTables = {"AllTypes",   "CompositeKey", "Customers", "NoKey",
                                          "OrderItems", "Orders",       "Payments",  "Products",
                                          "Reasons",    "Sellers",      "UniqueOnly"};

TEST(RecordedTopicsTest, TheCorpusIsThere) {
  EXPECT_EQ(testing::RecordedTopics("mysql").size(), 13U);
  EXPECT_EQ(testing::RecordedTopics("schemahistory").size(), 5U);
}

TEST(RecordedTopicsTest, EveryRecordIsOfAKnownKind) {
  std::map<MessageKind, int> kinds;
  std::size_t records = 0;
  for (const std::string folder : {"mysql", "ws", "alt1", "unwrap", "trunc"}) {
    for (const std::string& topic : testing::RecordedTopics(folder)) {
      MessageReader reader;
      for (const RecordedMessage& record : ReadRecorded(folder, topic)) {
        const auto message = reader.Read(record.value);
        ASSERT_TRUE(message) << topic << ": " << message.error().ToString();
        ++kinds[message->kind];
        ++records;
        EXPECT_EQ(message->connect != nullptr, folder == "ws" && record.value.has_value());
        EXPECT_EQ(message->kind == MessageKind::kSchemaChange, topic == folder);
        EXPECT_EQ(message->kind == MessageKind::kTransaction, topic == "alt1.transaction");
        EXPECT_EQ(message->kind == MessageKind::kTombstone, !record.value.has_value());
      }
    }
  }
  EXPECT_EQ(records, 493U);
  EXPECT_EQ(kinds[MessageKind::kTransaction], 70);
  EXPECT_EQ(kinds[MessageKind::kSchemaChange], 152);
  EXPECT_EQ(kinds[MessageKind::kUnwrapped], 57);
}

// The first row of alltypes.sql, written down from there.
const std::map<std::string, std::string> kFirstRow = {
    {"id", "1"},
    {"t_tiny", "-128"},
    {"t_utiny", "255"},
    {"t_small", "-32768"},
    {"t_usmall", "65535"},
    {"t_med", "-8388608"},
    {"t_umed", "16777215"},
    {"t_int", "-2147483648"},
    {"t_uint", "4294967295"},
    {"t_big", "-9223372036854775808"},
    {"t_ubig", "18446744073709551615"},
    {"t_float", "1.5"},
    {"t_double", "-2.25e+100"},
    {"t_real", "3.14159"},
    {"t_dec", "-12345678.90"},
    {"t_dec38", "1234567890123456789012345678.0123456789"},
    {"t_dec65", "99999999999999999999999999999999999.999999999999999999999999999999"},
    {"t_dec0", "-12345678901234567890"},
    {"t_udec", "99999999.99"},
    {"t_bit1", "true"},
    {"t_bit8", "AA"},
    {"t_bit64", "FFEEDDCCBBAA9988"},
    {"t_char", "abc"},
    {"t_varchar", "naïve ☃ 😀 \"q\" \\ \n\t"},
    {"t_vlatin", "café"},
    {"t_bin", "0102030405060708"},
    {"t_varbin", "DEADBEEF"},
    {"t_tinyblob", "00"},
    {"t_blob", "00FF10"},
    {"t_medblob", "CAFE"},
    {"t_longblob", "BABE"},
    {"t_date", "2024-02-29"},
    {"t_time", "-3020399000000"},
    {"t_time3", "45296789000"},
    {"t_time6", "3020398999999"},
    {"t_dt", "2024-02-29 23:59:59.000000"},
    {"t_dt3", "2024-02-29 23:59:59.123000"},
    {"t_dt6", "2024-02-29 23:59:59.123456"},
    {"t_ts", "2024-02-29 23:59:59.000000Z"},
    {"t_ts6", "2024-02-29 23:59:59.123456Z"},
    {"t_year", "2024"},
    {"t_enum", "c,d"},
    {"t_set", "x,z"},
    {"t_json",
     R"({"a": 1, "b": [1.5, null, true, "s"], "c": {"d": "é"}, "big": 18446744073709551615, )"
     R"("dec": 1.1})"},
    {"t_geom",
     "00000000010200000002000000000000000000000000000000000000000000000000"
     "00F03F000000000000F03F"},
    {"t_point", "000000000101000000000000000000F83F00000000000004C0"},
    {"t_vec", "[\n  1,\n  2.5,\n  -3\n]"},
    {"t_bool", "1"},
    {"t_def", "42"},
    {"t_gen", "-4294967296"},
    {"t_genv", "-2147483647"}};

TEST(RecordedTopicsTest, ValuesAreThoseOfTheInsert) {
  for (const std::string folder : {"mysql", "ws"}) {
    const Decoded decoded = Decode(folder, "AllTypes");
    ASSERT_EQ(decoded.batches.size(), 1U);
    const ChangeBatch& batch = *decoded.batches[0];
    for (const auto& [column, text] : kFirstRow) {
      EXPECT_EQ(Shown(*batch.after, column, 0), text) << folder << " " << column;
      // The streamed update's old image is the same row.
      EXPECT_EQ(Shown(*batch.before, column, 4), text) << folder << " " << column;
    }
    EXPECT_EQ(Shown(*batch.after, "t_json", 4), R"({"z": null})");
    EXPECT_EQ(Shown(*batch.after, "t_dec", 4), "0.05");
    EXPECT_EQ(batch.operations[5], Operation::kDelete);
    EXPECT_EQ(Shown(*batch.after, "id", 5), "NULL");
    EXPECT_EQ(Shown(*batch.before, "id", 5), "4");
  }
}

// Every table of every enveloped configuration, against the default one.
TEST(RecordedTopicsTest, ConfigurationsAgree) {
  // Lost by time.precision.mode=connect: times beyond a day, and microseconds.
  const std::set<std::string> lossy = {"t_time", "t_time6", "t_dt6"};
  for (const std::string& table : kTables) {
    const Decoded plain = Decode("mysql", table);
    for (const std::string folder : {"ws", "alt1"}) {
      const Decoded other = Decode(folder, table);
      ASSERT_EQ(plain.batches.size(), other.batches.size()) << folder << " " << table;
      for (std::size_t i = 0; i < plain.batches.size(); ++i) {
        const ChangeBatch& a = *plain.batches[i];
        const ChangeBatch& b = *other.batches[i];
        EXPECT_EQ(a.operations, b.operations) << table;
        EXPECT_EQ(a.sequences, b.sequences) << table;
        EXPECT_EQ(a.schema->columns, b.schema->columns) << table;
        for (int column = 0; column < a.after->num_columns(); ++column) {
          const std::string& name = a.after->schema()->field(column)->name();
          if (folder == "alt1" && (lossy.contains(name) || name == "CreatedAt")) continue;
          EXPECT_TRUE(a.after->column(column)->Equals(*b.after->column(column)))
              << folder << " " << table << "." << name << a.after->column(column)->ToString()
              << b.after->column(column)->ToString();
          EXPECT_TRUE(a.before->column(column)->Equals(*b.before->column(column)))
              << folder << " " << table << "." << name;
        }
      }
    }
  }
}

TEST(RecordedTopicsTest, SequencesRiseWithinATable) {
  for (const std::string& table : kTables) {
    Sequence last;
    std::size_t rows = 0;
    for (const auto& batch : Decode("mysql", table).batches) {
      for (std::size_t i = 0; i < batch->size(); ++i, ++rows) {
        EXPECT_LT(last, batch->sequences[i]) << table;
        last = batch->sequences[i];
        EXPECT_EQ(batch->TransactionOf(i).gtid.empty(),
                  batch->operations[i] == Operation::kSnapshot);
      }
    }
    EXPECT_GT(rows, 0U);
  }
}

TEST(RecordedTopicsTest, SchemaChangesAreFollowed) {
  for (const std::string folder : {"mysql", "ws", "alt1"}) {
    const Timeline timeline(folder);
    const std::vector<SchemaChange>& changes = timeline.Changes("Customers");
    ASSERT_EQ(changes.size(), 4U) << folder;
    EXPECT_EQ(changes[0].kind, SchemaChangeKind::kCreate);
    EXPECT_EQ(changes[1].columns,
              (std::vector<ColumnChange>{ColumnAdded{"LoyaltyTier", "BRONZE"}}));
    EXPECT_EQ(changes[1].sequence, Sequence(0, 1, 44187, 0, Operation::kTruncate));
    EXPECT_EQ(changes[2].columns, (std::vector<ColumnChange>{ColumnRenamed{"PhoneNumber", "Phone"},
                                                             ColumnRetyped{"Name"}}));
    EXPECT_EQ(changes[3].columns, (std::vector<ColumnChange>{ColumnRenamed{"Phone", "PhoneNumber"},
                                                             ColumnDropped{"LoyaltyTier"}}));
    EXPECT_EQ(changes[3].after->version, SchemaVersion(4));
    ASSERT_EQ(timeline.Changes("Tmp").size(), 2U);
    EXPECT_EQ(timeline.Changes("Tmp")[1].kind, SchemaChangeKind::kDrop);
  }
}

TEST(RecordedTopicsTest, TablesAreDescribedAsByTheServer) {
  const Timeline timeline("mysql");
  const TableSchema& all = *timeline.Changes("AllTypes")[0].after;
  const auto column = [&](std::string_view name) { return all.columns[*all.FindColumn(name)]; };
  EXPECT_EQ(column("id").declared_type, "bigint unsigned");
  EXPECT_FALSE(column("id").nullable);
  EXPECT_EQ(column("t1").declared_type, "tinyint(1)");
  EXPECT_EQ(column("t_dec65").length, 65U);
  EXPECT_EQ(column("t_dec65").scale, 30U);
  EXPECT_EQ(column("t_udec").declared_type, "decimal(10,2) unsigned");
  EXPECT_EQ(column("t_enum").labels, (std::vector<std::string>{"a", "b", "c,d", "é"}));
  EXPECT_EQ(column("t_enum").declared_type, "enum('a','b','c,d','é')");
  EXPECT_EQ(column("t_vlatin").charset, "latin1");
  EXPECT_EQ(column("t_vlatin").collation, "latin1_swedish_ci");
  EXPECT_EQ(column("t_dt6").scale, 6U);
  EXPECT_EQ(column("t_def").default_value, "42");
  EXPECT_TRUE(column("t_gen").generated);
  EXPECT_EQ(timeline.Changes("UniqueOnly")[0].after->key_kind, KeyKind::kUnique);
  EXPECT_EQ(timeline.Changes("NoKey")[0].after->key_kind, KeyKind::kWholeRow);
  EXPECT_EQ(timeline.Changes("CompositeKey")[0].after->key, (std::vector<std::size_t>{0, 1, 2}));
}

// Connect schemas tell less, but every table decodes under what they tell.
TEST(RecordedTopicsTest, ConnectSchemasAreEnoughToDecode) {
  MessageReader reader;
  for (const std::string& table : kTables) {
    for (const RecordedMessage& record : ReadRecorded("ws", "ws.online_store." + table)) {
      const auto message = reader.Read(record.value);
      ASSERT_TRUE(message);
      if (message->kind == MessageKind::kTombstone) continue;
      const auto key = ConnectSchema::OfKey(record.key.value_or("{}"));
      ASSERT_TRUE(key);
      const auto schema = TableSchemaOf({"online_store", table}, *message->connect, &*key, "__");
      ASSERT_TRUE(schema) << schema.error().ToString();
      EXPECT_EQ(schema->key.size(), table == "CompositeKey" ? 3U : (table == "NoKey" ? 0U : 1U));
      auto builder = ChangeBuilder::Open(std::make_shared<const TableSchema>(*schema), {});
      const Status appended = builder->Append(*message, Sequence());
      EXPECT_TRUE(appended) << table << ": " << appended.error().ToString();
    }
  }
}

TEST(RecordedTopicsTest, UnwrappedRowsEqualEnvelopes) {
  const Decoded plain = Decode("mysql", "AllTypes");
  const Decoded bare = Decode("unwrap", "AllTypes");
  ASSERT_EQ(bare.batches.size(), 1U);
  EXPECT_EQ(plain.batches[0]->operations, bare.batches[0]->operations);
  EXPECT_TRUE(plain.batches[0]->after->Equals(*bare.batches[0]->after));
  EXPECT_EQ(Shown(*bare.batches[0]->before, "id", 5), "4");
  // An update has only the key of the old row.
  EXPECT_EQ(Shown(*bare.batches[0]->before, "id", 4), "1");
  EXPECT_EQ(Shown(*bare.batches[0]->before, "t_int", 4), "NULL");
}

TEST(RecordedTopicsTest, UnwrappedRowsWithoutRowNumberHaveNoPlace) {
  MessageReader reader;
  for (const RecordedMessage& record : ReadRecorded("unwrap", "unwrap.online_store.Orders")) {
    const auto message = reader.Read(record.value);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->source.file, "mysql-bin.000001");
    const auto sequence = SequenceOf(message->source, message->operation, kEpoch);
    ASSERT_FALSE(sequence);
    EXPECT_EQ(sequence.error().code, ErrorCode::kDebeziumPlaceMissing);
  }
}

// A TRUNCATE's `row` is left over from the event before it.
TEST(RecordedTopicsTest, TruncateIsAtItsStatement) {
  const Decoded decoded = Decode("trunc", "Tmp2");
  ASSERT_EQ(decoded.batches.size(), 1U);
  const ChangeBatch& batch = *decoded.batches[0];
  ASSERT_EQ(batch.size(), 4U);
  EXPECT_EQ(batch.operations[2], Operation::kTruncate);
  EXPECT_EQ(batch.sequences[2], Sequence(0, 1, 47840, 0, Operation::kTruncate));
  EXPECT_EQ(batch.sequences[1], Sequence(0, 1, 47679, 1, Operation::kInsert));
}

TEST(RecordedTopicsTest, SchemaHistoryIsReadAndNotFollowed) {
  for (const std::string& topic : testing::RecordedTopics("schemahistory")) {
    SchemaFollower follower(mysql::TableFilter({"*.*"}, {}), {});
    std::size_t tables = 0;
    for (const RecordedMessage& record : ReadRecorded("schemahistory", topic)) {
      const auto change = ReadSchemaRecord(*record.value);
      ASSERT_TRUE(change) << topic << ": " << change.error().ToString();
      EXPECT_TRUE(change->from_history);
      for (const TableChange& table : change->changes) tables += table.table.has_value();
      EXPECT_TRUE(follower.Apply(*change, kEpoch)->empty());
    }
    EXPECT_GE(tables, 14U) << topic;
  }
}

}  // namespace
}  // namespace foreset::debezium
