// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/azure_store.h"

#include <algorithm>
#include <chrono>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/storage/azure/blob_listing.h"
#include "foreset/storage/azure/block_upload.h"
#include "foreset/storage/azure/testing/scripted_transport.h"

namespace foreset {
namespace {

using azure::HttpRequest;
using azure::HttpResponse;
using std::chrono::milliseconds;

constexpr char kExists[] = "<Error><Code>BlobAlreadyExists</Code><Message>there</Message></Error>";
constexpr std::int64_t kNow = 1'800'000'000'000'000;

std::string HeaderOf(const HttpRequest& request, std::string_view name) {
  const auto found =
      std::ranges::find(request.headers, name, [](const auto& header) { return header.first; });
  return found == request.headers.end() ? std::string() : found->second;
}

// A store whose service is a script and whose time passes only while it waits.
class AzureStoreTest : public testing::Test {
 protected:
  AzureStoreTest() {
    options_.settings = [this]() -> Result<AzureSettings> {
      ++settings_read_;
      AzureSettings settings;
      settings.keys.emplace("fs.azure.account.key.acc.dfs.core.windows.net", Secret(key_));
      return settings;
    };
    parts_.transport = service_;
    parts_.clock = &clock_;
    parts_.sleep = [this](milliseconds pause) {
      waits_.push_back(pause);
      clock_.Advance(pause);
    };
    parts_.random = [] { return 7U; };
  }

  std::unique_ptr<AzureStore> Open() {
    auto location = azure::ParseAzureUri("abfss://data@acc.dfs.core.windows.net/lake", "").value();
    return std::make_unique<AzureStore>(
        azure::BlobClient::Open(std::move(location), options_, parts_).value());
  }

