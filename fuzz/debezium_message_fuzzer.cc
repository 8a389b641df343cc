// SPDX-License-Identifier: MIT
// A record's value: told apart, and what it is then decoded as. A row is decoded under the table
// that its own Connect schema describes, else under one with a column of every kind; so are schema
// changes read and followed. Whatever comes, a builder has as many rows as it took.
#include <cstdlib>

#include <arrow/record_batch.h>

#include "foreset/capture/debezium/change_builder.h"
#include "foreset/capture/debezium/connect_schema.h"
#include "foreset/capture/debezium/declared_table.h"
#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/debezium/schema_follower.h"

namespace foreset::debezium {
namespace {

std::shared_ptr<const TableSchema> EveryKind() {
  const DeclaredTable table{{"d", "t"},
                            {{"i", "int"},
                             {"u", "bigint unsigned"},
                             {"f", "double"},
                             {"n", "decimal(20,4)"},
                             {"w", "decimal(65,30)"},
                             {"b", "bit(12)"},
                             {"d", "date"},
                             {"h", "time(6)"},
                             {"t", "datetime(3)"},
                             {"z", "timestamp(6)"},
                             {"s", "varchar(9)"},
                             {"e", "enum('a','b,c')"},
                             {"m", "set('x','y')"},
                             {"j", "json"},
                             {"x", "varbinary(9)"},
                             {"g", "geometry"},
                             {"v", "vector(3)"},
                             {"y", "year"}},
                            {"i"}};
  return std::make_shared<const TableSchema>(*SchemaOf(table, false));
}

DebeziumModes TextModes() {
  DebeziumModes modes;
  modes.decimal = DecimalMode::kString;
  modes.time = TimeMode::kIsoString;
  modes.binary = BinaryMode::kHex;
  modes.bigint_unsigned = BigIntUnsignedMode::kPrecise;
  return modes;
}

void Decode(const Message& message, const std::shared_ptr<const TableSchema>& schema,
            const DebeziumModes& modes) {
  auto builder = ChangeBuilder::Open(schema, modes);
  if (!builder) std::abort();
  std::size_t rows = 0;
  for (const Conform conform : {Conform::kByName, Conform::kExact, Conform::kByName}) {
    if (builder->Append(message, Sequence(), conform)) ++rows;
  }
  if (builder->size() != rows) std::abort();
  const auto batch = builder->Finish();
  if (!batch || (*batch == nullptr) != (rows == 0)) std::abort();
  if (*batch == nullptr) return;
  if ((*batch)->size() != rows || !(*batch)->before->ValidateFull().ok() ||
      !(*batch)->after->ValidateFull().ok()) {
    std::abort();
  }
}

void Run(std::string_view text) {
  MessageReader reader;
  const auto message = reader.Read(text);
  if (!message) return;
  if (message->kind == MessageKind::kSchemaChange) {
    const auto record = ReadSchemaRecord(message->payload);
    if (!record) return;
    SchemaFollower follower(mysql::TableFilter({"*"}, {}), {});
    if (!follower.Apply(*record, SourceEpoch(0))) return;
    if (!follower.Apply(*record, SourceEpoch(0))) return;
  }
  Decode(*message, EveryKind(), {});
  Decode(*message, EveryKind(), TextModes());
  if (message->connect == nullptr) return;
  const auto schema = TableSchemaOf({"d", "t"}, *message->connect, nullptr, "__");
  if (schema) Decode(*message, std::make_shared<const TableSchema>(*schema), {});
}

}  // namespace
}  // namespace foreset::debezium

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  foreset::debezium::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
