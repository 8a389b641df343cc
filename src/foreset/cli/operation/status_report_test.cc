// SPDX-License-Identifier: MIT
#include "foreset/cli/operation/status_report.h"

#include <gtest/gtest.h>

#include "foreset/base/errors/operation.h"

namespace foreset::cli {
namespace {

StatusReport Full() {
  SourcePosition position;
  position.server = "3e11fa47";
  position.file = "mysql-bin.000003";
  position.offset = 1234;
  StatusReport report;
  report.pipeline = "running";
  report.source = position;
  report.covered = position;
  report.current = true;
  report.lag = "none: every layer has what the source has";
  report.sink = StatusReport::Sink{.lag = "current", .published = position, .records = 7};
  report.batches_behind = 2;
  report.stopped.push_back({"shop.Odd", "E5104", "column 'v' changed", "Reset the table"});
  report.incomplete = {"shop.New"};
  report.left_out = {"shop.Old", "shop.Older"};
  report.tables.push_back({.table = "silver/Items",
                           .state = "following",
                           .version = 3,
                           .rows = 10,
                           .batches_behind = 2,
                           .committed_at = Timestamp(1'700'000'000'123'000),
                           .position = position});
  report.tables.push_back({.table = "silver/Other",
                           .state = "E4101: \"odd\"",
                           .version = 0,
                           .rows = {},
                           .batches_behind = {},
                           .committed_at = Timestamp(0),
                           .position = {}});
  return report;
}

TEST(StatusReportTest, WhatIsWrittenReadsBack) {
  EXPECT_EQ(StatusReportFromJson(ToJson(Full())), Full());
  StatusReport bare;
  bare.source_error = "E2101: the server is away";
  bare.source_unproved = "binlog.000001 is no longer kept";
  EXPECT_EQ(StatusReportFromJson(ToJson(bare)), bare);
}

TEST(StatusReportTest, AnotherReplyIsRefused) {
  for (const char* text : {"", "[]", "{}", "<html>", R"({"schema":"foreset.status.v2"})",
                           R"({"schema":"foreset.status.v1","pipeline":7})"}) {
    const auto report = StatusReportFromJson(text);
    ASSERT_FALSE(report) << text;
    EXPECT_EQ(report.error().code, operation_error::kStatusNotServed) << text;
  }
}

}  // namespace
}  // namespace foreset::cli
