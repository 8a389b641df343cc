// SPDX-License-Identifier: MIT
#include "foreset/server/operation/readiness.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "foreset/base/errors/operation.h"

namespace foreset::server {
namespace {

constexpr double kMaxLag = 60;

class ReadinessTest : public testing::Test {
 protected:
  ReadinessTest() { status_.following = true; }
  // "source E7101", … of everything that is said.
  std::vector<std::string> Said() {
    health_.name = "shop";
    health_.status = std::make_shared<pipeline::PipelineStatus>(status_);
    std::vector<std::string> said;
    for (const NotReady& why : ReasonsAgainst(health_, kMaxLag)) {
      said.push_back(why.component + " " + FormatCode(why.reason.code));
    }
    return said;
  }
  static Error Broken(ErrorCode code) { return {ErrorKind::kTransient, code, "broken", {}}; }

  pipeline::PipelineHealth health_;
  pipeline::PipelineStatus status_;
};

using Texts = std::vector<std::string>;

TEST_F(ReadinessTest, NothingToSayIsReady) {
  EXPECT_EQ(Said(), Texts{});
  EXPECT_EQ(ReadinessOf({health_}, kMaxLag).json,
            "{\"schema\":\"foreset.ready.v1\",\"ready\":true,\"reasons\":[],\"stopped\":[]}\n");
}

TEST_F(ReadinessTest, TheSourceIsNamedOnceWhoeverMissesIt) {
  status_.following = false;
  EXPECT_EQ(Said(), Texts{"source E7101"});
  status_.source_error = Broken(ErrorCode::kSourceUnreachable);
  EXPECT_EQ(Said(), Texts{"source " + FormatCode(ErrorCode::kSourceUnreachable)});
  health_.source.Add(Timestamp(1), std::unexpected(Broken(ErrorCode::kSourceUnreachable)));
  EXPECT_EQ(Said(), Texts{"source " + FormatCode(ErrorCode::kSourceUnreachable)});
}

TEST_F(ReadinessTest, ARunOfSilverAloneNeedsNoSource) {
  status_.following = false;
  health_.captures = false;
  EXPECT_EQ(Said(), Texts{});
}

TEST_F(ReadinessTest, AStoppedTableIsNamedAndTheOthersStayReady) {
  health_.stopped[{"shop", "Odd"}] = Broken(ErrorCode::kForeignChange);
  EXPECT_EQ(Said(), Texts{});
  const Readiness readiness = ReadinessOf({health_}, kMaxLag);
  EXPECT_TRUE(readiness.ready);
  EXPECT_NE(readiness.json.find(R"("stopped":[{"pipeline":"shop","component":"table shop.Odd")"),
            std::string::npos);
  health_.needs_all = true;
  EXPECT_EQ(Said(), Texts{"table shop.Odd " + FormatCode(ErrorCode::kForeignChange)});
}

TEST_F(ReadinessTest, OfManyStoppedTablesTheFirstAreNamed) {
  for (int i = 100; i < 130; ++i) {
    health_.stopped[{"shop", "T" + std::to_string(i)}] = Broken(ErrorCode::kForeignChange);
  }
  health_.any_goes_on = false;
  const auto said = Said();
  ASSERT_EQ(said.size(), 21);
  EXPECT_EQ(said.front(), "table shop.T100 " + FormatCode(ErrorCode::kForeignChange));
  EXPECT_TRUE(said.back().starts_with("tables "));
}

TEST_F(ReadinessTest, CopyingAndLagsAndTheSinkAreReasons) {
  status_.backfilling = true;
  status_.sink.emplace().stopped = Broken(ErrorCode::kKafkaFenced);
  health_.lag_seconds = {{"bronze", 59}, {"silver", 61}, {"sink", 70}};
  EXPECT_EQ(Said(), (Texts{"source E7107", "sink " + FormatCode(ErrorCode::kKafkaFenced),
                           "silver E7102", "sink E7108"}));
}

TEST_F(ReadinessTest, ALakeThatNobodyRunsIsNotReady) {
  health_.running = false;
  EXPECT_EQ(Said(), Texts{"pipeline E7103"});
  const Readiness readiness = ReadinessOf({health_}, kMaxLag);
  EXPECT_FALSE(readiness.ready);
  EXPECT_NE(readiness.json.find(R"("pipeline":"shop","component":"pipeline","code":"E7103",)"),
            std::string::npos);
}

}  // namespace
}  // namespace foreset::server
