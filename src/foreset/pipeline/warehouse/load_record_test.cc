// SPDX-License-Identifier: MIT
#include "foreset/pipeline/warehouse/load_record.h"

#include <gtest/gtest.h>

namespace foreset::pipeline {
namespace {

TEST(LoadRecordTest, IsReadAsItWasWritten) {
  const LoadRecord record{"Fact \"x\"",
                          "00ff",
                          7,
                          R"({"epoch":0,"file":"binlog.000001"})",
                          {{"silver.Order Items", {"id-1", 12}}, {"DimProduct", {"id-2", 0}}}};
  EXPECT_EQ(LoadRecordFromJson(ToJson(record)).value(), record);
  EXPECT_EQ(LoadRecordFromJson(ToJson(LoadRecord{})).value(), LoadRecord{});
}

TEST(LoadRecordTest, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "{}", "{\"reads\":1}", "{\"reads\":{}"}) {
    EXPECT_EQ(LoadRecordFromJson(text).error().code, ErrorCode::kProgressDamaged) << text;
  }
}

}  // namespace
}  // namespace foreset::pipeline
