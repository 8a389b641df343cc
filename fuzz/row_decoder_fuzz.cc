// SPDX-License-Identifier: MIT
// A table map and rows under the schema that the map describes. Input: event type, server (0 or 1),
// 2 bytes of length, the map's body, the rows event's body.
#include <arrow/record_batch.h>

#include "foreset/capture/mysql/row_decoder.h"
#include "foreset/capture/mysql/testing/described_schema.h"

namespace foreset::mysql {
namespace {

constexpr std::size_t kLargestRow = 1UL << 20U;

void Check(const ChangeBatch& batch) {
  const bool sound = batch.before->ValidateFull().ok() && batch.after->ValidateFull().ok() &&
                     batch.sequences.size() == batch.size() &&
                     batch.after->num_rows() == static_cast<std::int64_t>(batch.size());
  if (!sound) __builtin_trap();
}

void Run(Bytes bytes) {
  ByteReader in(bytes);
  const auto type = static_cast<EventType>(in.U8());
  const bool is_mariadb = in.U8() % 2 == 1;
  const Bytes map_body = in.Take(in.U16());
  const auto head = ParseTableMapHead(map_body, false);
  if (!in.ok() || !head) return;
  const auto map = ParseTableMap(*head, is_mariadb);
  RowsEvent event;
  if (!map || !ParseRowsEvent(type, in.Rest(), false, event)) return;
  const auto schema = std::make_shared<const TableSchema>(testing::DescribedSchema(*map));
  const auto plan = RowPlan::Make(*map, schema);
  if (!plan) return;
  auto builder = BatchBuilder::Open(schema, DateTimeAs::kWallClock, kLargestRow);
  const SourceTransaction transaction;
  std::vector<QuarantinedRecord> quarantined;
  const EventPlace place{.transaction_number = 1, .transaction = &transaction};
  if (!builder || !(*builder)->Append(*plan, event, place, quarantined)) return;
  const auto batch = (*builder)->Finish();
  if (batch && *batch != nullptr) Check(**batch);
}

}  // namespace
}  // namespace foreset::mysql

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  foreset::mysql::Run({data, size});
  return 0;
}
