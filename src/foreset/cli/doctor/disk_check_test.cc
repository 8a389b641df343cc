// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/disk_check.h"

#include <gtest/gtest.h>

#include "foreset/base/errors/operation.h"

namespace foreset::cli {
namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U;

mysql::ServerCheck Judged(std::uint64_t bytes, std::uint64_t inodes) {
  mysql::ServerCheck check{.name = "lake.bronze", .found = "/lake"};
  JudgeRoom({.bytes = bytes, .inodes = inodes}, check);
  return check;
}

TEST(DiskCheckTest, RoomIsJudgedByBytesAndByFiles) {
  EXPECT_EQ(Judged(2048 * kMiB, 1'000'000).outcome, mysql::CheckOutcome::kOk);
  EXPECT_EQ(Judged(2048 * kMiB, 1'000'000).found, "/lake, 2.0 GiB free");
  EXPECT_EQ(Judged(1023 * kMiB, 1'000'000).outcome, mysql::CheckOutcome::kWarning);
  EXPECT_EQ(Judged(2048 * kMiB, 9'999).outcome, mysql::CheckOutcome::kWarning);
  const mysql::ServerCheck full = Judged(63 * kMiB, 1'000'000);
  EXPECT_EQ(full.outcome, mysql::CheckOutcome::kFailed);
  EXPECT_EQ(full.code, operation_error::kDiskFull);
  EXPECT_EQ(Judged(2048 * kMiB, 99).outcome, mysql::CheckOutcome::kFailed);
}

TEST(DiskCheckTest, AnEarlierFailureStays) {
  mysql::ServerCheck check{.name = "lake.bronze",
                           .outcome = mysql::CheckOutcome::kFailed,
                           .found = "/lake",
                           .wanted = "a directory",
                           .code = ErrorCode::kStorageIo};
  JudgeRoom({.bytes = 1, .inodes = 1}, check);
  EXPECT_EQ(check.wanted, "a directory");
  EXPECT_EQ(check.code, ErrorCode::kStorageIo);
}

TEST(DiskCheckTest, ThisDiskCanBeAskedAndAMissingOneNot) {
  EXPECT_TRUE(ReadDiskRoom("/"));
  EXPECT_FALSE(ReadDiskRoom("/no/such/folder"));
}

}  // namespace
}  // namespace foreset::cli
