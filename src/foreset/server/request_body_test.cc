// SPDX-License-Identifier: MIT
#include "foreset/server/request_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foreset::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RequestBody, ScalarsAreTakenAsText) {
  const auto read = ReadNewConnector(
      R"({"name":"n","config":{"tasks.max":1,"read.only":true,"a":"b"},"initial_state":"paused"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, "n");
  EXPECT_EQ(read->target, TargetState::kPaused);
  EXPECT_EQ(read->config.Reveal(),
            (ConnectorConfig::Options{{"a", "b"}, {"read.only", "true"}, {"tasks.max", "1"}}));
}

TEST(RequestBody, NullRemovesAnOption) {
  const auto read = ReadOptions(R"({"a":null,"b":""})");
  ASSERT_TRUE(read);
  const ConnectorConfig config(ConnectorConfig::Options{{"a", "1"}, {"b", "2"}, {"c", "3"}});
  EXPECT_EQ(config.With(*read).Reveal(), (ConnectorConfig::Options{{"b", ""}, {"c", "3"}}));
}

TEST(RequestBody, WhatIsNotUnderstoodIsNotQuoted) {
  for (const char* body :
       {"", "canary", "[\"canary\"]", R"({"name":"n","config":{"database.password":["canary"]}})",
        R"({"name":"n"})", R"({"name":"n","config":"canary"})",
        R"({"name":"n","config":{},"initial_state":"canary"})",
        R"({"name":"n","config":{"a":"cana)"}) {
    const auto read = ReadNewConnector(body);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, ErrorCode::kRequestNotUnderstood);
    EXPECT_THAT(read.error().message, Not(HasSubstr("cana"))) << body;
  }
}

TEST(RequestBody, OffsetsAreReadOrRefused) {
  const auto read = ReadOffsets(
      R"({"offsets":[{"partition":{"server":"s"},"offset":{"file":"b.1","pos":4}},
                     {"partition":{"server":"s"},"offset":null}]})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).offset->at("pos"), "4");
  EXPECT_FALSE(read->at(1).offset);
  for (const char* body : {"{}", R"({"offsets":[]})", R"({"offsets":[1]})",
                           R"({"offsets":[{"partition":{"server":"s"},"offset":1}]})"}) {
    EXPECT_FALSE(ReadOffsets(body)) << body;
  }
}

TEST(ConnectorConfig, OnlyWhatIsKnownToBeHarmlessIsShown) {
  const ConnectorConfig given(ConnectorConfig::Options{
      {"database.password", "canary"}, {"database.user", "u"}, {"x.jdbc.url", "canary"}});
  EXPECT_EQ(given.Masked(),
            (ConnectorConfig::Options{
                {"database.password", "****"}, {"database.user", "****"}, {"x.jdbc.url", "****"}}));
  const ConnectorConfig former = given.Kept([](const std::string& option) {
    if (option == "x.jdbc.url") return OptionUse::kNone;
    return option == "database.user" ? OptionUse::kOpen : OptionUse::kSecret;
  });
  EXPECT_EQ(former.Masked(),
            (ConnectorConfig::Options{{"database.password", "****"}, {"database.user", "u"}}));
  ConnectorConfig next(former.Masked());
  next.Set("database.user", "****");
  next.KeepMasked(former);
  EXPECT_EQ(next.Get("database.password"), "canary");
  EXPECT_EQ(next.Get("database.user"), "****");
}

}  // namespace
}  // namespace foreset::server
