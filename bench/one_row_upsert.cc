// SPDX-License-Identifier: MIT
// How long one silver commit of one updated row takes, on a table of so many rows:
//   foreset_bench_upsert DIRECTORY ROWS COMMITS
// Prints one JSON object. The directory must not hold a table yet.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/lake/silver_table.h"
#include "foreset/model/arrow_types.h"
#include "foreset/storage/open.h"

namespace foreset::lake {
namespace {

constexpr std::int64_t kRowsPerBatch = 100'000;

TableSchema Customers() {
  TableSchema schema;
  schema.id = {"bench", "Customers"};
  ColumnSchema id;
  id.name = "CustomerID";
  id.nullable = false;
  ColumnSchema text;
  text.type = SourceType::kVarChar;
  text.length = 255;
  text.charset = "utf8mb4";
  schema.columns = {id, text, text, text};
  schema.columns[1].name = "Name";
  schema.columns[2].name = "Email";
  schema.columns[3].name = "PhoneNumber";
  schema.key_kind = KeyKind::kPrimary;
  schema.key = {0};
  return schema;
}

std::shared_ptr<arrow::RecordBatch> Rows(const TableSchema& schema, std::int64_t first,
                                         std::int64_t count, int version, bool empty) {
  arrow::Int32Builder ids;
  arrow::StringBuilder texts[3];
  for (std::int64_t i = first; i < first + count; ++i) {
    arrow::Status status = empty ? ids.AppendNull() : ids.Append(static_cast<std::int32_t>(i));
    const std::string values[3] = {fmt::format("Customer {}", i * 7919 % 100'003),
                                   fmt::format("customer.{}@example.com", i),
                                   fmt::format("+44 20 {:07}", i * 31 + version)};
    for (int column = 0; column < 3; ++column) {
      status &= empty ? texts[column].AppendNull() : texts[column].Append(values[column]);
    }
    if (!status.ok()) std::abort();
  }
  return arrow::RecordBatch::Make(ArrowSchemaOf(schema), count,
                                  {ids.Finish().ValueOrDie(), texts[0].Finish().ValueOrDie(),
                                   texts[1].Finish().ValueOrDie(), texts[2].Finish().ValueOrDie()});
}

ChangeBatch Changes(const std::shared_ptr<const TableSchema>& schema, Operation operation,
                    std::int64_t first, std::int64_t count, std::uint64_t position) {
  ChangeBatch batch;
  batch.schema = schema;
  batch.transactions.resize(1);
  for (std::int64_t i = 0; i < count; ++i) {
    batch.operations.push_back(operation);
    batch.sequences.emplace_back(1, 1, position, static_cast<std::uint64_t>(i), operation);
  }
  batch.event_rows.assign(static_cast<std::size_t>(count), 0);
  batch.event_offsets.assign(static_cast<std::size_t>(count), position);
  batch.transaction_of.assign(static_cast<std::size_t>(count), 0);
  const bool inserted = operation == Operation::kInsert;
  batch.before = Rows(*schema, first, count, 0, inserted);
  batch.after = Rows(*schema, first, count, static_cast<int>(position), false);
  return batch;
}

Result<std::vector<double>> Measure(const std::string& directory, std::int64_t rows, int commits) {
  const SystemClock clock;
  std::uint64_t ids = 0;
  LakeOptions options;
  options.name = "bench";
  options.clock = &clock;
  options.make_id = [&ids] { return fmt::format("00000000-0000-4000-8000-{:012x}", ++ids); };
  const auto schema = std::make_shared<const TableSchema>(Customers());
  const auto store = TRY(OpenStore(directory, {}));
  const auto table = TRY(SilverTable::Create(store, options, *schema));

  BatchNumber batch(0);
  std::uint64_t position = 1000;
  for (std::int64_t first = 0; first < rows; first += kRowsPerBatch) {
    const std::int64_t count = std::min(kRowsPerBatch, rows - first);
    RETURN_IF_ERROR(
        table->Stage(Changes(schema, Operation::kInsert, first, count, position += 1000)));
    batch = batch.Next();
    RETURN_IF_ERROR(table->Commit(batch, std::nullopt));
  }
  std::vector<double> milliseconds;
  for (int i = 0; i < commits; ++i) {
    const std::int64_t row = static_cast<std::int64_t>(i) * 7919 % rows;
    const ChangeBatch change = Changes(schema, Operation::kUpdate, row, 1, position += 1000);
    const auto begin = std::chrono::steady_clock::now();
    RETURN_IF_ERROR(table->Stage(change));
    batch = batch.Next();
    RETURN_IF_ERROR(table->Commit(batch, std::nullopt));
    milliseconds.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  return milliseconds;
}

}  // namespace
}  // namespace foreset::lake

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: foreset_bench_upsert DIRECTORY ROWS COMMITS\n");
    return 2;
  }
  auto times = foreset::lake::Measure(argv[1], std::strtoll(argv[2], nullptr, 10),
                                      static_cast<int>(std::strtol(argv[3], nullptr, 10)));
  if (!times || times->empty()) {
    fmt::print(stderr, "{}\n", times ? "no commits" : times.error().ToString());
    return 1;
  }
  std::ranges::sort(*times);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "{{\"rows\":{},\"median_ms\":{:.3f},\"p99_ms\":{:.3f},\"max_ms\":{:.3f},"
      "\"peak_kib\":{}}}\n",
      argv[2], (*times)[times->size() / 2], (*times)[times->size() * 99 / 100], times->back(),
      usage.ru_maxrss);
  return 0;
}
