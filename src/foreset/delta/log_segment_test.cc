// SPDX-License-Identifier: MIT
#include "foreset/delta/log_segment.h"

#include <gtest/gtest.h>

#include "foreset/delta/log_files.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::delta {
namespace {

class LogSegmentTest : public testing::Test {
 protected:
  void Commits(std::initializer_list<int> versions) {
    for (const int version : versions) Put(CommitPath(Version(version)), "{}");
  }
  void Checkpoint(int version, std::string_view rest = ".checkpoint.parquet") {
    Put(LogFilePrefix(Version(version)) + std::string(rest), "");
  }
  void Hint(std::string_view text) { Put("_delta_log/_last_checkpoint", text); }
  void Put(const std::string& path, std::string_view text) {
    ASSERT_TRUE(store_.Put(path, AsBytes(text)));
  }
  LogSegment Found(std::optional<Version> version = {}) {
    auto segment = FindLogSegment(store_, version);
    EXPECT_TRUE(segment) << segment.error().message;
    return segment ? *segment : LogSegment();
  }
  Error Fault(std::optional<Version> version = {}) {
    const auto segment = FindLogSegment(store_, version);
    EXPECT_FALSE(segment);
    return segment ? Error() : segment.error();
  }
  static std::vector<int> VersionsOf(const LogSegment& segment) {
    std::vector<int> versions;
    for (const CommitFile& commit : segment.commits) {
      versions.push_back(static_cast<int>(commit.version.value()));
    }
    return versions;
  }

  ManualClock clock_{Timestamp(1'000'000)};
  MemoryStore store_{clock_};
};

TEST_F(LogSegmentTest, WithoutCheckpointAllCommitsCount) {
  Commits({0, 1, 2});
  EXPECT_EQ(Found().version, Version(2));
  EXPECT_EQ(VersionsOf(Found()), (std::vector{0, 1, 2}));
  EXPECT_EQ(VersionsOf(Found(Version(1))), (std::vector{0, 1}));
}

TEST_F(LogSegmentTest, TheLatestCheckpointStandsForWhatIsBefore) {
  Commits({0, 1, 2, 3, 4});
  Checkpoint(1);
  Checkpoint(3);
  EXPECT_EQ(VersionsOf(Found()), (std::vector{4}));
  EXPECT_EQ(Found().checkpoint->version, Version(3));
  EXPECT_EQ(VersionsOf(Found(Version(2))), (std::vector{2}));
  EXPECT_EQ(VersionsOf(Found(Version(0))), (std::vector{0}));
}

TEST_F(LogSegmentTest, CleanedUpCommitsAreNotMissed) {
  Commits({4, 5});
  Checkpoint(3);
  EXPECT_EQ(VersionsOf(Found()), (std::vector{4, 5}));
  EXPECT_EQ(Fault(Version(2)).code, ErrorCode::kDeltaVersionNotFound);
}

TEST_F(LogSegmentTest, ACheckpointAloneIsATable) {
  Checkpoint(10);
  EXPECT_EQ(Found().version, Version(10));
  EXPECT_TRUE(Found().commits.empty());
}

TEST_F(LogSegmentTest, OnlyWholeSetsOfPartsCount) {
  Commits({0, 1, 2});
  Checkpoint(1, ".checkpoint.0000000001.0000000002.parquet");
  EXPECT_FALSE(Found().checkpoint);
  Checkpoint(1, ".checkpoint.0000000002.0000000002.parquet");
  ASSERT_TRUE(Found().checkpoint);
  EXPECT_EQ(Found().checkpoint->paths.size(), 2U);
  Checkpoint(2, ".checkpoint.0000000001.0000000003.parquet");
  Checkpoint(2, ".checkpoint.0000000002.0000000002.parquet");
  EXPECT_EQ(Found().checkpoint->version, Version(1));
}

TEST_F(LogSegmentTest, UuidCheckpointsCount) {
  Commits({0, 1});
  Checkpoint(1, ".checkpoint.6374b053-df23-479b-b2cf-c9c550132b49.json");
  EXPECT_TRUE(Found().checkpoint->json);
}

TEST_F(LogSegmentTest, TheHintChangesNothing) {
  Commits({0, 1, 2, 3, 4});
  Checkpoint(3);
  for (const char* hint : {R"({"version":3,"size":1})", R"({"version":2})", R"({"version":99})",
                           R"({"version":-1})", R"({"version":"3"})", "[]", "{", "", "\xFF"}) {
    Hint(hint);
    EXPECT_EQ(Found().version, Version(4)) << hint;
    EXPECT_EQ(VersionsOf(Found()), (std::vector{4})) << hint;
    EXPECT_EQ(VersionsOf(Found(Version(2))), (std::vector{0, 1, 2})) << hint;
  }
}

TEST_F(LogSegmentTest, AStaleHintFindsTheNewerCheckpoint) {
  Commits({0, 1, 2, 3, 4});
  Checkpoint(1);
  Checkpoint(3);
  Hint(R"({"version":1})");
  EXPECT_EQ(Found().checkpoint->version, Version(3));
}

TEST_F(LogSegmentTest, AGapIsCorruption) {
  Commits({0, 2});
  EXPECT_EQ(Fault().kind, ErrorKind::kCorruption);
  EXPECT_NE(Fault().message.find("version 1"), std::string::npos);
}

TEST_F(LogSegmentTest, ALogThatStartsLateWithoutCheckpointIsCorruption) {
  Commits({3, 4});
  EXPECT_EQ(Fault().kind, ErrorKind::kCorruption);
  EXPECT_EQ(Fault(Version(3)).code, ErrorCode::kDeltaVersionNotFound);
}

TEST_F(LogSegmentTest, AnEmptyLogIsNoTable) {
  EXPECT_EQ(Fault().code, ErrorCode::kDeltaTableNotFound);
  Put("_delta_log/00000000000000000000.crc", "{}");
  EXPECT_EQ(Fault().code, ErrorCode::kDeltaTableNotFound);
  Commits({0});
  EXPECT_EQ(Fault(Version(1)).code, ErrorCode::kDeltaVersionNotFound);
  EXPECT_EQ(Fault(Version(-1)).code, ErrorCode::kDeltaVersionNotFound);
}

TEST_F(LogSegmentTest, ListedCommitsEndWithTheLatest) {
  Commits({0, 3, 4, 5});
  const auto commits = ListCommits(store_);
  ASSERT_TRUE(commits);
  ASSERT_EQ(commits->size(), 3U);
  EXPECT_EQ(commits->front().version, Version(3));
}

}  // namespace
}  // namespace foreset::delta
