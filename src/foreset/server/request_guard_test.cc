// SPDX-License-Identifier: MIT
#include "foreset/server/request_guard.h"

#include <gtest/gtest.h>

namespace foreset::server {
namespace {

const GuardOptions kOpen{.hosts = {"localhost", "127.0.0.1", "::1"}, .token = Secret()};

HttpRequest Get(const std::string& host) {
  return {.method = "GET", .path = "/", .query = {}, .headers = {{"host", host}}, .body = ""};
}

int StatusOf(const HttpRequest& request, const GuardOptions& options = kOpen) {
  const auto refused = RefuseRequest(request, options);
  return refused ? refused->status : 200;
}

TEST(RequestGuard, OwnNamesPassWithAnyPort) {
  for (const char* host : {"localhost", "LocalHost:8083", "127.0.0.1:1", "[::1]:8083", "[::1]"}) {
    EXPECT_EQ(StatusOf(Get(host)), 200) << host;
  }
}

TEST(RequestGuard, ANameThatResolvesHereIsTurnedAway) {
  for (const char* host : {"evil.example", "evil.example:8083", "127.0.0.1.evil.example", "",
                           "localhost.", "[::1", "127.0.0.1@evil.example"}) {
    EXPECT_EQ(StatusOf(Get(host)), 421) << host;
  }
  HttpRequest none = Get("localhost");
  none.headers.clear();
  EXPECT_EQ(StatusOf(none), 421);
  HttpRequest two = Get("localhost");
  two.headers.emplace("host", "evil.example");
  EXPECT_EQ(StatusOf(two), 421);
}

TEST(RequestGuard, APageOfAnotherOriginIsTurnedAway) {
  const auto from = [](const char* name, const char* value) {
    HttpRequest request = Get("localhost:8083");
    request.method = "POST";
    request.headers.emplace(name, value);
    return StatusOf(request);
  };
  EXPECT_EQ(from("origin", "http://localhost:8083"), 200);
  EXPECT_EQ(from("origin", "http://localhost:9000"), 403);
  EXPECT_EQ(from("origin", "http://evil.example"), 403);
  EXPECT_EQ(from("origin", "null"), 403);
  EXPECT_EQ(from("origin", ""), 403);
  EXPECT_EQ(from("sec-fetch-site", "cross-site"), 403);
  EXPECT_EQ(from("sec-fetch-site", "same-site"), 403);
  EXPECT_EQ(from("sec-fetch-site", "same-origin"), 200);
}

TEST(RequestGuard, TheTokenIsAskedForWhenThereIsOne) {
  const GuardOptions closed{.hosts = {"localhost"}, .token = Secret("right")};
  const auto with = [&](const std::string& authorization) {
    HttpRequest request = Get("localhost");
    if (!authorization.empty()) request.headers.emplace("authorization", authorization);
    return StatusOf(request, closed);
  };
  EXPECT_EQ(with(""), 401);
  EXPECT_EQ(with("Bearer wrong"), 401);
  EXPECT_EQ(with("Bearer righ"), 401);
  EXPECT_EQ(with("Bearer right "), 401);
  EXPECT_EQ(with("Basic right"), 401);
  EXPECT_EQ(with("Bearer right"), 200);
  EXPECT_EQ(with("bearer right"), 200);
}

TEST(RequestGuard, ABodyMustBeDeclaredToBeJson) {
  const auto as = [](const std::string& type) {
    HttpRequest request = Get("localhost");
    request.body = "{}";
    if (!type.empty()) request.headers.emplace("content-type", type);
    return StatusOf(request);
  };
  EXPECT_EQ(as("application/json"), 200);
  EXPECT_EQ(as("Application/JSON; charset=utf-8"), 200);
  EXPECT_EQ(as("text/plain"), 415);
  EXPECT_EQ(as("application/x-www-form-urlencoded"), 415);
  EXPECT_EQ(as(""), 415);
}

TEST(RequestGuard, LoopbackIsWhatOnlyThisMachineReaches) {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "::ffff:127.0.0.1", "example.org", ""}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace foreset::server
