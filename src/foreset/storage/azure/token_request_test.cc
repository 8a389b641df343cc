// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/token_request.h"

#include <gtest/gtest.h>

#include "foreset/storage/azure/testing/scripted_transport.h"

namespace foreset::azure {
namespace {

constexpr char kReply[] = R"({"token_type":"Bearer","expires_in":3599,"access_token":"abc"})";

TEST(TokenRequestTest, AClientSecretIsExchanged) {
  ScriptedTransport issuer;
  issuer.ThenStatus(200, kReply);
  issuer.ThenStatus(200, kReply);
  const ClientSecret secret{"https://login.example/t/oauth2/v2.0/token", "id", Secret("s&c")};
  const auto issued = RequestToken(secret, issuer, {});
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->token.Reveal(), "abc");
  EXPECT_EQ(issued->lifetime, std::chrono::seconds(3599));
  EXPECT_EQ(issuer.bodies[0],
            "client_id=id&client_secret=s%26c&grant_type=client_credentials&"
            "scope=https%3A%2F%2Fstorage.azure.com%2F.default");
  const ClientSecret first{"https://login.example/t/oauth2/token", "id", Secret("s")};
  ASSERT_TRUE(RequestToken(first, issuer, {}));
  EXPECT_NE(issuer.bodies[1].find("resource=https%3A%2F%2Fstorage.azure.com%2F"),
            std::string::npos);
}

TEST(TokenRequestTest, AWorkloadsTokenFileIsReadEachTime) {
  ScriptedTransport issuer;
  issuer.ThenStatus(200, R"({"access_token":"abc","expires_in":"60"})");
  const WorkloadIdentity workload{"https://login.example/t/oauth2/v2.0/token", "id", "/token"};
  const auto read = [](const std::string& path) { return Result<std::string>(path + " text\n"); };
  const auto issued = RequestToken(workload, issuer, read);
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->lifetime, std::chrono::seconds(60));
  EXPECT_NE(issuer.bodies[0].find("client_assertion=%2Ftoken%20text&"), std::string::npos);
  EXPECT_EQ(RequestToken(workload, issuer, {}).error().code, ErrorCode::kAzureSettings);
}

TEST(TokenRequestTest, ThePlatformsServiceIsAskedInItsOwnWay) {
  ScriptedTransport issuer;
  issuer.ThenStatus(200, kReply);
  issuer.ThenStatus(200, kReply);
  ASSERT_TRUE(RequestToken(ManagedIdentity{"http://169.254.169.254/x?y", {}}, issuer, {}));
  EXPECT_EQ(issuer.asked[0].headers[0], std::pair(std::string("Metadata"), std::string("true")));
  ASSERT_TRUE(RequestToken(ManagedIdentity{"http://127.0.0.1/x", Secret("h")}, issuer, {}));
  EXPECT_EQ(issuer.asked[1].headers[0].first, "X-IDENTITY-HEADER");
}

TEST(TokenRequestTest, ARefusalHasTheIssuersWordsAndNoSecret) {
  ScriptedTransport issuer;
  issuer.ThenStatus(401,
                    R"({"error":"invalid_client","error_description":"AADSTS7000215: x\r\ny"})");
  issuer.ThenStatus(503);
  issuer.ThenFails(ErrorKind::kCommitUnknown);
  issuer.ThenStatus(200, "<html>");
  const ClientSecret secret{"https://login.example/t", "id", Secret("hidden")};
  const auto refused = RequestToken(secret, issuer, {});
  EXPECT_EQ(refused.error().code, ErrorCode::kAzureTokenRefused);
  EXPECT_TRUE(refused.error().message.ends_with("invalid_client: AADSTS7000215: x"));
  EXPECT_EQ(RequestToken(secret, issuer, {}).error().kind, ErrorKind::kTransient);
  EXPECT_EQ(RequestToken(secret, issuer, {}).error().kind, ErrorKind::kTransient);
  EXPECT_EQ(RequestToken(secret, issuer, {}).error().kind, ErrorKind::kTransient);
}

TEST(TokenRequestTest, WhatALaterRequestMayMendIsNoRefusal) {
  ScriptedTransport issuer;
  const auto kind_of = [&](const CredentialWay& way, int status, const char* body) {
    issuer.ThenStatus(status, body);
    const auto refused = RequestToken(way, issuer, {});
    EXPECT_EQ(refused.error().code, ErrorCode::kAzureTokenRefused) << status;
    return refused.error().kind;
  };
  constexpr const char* kSays = R"({"error":"not_found"})";
  const ManagedIdentity platform{"http://169.254.169.254/x?y", {}};
  const ClientSecret secret{"https://login.example/t", "id", Secret("hidden")};
  for (const int status : {404, 410}) {
    EXPECT_EQ(kind_of(platform, status, kSays), ErrorKind::kTransient) << status;
    EXPECT_EQ(kind_of(secret, status, kSays), ErrorKind::kInvalidInput) << status;
  }
  EXPECT_EQ(kind_of(platform, 400, kSays), ErrorKind::kInvalidInput);
  for (const int status : {302, 400, 403, 407, 511}) {
    if (status >= 500) continue;
    EXPECT_EQ(kind_of(secret, status, "<html>"), ErrorKind::kTransient) << status;
  }
}

}  // namespace
}  // namespace foreset::azure
