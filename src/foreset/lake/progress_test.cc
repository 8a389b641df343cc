// SPDX-License-Identifier: MIT
#include "foreset/lake/progress.h"

#include <string>

#include <gtest/gtest.h>

#include "foreset/base/errors/lake.h"

namespace foreset::lake {
namespace {

Progress Full() {
  Progress progress;
  progress.app_id = "foreset/shop/A";
  progress.position = {.server = "s", .file = "binlog.000001", .offset = 4, .gtid_set = "s:1"};
  progress.batch = BatchNumber(7);
  progress.schema = SchemaVersion(2);
  progress.schema_sequence = Sequence(0, 1, 4, 0, Operation::kTruncate);
  progress.commits = 9;
  progress.dropped = true;
  progress.truncated = Sequence(0, 1, 3, 0, Operation::kTruncate);
  progress.backfill = BackfillState{progress.position, {"1", "'a'"}, 5, true};
  progress.fed_from = FedFrom{"0000-1", delta::Version(12), 1'700'000'000'000};
  progress.rows = 42;
  return progress;
}

std::string Replace(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what << " in " << text;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

TEST(ProgressTest, RoundTrips) {
  const auto read = ProgressFromJson(ToJson(Full()));
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(*read, Full());
}

// Every member, in forms that it does not have.
TEST(ProgressTest, ADamagedMemberIsDamageAndNotZero) {
  const std::string good = ToJson(Full());
  const std::vector<std::pair<std::string, std::string>> damages = {
      {"\"batch\":7", "\"batch\":\"7\""},
      {"\"batch\":7", "\"batch\":7.5"},
      {"\"batch\":7", "\"batch\":-7"},
      {"\"batch\":7", "\"bitch\":7"},
      {"\"schema\":2", "\"schema\":null"},
      {"\"commits\":9", "\"commits\":true"},
      {"\"commits\":9", "\"commits\":99999999999999999999"},
      {"\"app\":\"foreset/shop/A\"", "\"app\":1"},
      {"\"schema_seq\":\"", "\"schema_seq\":\"x"},
      {"\"truncated\":\"", "\"truncated\":\"x"},
      {"\"dropped\":true", "\"dropped\":1"},
      {"\"rows\":42", "\"rows\":\"42\""},
      {"\"version\":12", "\"version\":-1"},
      {"\"table\":\"0000-1\"", "\"table\":7"},
      {"\"pos\":4", "\"pos\":-4"},
      {"\"after_key\":[", "\"after_key\":[1,"},
      {"\"done\":true", "\"done\":\"yes\""},
  };
  for (const auto& [what, with] : damages) {
    const auto read = ProgressFromJson(Replace(good, what, with));
    ASSERT_FALSE(read) << with;
    EXPECT_EQ(read.error().code, ErrorCode::kProgressDamaged) << with;
  }
  EXPECT_FALSE(ProgressFromJson("{}"));
  EXPECT_FALSE(ProgressFromJson("[]"));
  EXPECT_FALSE(ProgressFromJson(good.substr(0, good.size() - 1)));
}

TEST(ProgressTest, WhatOlderProgramsWroteIsReadAndWhatLaterOnesWriteIsRefused) {
  const auto old = ProgressFromJson(R"({"app":"a","batch":3,"schema":1,"schema_seq":")" +
                                    Full().schema_sequence.ToString() + R"(","commits":4})");
  ASSERT_TRUE(old) << old.error().ToString();
  EXPECT_EQ(old->batch, BatchNumber(3));
  EXPECT_FALSE(old->fed_from || old->rows);
  const std::string good = ToJson(Full());
  EXPECT_TRUE(ProgressFromJson(Replace(good, "\"rows\":42", "\"rows\":42,\"novelty\":{}")));
  const auto later = ProgressFromJson(Replace(good, "\"format\":1", "\"format\":2"));
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, lake_error::kProgressTooNew);
}

}  // namespace
}  // namespace foreset::lake
