// SPDX-License-Identifier: MIT
#include "foreset/server/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foreset::server {
namespace {

using ::testing::ElementsAre;

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    router_.Add("GET", "/", [](const RoutedRequest&) { return JsonReply(200, "root"); });
    router_.Add("GET", "/connectors/{name}",
                [](const RoutedRequest& request) { return JsonReply(200, request.parameters[0]); });
    router_.Add("DELETE", "/connectors/{name}",
                [](const RoutedRequest&) { return EmptyReply(204); });
  }
  HttpReply Ask(const std::string& method, const std::string& path) const {
    return router_.Dispatch(
        {.method = method, .path = path, .query = {}, .headers = {}, .body = ""});
  }
  Router router_;
};

TEST_F(RouterTest, SegmentsInBracesAreDecodedParameters) {
  EXPECT_EQ(Ask("GET", "/connectors/a").body, "a");
  EXPECT_EQ(Ask("GET", "/connectors/a%2Fb%20c").body, "a/b c");
  EXPECT_EQ(Ask("GET", "/connectors/a/").body, "a");
  EXPECT_EQ(Ask("HEAD", "/").body, "root");
}

TEST_F(RouterTest, WhatIsNotThereIsSaid) {
  EXPECT_EQ(Ask("GET", "/connectors/a/b").status, 404);
  EXPECT_EQ(Ask("GET", "/other").status, 404);
  EXPECT_EQ(Ask("GET", "/connectors/%zz").status, 400);
  EXPECT_EQ(Ask("GET", "/connectors/%4").status, 400);
}

TEST_F(RouterTest, AWrongMethodNamesTheRightOnes) {
  const HttpReply reply = Ask("POST", "/connectors/a");
  EXPECT_EQ(reply.status, 405);
  EXPECT_THAT(reply.headers, ElementsAre(std::pair("Allow", "GET,DELETE")));
}

TEST(LocationOf, NamesArePercentEncoded) {
  EXPECT_EQ(LocationOf("a b/c-1"), "/connectors/a%20b%2Fc-1");
}

}  // namespace
}  // namespace foreset::server