  ManualClock clock_{Timestamp(kNow)};
  std::shared_ptr<azure::ScriptedTransport> service_ = std::make_shared<azure::ScriptedTransport>();
  AzureOptions options_;
  azure::ClientParts parts_;
  std::vector<milliseconds> waits_;
  std::string key_ = "a2V5";
  int settings_read_ = 0;
};

TEST_F(AzureStoreTest, PutIfAbsentIsOneConditionalCall) {
  service_->ThenStatus(201);
  service_->ThenStatus(409, kExists);
  service_->ThenStatus(412, "<Error><Code>ConditionNotMet</Code></Error>");
  const auto store = Open();
  EXPECT_EQ(store->PutIfAbsent("t/a b", AsBytes("x")).value(), PutOutcome::kCreated);
  EXPECT_EQ(store->PutIfAbsent("t/a b", AsBytes("x")).value(), PutOutcome::kAlreadyExists);
  EXPECT_EQ(store->PutIfAbsent("t/a b", AsBytes("x")).value(), PutOutcome::kAlreadyExists);
  ASSERT_EQ(service_->asked.size(), 3U);
  EXPECT_EQ(service_->asked[0].url, "https://acc.blob.core.windows.net/data/lake/t/a%20b");
  EXPECT_EQ(HeaderOf(service_->asked[0], "if-none-match"), "*");
  EXPECT_TRUE(HeaderOf(service_->asked[0], "authorization").starts_with("SharedKey acc:"));
}

TEST_F(AzureStoreTest, ExistsAfterALostReplyIsUnknown) {
  for (const bool lost : {true, false}) {
    if (lost) {
      service_->ThenFails(ErrorKind::kCommitUnknown);
    } else {
      service_->ThenStatus(500, "<Error><Code>OperationTimedOut</Code></Error>");
    }
    service_->ThenStatus(409, kExists);
    EXPECT_EQ(Open()->PutIfAbsent("a", AsBytes("x")).error().kind, ErrorKind::kCommitUnknown);
  }
}

TEST_F(AzureStoreTest, ExistsAfterARequestThatWasNeverSentIsAnothersObject) {
  service_->ThenFails(ErrorKind::kTransient);
  service_->ThenStatus(409, kExists);
  EXPECT_EQ(Open()->PutIfAbsent("a", AsBytes("x")).value(), PutOutcome::kAlreadyExists);
}

TEST_F(AzureStoreTest, CreatedAtTheSecondAttemptIsCreated) {
  service_->ThenFails(ErrorKind::kCommitUnknown);
  service_->ThenStatus(201);
  EXPECT_EQ(Open()->PutIfAbsent("a", AsBytes("x")).value(), PutOutcome::kCreated);
  EXPECT_EQ(service_->bodies[1], "x");
}

TEST_F(AzureStoreTest, AttemptsAreBoundedAndTheWaitingGrows) {
  parts_.limits.attempts = 4;
  for (int i = 0; i < 4; ++i) service_->ThenFails(ErrorKind::kTransient);
  EXPECT_EQ(Open()->PutIfAbsent("a", AsBytes("x")).error().kind, ErrorKind::kTransient);
  EXPECT_EQ(waits_,
            (std::vector<milliseconds>{milliseconds(57), milliseconds(107), milliseconds(207)}));
  for (int i = 0; i < 4; ++i) service_->ThenFails(ErrorKind::kCommitUnknown);
  EXPECT_EQ(Open()->PutIfAbsent("a", AsBytes("x")).error().kind, ErrorKind::kCommitUnknown);
  for (int i = 0; i < 4; ++i) service_->ThenFails(ErrorKind::kCommitUnknown);
  EXPECT_EQ(Open()->Read("a").error().kind, ErrorKind::kTransient);
}

TEST_F(AzureStoreTest, RetryAfterIsHonouredWithinTheTotal) {
  parts_.limits.total = std::chrono::seconds(7);
  for (int i = 0; i < 3; ++i) service_->ThenStatus(503, "", {{"retry-after", "3"}});
  const auto read = Open()->Read("a");
  EXPECT_EQ(read.error().kind, ErrorKind::kTransient);
  EXPECT_EQ(read.error().code, ErrorCode::kAzureBusy);
  EXPECT_EQ(waits_, (std::vector<milliseconds>{milliseconds(3000), milliseconds(3000)}));
}

TEST_F(AzureStoreTest, ARefusalReadsTheKeyAgainAndTriesOnceMore) {
  service_->Then([this](const HttpRequest&) {
    key_ = "bmV3";
    return HttpResponse{
        403, {{"x-ms-request-id", "1"}}, "<Error><Code>AuthenticationFailed</Code></Error>"};
  });
  service_->ThenStatus(200, "text");
  EXPECT_EQ(Open()->Read("a").value(), "text");
  EXPECT_NE(HeaderOf(service_->asked[0], "authorization"),
            HeaderOf(service_->asked[1], "authorization"));
  EXPECT_TRUE(waits_.empty());
}

TEST_F(AzureStoreTest, ASecondRefusalIsFinal) {
  for (int i = 0; i < 2; ++i) {
    service_->ThenStatus(403, "<Error><Code>AuthenticationFailed</Code></Error>");
  }
  const auto read = Open()->Read("a");
  EXPECT_EQ(read.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(read.error().code, ErrorCode::kAzureKeyRefused);
  EXPECT_EQ(service_->asked.size(), 2U);
}

TEST_F(AzureStoreTest, RefusalsAreToldApart) {
  const auto code_of = [&](int status, const std::string& code, const std::string& words,
                           std::int64_t their_lead_minutes = 0) {
    const Timestamp theirs(kNow + their_lead_minutes * 60'000'000);
    for (int i = 0; i < 2; ++i) {
      service_->ThenStatus(
          status, fmt::format("<Error><Code>{}</Code><Message>{}</Message></Error>", code, words),
          {{"date", azure::FormatHttpDate(theirs)}});
    }
    auto read = Open()->Read("a");
    service_ = std::make_shared<azure::ScriptedTransport>();
    parts_.transport = service_;
    return read.error().code;
  };
  EXPECT_EQ(code_of(403, "AuthenticationFailed", ""), ErrorCode::kAzureKeyRefused);
  EXPECT_EQ(code_of(403, "AuthenticationFailed", "", 16), ErrorCode::kAzureClockSkew);
  EXPECT_EQ(code_of(403, "AuthenticationFailed", "", -16), ErrorCode::kAzureClockSkew);
  EXPECT_EQ(code_of(403, "AuthenticationFailed", "", 14), ErrorCode::kAzureKeyRefused);
  EXPECT_EQ(code_of(403, "AuthorizationFailure", "This request is not authorized"),
            ErrorCode::kAzureFirewall);
  EXPECT_EQ(code_of(403, "AuthorizationPermissionMismatch", ""), ErrorCode::kAzureRoleMissing);
  EXPECT_EQ(code_of(403, "KeyBasedAuthenticationNotPermitted", ""), ErrorCode::kAzureKeysForbidden);
  EXPECT_EQ(code_of(401, "InvalidAuthenticationInfo", ""), ErrorCode::kAzureTokenRefused);
  EXPECT_EQ(code_of(404, "ContainerNotFound", ""), ErrorCode::kAzureContainerMissing);
  EXPECT_EQ(code_of(404, "BlobNotFound", ""), ErrorCode::kStorageNotFound);
}

TEST_F(AzureStoreTest, AnExpiredSignatureIsToldByItsOwnEnd) {
  options_.settings = [] {
    AzureSettings settings;
    settings.keys.emplace("fs.azure.sas.fixed.token",
                          Secret("sv=2021-12-02&se=2026-11-26T00%3A00%3A00Z&sig=hidden"));
    return settings;
  };
  for (int i = 0; i < 2; ++i) service_->ThenStatus(403, "");
  const auto read = Open()->Read("a");
  EXPECT_EQ(read.error().code, ErrorCode::kAzureSasExpired);
  EXPECT_TRUE(read.error().message.ends_with("it expired at 2026-11-26T00:00:00Z"));
  EXPECT_EQ(read.error().message.find("hidden"), std::string::npos);
  EXPECT_TRUE(service_->asked[0].url.ends_with("sig=hidden"));
}

TEST_F(AzureStoreTest, CredentialsThatWereGoodAreWaitedFor) {
  const auto store = Open();
  service_->ThenStatus(404, "<Error><Code>BlobNotFound</Code></Error>");
  EXPECT_EQ(store->Read("a").error().kind, ErrorKind::kNotFound);
  const auto refuse = [&](const char* code) {
    for (int i = 0; i < 2; ++i) {
      service_->ThenStatus(403, fmt::format("<Error><Code>{}</Code></Error>", code));
    }
  };
  refuse("AuthenticationFailed");
  const auto read = store->Read("a");
  EXPECT_EQ(read.error().kind, ErrorKind::kTransient);
  EXPECT_EQ(read.error().code, ErrorCode::kAzureKeyRefused);
  refuse("AuthorizationPermissionMismatch");
  EXPECT_EQ(store->Read("a").error().kind, ErrorKind::kInvalidInput);
  refuse("AuthenticationFailed");
  const int before = settings_read_;
  EXPECT_FALSE(store->Read("a"));
  EXPECT_GT(settings_read_, before);
  service_->ThenStatus(200, "text");
  EXPECT_EQ(store->Read("a").value(), "text");
}

// Whatever stands between, or the service for a reason that passes: nothing of it ends anything.
TEST_F(AzureStoreTest, WhatALaterRequestMayMendIsTransient) {
  const auto store = Open();
  for (const int status : {200, 204, 302, 307, 400, 403, 404, 405, 407, 409, 412, 421, 511}) {
    const auto answer = [=](const HttpRequest&) {
      return HttpResponse{status, {{"content-type", "text/html"}}, "<html>"};
    };
    service_->Then(answer);
    service_->ThenStatus(200, "text");
    EXPECT_EQ(store->Read("a").value(), "text") << status;
    service_->Then(answer);
    service_->ThenStatus(201);
    EXPECT_TRUE(store->Put("a", AsBytes("x"))) << status;
    service_->Then(answer);
    service_->ThenStatus(412);
    EXPECT_EQ(store->PutIfAbsent("a", AsBytes("x")).error().kind, ErrorKind::kCommitUnknown);
  }
  for (const auto& [status, code] :
       std::vector<std::pair<int, const char*>>{{409, "BlobImmutableDueToPolicy"},
                                                {409, "InsufficientAccountResources"},
                                                {409, "OperationNotAllowedOnFailoverState"},
                                                {412, "LeaseIdMissing"}}) {
    for (int i = 0; i < 2; ++i) {
      service_->ThenStatus(status, fmt::format("<Error><Code>{}</Code></Error>", code));
    }
    EXPECT_EQ(store->Put("a", AsBytes("x")).error().kind, ErrorKind::kTransient) << code;
    EXPECT_EQ(store->PutIfAbsent("a", AsBytes("x")).error().kind, ErrorKind::kTransient) << code;
  }
  service_->ThenStatus(400, "<Error><Code>InvalidHeaderValue</Code></Error>");
  service_->ThenStatus(200, "text");
  EXPECT_EQ(store->Read("a").value(), "text");
}

TEST_F(AzureStoreTest, TheMachinesTokenServiceIsWaitedForWhileItIsReplaced) {
  options_.settings = [] {
    AzureSettings settings;
    for (const auto& [key, value] : std::map<std::string, std::string>{
             {"fs.azure.account.auth.type", "OAuth"},
             {"fs.azure.account.oauth.provider.type",
              "org.apache.hadoop.fs.azurebfs.oauth2.MsiTokenProvider"}}) {
      settings.keys.emplace(key, Secret(value));
    }
    return settings;
  };
  const auto read_when_away_for = [&](std::chrono::seconds time) {
    parts_.transport = service_ = std::make_shared<azure::ScriptedTransport>();
    const auto until = clock_.Steady() + time;
    const azure::ScriptedTransport::Step step = [&](const HttpRequest&) {
      if (clock_.Steady() < until) {
        service_->Then(step);
        return HttpResponse{410, {}, R"({"error":"gone"})"};
      }
      service_->ThenStatus(200, "text");
      return HttpResponse{200, {}, R"({"access_token":"abc","expires_in":"3600"})"};
    };
    service_->Then(step);
    return Open()->Read("a");
  };
  EXPECT_EQ(read_when_away_for(std::chrono::seconds(64)).value(), "text");
  const auto given_up = read_when_away_for(std::chrono::seconds(100));
  EXPECT_EQ(given_up.error().kind, ErrorKind::kTransient);
  EXPECT_EQ(given_up.error().code, ErrorCode::kAzureTokenRefused);
}

TEST_F(AzureStoreTest, AMissingContainerIsNoEmptyLake) {
  service_->ThenStatus(404, "<Error><Code>ContainerNotFound</Code></Error>");
  EXPECT_EQ(Open()->List("", "").error().kind, ErrorKind::kInvalidInput);
}

TEST_F(AzureStoreTest, LargeObjectsGoAsBlocksThatOneConditionalCallNames) {
  const std::string large(azure::BlockUpload::kBlockBytes * 5 + 3, 'x');
  for (int i = 0; i < 6; ++i) service_->ThenStatus(201);
  service_->ThenStatus(409, kExists);
  EXPECT_EQ(Open()->PutIfAbsent("a", AsBytes(large)).value(), PutOutcome::kAlreadyExists);
  ASSERT_EQ(service_->asked.size(), 7U);
  std::string sent;
  for (int i = 0; i < 6; ++i) {
    EXPECT_NE(service_->asked[i].url.find("&comp=block"), std::string::npos);
    EXPECT_EQ(HeaderOf(service_->asked[i], "if-none-match"), "");
    sent += service_->bodies[i];
  }
  EXPECT_EQ(sent, large);
  EXPECT_EQ(HeaderOf(service_->asked[6], "if-none-match"), "*");
  EXPECT_TRUE(service_->bodies[6].starts_with("<?xml"));
}

TEST_F(AzureStoreTest, ABlockThatGetsLostIsSentAgain) {
  const std::string large(azure::BlockUpload::kBlockBytes * 4 + 1, 'x');
  service_->ThenStatus(201);
  service_->ThenFails(ErrorKind::kCommitUnknown);
  service_->ThenStatus(201);
  service_->ThenStatus(503);
  for (int i = 0; i < 4; ++i) service_->ThenStatus(201);
  EXPECT_TRUE(Open()->Put("a", AsBytes(large)));
  EXPECT_EQ(service_->asked[1].url, service_->asked[4].url);
  EXPECT_EQ(service_->asked[3].url, service_->asked[5].url);
}

TEST_F(AzureStoreTest, PathsStayBelowTheRoot) {
  const auto store = Open();
  for (const char* path : {"", "/a", "a//b", "../a", "a/.", "a/"}) {
    EXPECT_EQ(store->Read(path).error().code, ErrorCode::kStoragePathInvalid) << path;
  }
  EXPECT_EQ(store->Describe(), "abfss://data@acc.dfs.core.windows.net/lake");
}

}  // namespace
}  // namespace foreset
