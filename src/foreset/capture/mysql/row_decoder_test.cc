// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/row_decoder.h"

#include <memory>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include "foreset/capture/mysql/rows_event.h"
#include "foreset/capture/mysql/table_map.h"
#include "foreset/capture/mysql/testing/event_writer.h"

namespace foreset::mysql {
namespace {

using testing::EventWriter;

// A row of NULLs alone is one byte, its bitmap: nothing that could be taken for a trailer.
TEST(BatchBuilderTest, ARowOfNullsAloneAtTheEndOfAnEventIsARow) {
  const std::string map = EventWriter::ItemsMap();
  const auto head = ParseTableMapHead(AsBytes(map), false);
  ASSERT_TRUE(head);
  const ColumnSchema id{.name = "id", .type = SourceType::kInt};
  const ColumnSchema name{
      .name = "name", .type = SourceType::kVarChar, .length = 40, .charset = "utf8mb4"};
  const auto schema = std::make_shared<const TableSchema>(
      TableSchema{.id = {"shop", "items"}, .columns = {id, name}});
  const RowPlan plan = RowPlan::Make(ParseTableMap(*head, false).value(), schema).value();

  const std::string body = EventWriter::RowsBody(false, EventWriter::Item(1, "a") + '\x03');
  RowsEvent event;
  ASSERT_TRUE(ParseRowsEvent(EventType::kWriteRows, AsBytes(body), false, event));
  const auto builder = BatchBuilder::Open(schema, DateTimeAs::kWallClock, 1024).value();
  const SourceTransaction transaction;
  std::vector<QuarantinedRecord> quarantined;
  const EventPlace place{.transaction_number = 1, .transaction = &transaction};
  EXPECT_EQ(builder->Append(plan, event, place, quarantined).value(), 2U);
  EXPECT_TRUE(quarantined.empty());
  const auto batch = builder->Finish().value();
  ASSERT_EQ(batch->size(), 2U);
  EXPECT_TRUE(batch->after->column(0)->IsNull(1));
}

}  // namespace
}  // namespace foreset::mysql
