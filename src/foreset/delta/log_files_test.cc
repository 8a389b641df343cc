// SPDX-License-Identifier: MIT
#include "foreset/delta/log_files.h"

#include <gtest/gtest.h>

namespace foreset::delta {
namespace {

TEST(LogFiles, NamesAreTakenApart) {
  const Version ten(10);
  EXPECT_EQ(ParseLogFile("_delta_log/00000000000000000010.json"),
            (LogFileName{LogFileKind::kCommit, ten}));
  EXPECT_EQ(ParseLogFile("_delta_log/00000000000000000010.checkpoint.parquet"),
            (LogFileName{LogFileKind::kClassicCheckpoint, ten}));
  EXPECT_EQ(
      ParseLogFile("_delta_log/00000000000000000010.checkpoint.0000000002.0000000003.parquet"),
      (LogFileName{LogFileKind::kPartOfCheckpoint, ten, 2, 3}));
  EXPECT_EQ(ParseLogFile("_delta_log/00000000000000000010.checkpoint."
                         "6374b053-df23-479b-b2cf-c9c550132b49.json"),
            (LogFileName{LogFileKind::kUuidCheckpoint, ten, 0, 0, true}));
  EXPECT_EQ(ParseLogFile("_delta_log/00000000000000000010.00000000000000000012.compacted.json"),
            (LogFileName{LogFileKind::kCompacted, ten, 0, 0, false, Version(12)}));
  EXPECT_EQ(ParseLogFile("_delta_log/00000000000000000010.crc"),
            (LogFileName{LogFileKind::kChecksum, ten}));
}

TEST(LogFiles, WhatPathsAreMadeIsRead) {
  const Version version(123);
  EXPECT_EQ(ParseLogFile(CommitPath(version))->version, version);
  EXPECT_EQ(ParseLogFile(ClassicCheckpointPath(version))->kind, LogFileKind::kClassicCheckpoint);
}

TEST(LogFiles, OthersAreNoneOfTheLog) {
  for (const char* path :
       {"_delta_log/_last_checkpoint", "_delta_log/10.json", "00000000000000000010.json",
        "_delta_log/_staged_commits/00000000000000000010.json", "_delta_log/",
        "_delta_log/99999999999999999999.json", "_delta_log/-0000000000000000010.json",
        "_delta_log/00000000000000000010.json.tmp", "_delta_log/00000000000000000010",
        "_delta_log/00000000000000000010.checkpoint.0000000004.0000000003.parquet",
        "_delta_log/00000000000000000010.checkpoint.x.parquet",
        "_delta_log/00000000000000000010.00000000000000000009.compacted.json"}) {
    EXPECT_EQ(ParseLogFile(path), std::nullopt) << path;
  }
}

}  // namespace
}  // namespace foreset::delta
