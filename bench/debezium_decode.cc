// SPDX-License-Identifier: MIT
// How many messages of a Debezium topic one core decodes into change batches:
//   foreset_bench_debezium MESSAGES [with-schema]
// Messages are those of an order table, about 700 bytes without their schema. Prints one JSON
// object.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "foreset/capture/debezium/change_builder.h"
#include "foreset/capture/debezium/declared_table.h"
#include "foreset/capture/debezium/message_reader.h"

namespace foreset::debezium {
namespace {

constexpr std::size_t kRowsPerBatch = 50'000;
constexpr std::size_t kDistinct = 10'000;

constexpr std::string_view kRowSchema =
    R"({"type":"struct","fields":[{"type":"int32","optional":false,"field":"OrderID"},)"
    R"({"type":"int32","optional":false,"field":"CustomerID"},)"
    R"({"type":"int64","optional":false,"name":"io.debezium.time.Timestamp","version":1,)"
    R"("field":"OrderDate"},{"type":"string","optional":false,"name":"io.debezium.data.Enum",)"
    R"("version":1,"parameters":{"allowed":"PENDING,PAID"},"field":"Status"},)"
    R"({"type":"bytes","optional":false,"name":"org.apache.kafka.connect.data.Decimal",)"
    R"("version":1,"parameters":{"scale":"2","connect.decimal.precision":"12"},)"
    R"("field":"TotalAmount"},)"
    R"({"type":"int32","optional":true,"field":"ReasonID"},)"
    R"({"type":"string","optional":false,"name":"io.debezium.time.ZonedTimestamp","version":1,)"
    R"("field":"UpdatedAt"}],"optional":true,"name":"shop.shop.Orders.Value","field":"{}"}})";

std::string Row(std::size_t i) {
  return fmt::format(R"({{"OrderID":{},"CustomerID":{},"OrderDate":1795472115000,)"
                     R"("Status":"{}","TotalAmount":"A+g=","ReasonID":null,)"
                     R"("UpdatedAt":"2026-11-23T22:15:15.{:03}Z"}})",
                     i, i % 977, i % 2 == 0 ? "PAID" : "PENDING", i % 1000);
}

std::string MessageOf(std::size_t i, bool with_schema) {
  const std::string payload = fmt::format(
      R"({{"before":null,"after":{},"source":{{"version":"3.6.1.Final","connector":"mysql",)"
      R"("name":"shop","ts_ms":1795472115313,"snapshot":"false","db":"shop","sequence":null,)"
      R"("ts_us":1795472115313402,"ts_ns":1795472115313402000,"table":"Orders",)"
      R"("server_id":223344,"gtid":"ae3386fa-e78a-11f1-9819-02fc00000001:{}",)"
      R"("file":"mysql-bin.000001","pos":{},"row":0,"thread":44,"query":null}},)"
      R"("transaction":null,"op":"c","ts_ms":1795472115520,"ts_us":1795472115520712,)"
      R"("ts_ns":1795472115520712775}})",
      Row(i), i, 36'663 + i * 300);
  if (!with_schema) return payload;
  std::string before(kRowSchema);
  std::string after(kRowSchema);
  before.replace(before.rfind("{}"), 2, "before");
  after.replace(after.rfind("{}"), 2, "after");
  before.pop_back();
  after.pop_back();
  return fmt::format(R"({{"schema":{{"type":"struct","fields":[{},{},{{"type":"string",)"
                     R"("optional":false,"field":"op"}}],"optional":false}},"payload":{}}})",
                     before, after, payload);
}

int Fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.ToString().c_str());
  return 1;
}

int Run(std::size_t messages, bool with_schema) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < kDistinct; ++i) values.push_back(MessageOf(i + 1, with_schema));
  const auto schema = SchemaOf({{"shop", "Orders"},
                                {{"OrderID", "int not null"},
                                 {"CustomerID", "int not null"},
                                 {"OrderDate", "datetime not null"},
                                 {"Status", "enum('PENDING','PAID') not null"},
                                 {"TotalAmount", "decimal(12,2) not null"},
                                 {"ReasonID", "int"},
                                 {"UpdatedAt", "timestamp(3) not null"}},
                                {"OrderID"}},
                               false);
  if (!schema) return Fail(schema.error());
  MessageReader reader;
  auto builder = ChangeBuilder::Open(std::make_shared<const TableSchema>(*schema), {});
  if (!builder) return Fail(builder.error());
  std::size_t bytes = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < messages; ++i) {
    const std::string& value = values[i % kDistinct];
    bytes += value.size();
    const auto message = reader.Read(value);
    if (!message) return Fail(message.error());
    const auto sequence = SequenceOf(message->source, message->operation, SourceEpoch(0));
    if (!sequence) return Fail(sequence.error());
    if (const Status done = builder->Append(*message, *sequence); !done) return Fail(done.error());
    if (builder->size() < kRowsPerBatch) continue;
    if (const auto batch = builder->Finish(); !batch) return Fail(batch.error());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print(
      "{{\"messages\":{},\"seconds\":{:.3f},\"messages_per_second\":{:.0f},"
      "\"megabytes_per_second\":{:.0f}}}\n",
      messages, took.count(), static_cast<double>(messages) / took.count(),
      static_cast<double>(bytes) / took.count() / 1e6);
  return 0;
}

}  // namespace
}  // namespace foreset::debezium

int main(int argc, char** argv) {
  const std::size_t messages = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  return foreset::debezium::Run(messages, argc > 2 && std::string_view(argv[2]) == "with-schema");
}
