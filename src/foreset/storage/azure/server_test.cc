// SPDX-License-Identifier: MIT
// Against a running Blob service. tests/azure starts one and says where it is: FORESET_AZURITE is
// the container's URI (http://127.0.0.1:PORT/ACCOUNT/CONTAINER), AZURE_STORAGE_ACCOUNT_KEY the key.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/storage/azure/azure_store.h"
#include "foreset/storage/azure/block_upload.h"
#include "foreset/storage/azure/curl_transport.h"
#include "foreset/storage/azure/testing/scripted_transport.h"
#include "foreset/storage/store_contract_testing.h"

namespace foreset {
namespace {

std::optional<std::string> Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

AzureOptions Options() { return {.settings = {}, .environment = Variable, .read_file = {}}; }

std::string FreshFolder() {
  static std::atomic<int> next{0};
  return fmt::format("{}/{:08x}-{}", Variable("FORESET_AZURITE").value_or("not set"),
                     std::random_device()(), next++);
}

std::shared_ptr<ObjectStore> MakeStore(const std::string& folder) {
  return OpenAzureStore(folder, Options()).value();
}

INSTANTIATE_TEST_SUITE_P(
    Azure, ObjectStoreContract,
    testing::Values(StoreKind{"azure", [] { return MakeStore(FreshFolder()); }},
                    StoreKind{"sub", [] { return SubStore(MakeStore(FreshFolder()), "a b/ü"); }}),
    StoreName);

// A store whose requests go through the given transport, without waiting between attempts.
std::shared_ptr<ObjectStore> StoreThrough(std::shared_ptr<azure::HttpTransport> transport,
                                          const std::string& folder, const Clock& clock) {
  azure::ClientParts parts;
  parts.transport = std::move(transport);
  parts.clock = &clock;
  parts.sleep = [](std::chrono::milliseconds) {};
  parts.random = [] { return std::random_device()(); };
  return std::make_shared<AzureStore>(
      azure::BlobClient::Open(azure::ParseAzureUri(folder, "").value(), Options(), parts).value());
}

// Requests reach the service; the script says which replies get lost.
std::shared_ptr<azure::ScriptedTransport> LosingReplies(
    const std::vector<bool>& lost, const std::shared_ptr<azure::HttpTransport>& real) {
  auto transport = std::make_shared<azure::ScriptedTransport>();
  for (const bool lose : lost) {
    transport->Then([=](const azure::HttpRequest& request) -> Result<azure::HttpResponse> {
      auto outcome = std::move(real->SendAll({&request, 1}).front());
      if (!lose) return outcome;
      return Err(ErrorKind::kCommitUnknown, ErrorCode::kStorageUnreachable, "the reply is lost");
    });
  }
  return transport;
}

TEST(AzureServerTest, EightWritersRacingForFiftyVersionsHaveOneWinnerEach) {
  constexpr int kWriters = 8;
  constexpr int kVersions = 50;
  const std::string folder = FreshFolder();
  std::vector<std::atomic<int>> winners(kVersions);
  std::atomic<int> others{0};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      const auto store = MakeStore(folder);
      for (int version = 0; version < kVersions; ++version) {
        const std::string path = fmt::format("_delta_log/{:020}.json", version);
        const std::string text = fmt::format("writer {}", writer);
        const auto put = store->PutIfAbsent(path, AsBytes(text));
        if (!put) {
          ++others;
        } else if (*put == PutOutcome::kCreated) {
          ++winners[static_cast<std::size_t>(version)];
          EXPECT_EQ(store->Read(path).value(), text);
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(others, 0);
  for (const auto& count : winners) EXPECT_EQ(count, 1);
  EXPECT_EQ(MakeStore(folder)->List("_delta_log/", "")->size(), std::size_t{kVersions});
}

TEST(AzureServerTest, ALostReplyOfOurOwnPutIsUnknownAndOfAReplacementIsNot) {
  const SystemClock clock;
  const auto real = std::make_shared<azure::CurlTransport>("");
  const std::string folder = FreshFolder();
  const auto losing = StoreThrough(LosingReplies({true, false}, real), folder, clock);
  EXPECT_EQ(losing->PutIfAbsent("a", AsBytes("mine")).error().kind, ErrorKind::kCommitUnknown);
  EXPECT_EQ(MakeStore(folder)->Read("a").value(), "mine");
  EXPECT_TRUE(
      StoreThrough(LosingReplies({true, false}, real), folder, clock)->Put("a", AsBytes("again")));
  EXPECT_TRUE(StoreThrough(LosingReplies({true, false}, real), folder, clock)->Delete("a"));
  EXPECT_EQ(MakeStore(folder)->Read("a").error().kind, ErrorKind::kNotFound);
}

TEST(AzureServerTest, LargeObjectsSurviveLostRepliesAndKeepTheirBytes) {
  const SystemClock clock;
  const auto real = std::make_shared<azure::CurlTransport>("");
  const std::string folder = FreshFolder();
  std::string large(azure::BlockUpload::kBlockBytes * 6 + 12'345, '\0');
  std::mt19937 random(1);
  for (char& c : large) c = static_cast<char>(random());
  // Each block's reply is lost once, and then that of the list.
  const std::vector<bool> lost{true,  true,  true,  true, false, false, false,
                               false, false, false, true, false, true,  false};
  const auto store = StoreThrough(LosingReplies(lost, real), folder, clock);
  ASSERT_TRUE(store->Put("a", AsBytes(large)));
  const auto plain = MakeStore(folder);
  EXPECT_EQ(plain->Read("a").value(), large);
  EXPECT_EQ(plain->ReadRange("a", 5'000'000, 4'000'000).value(),
            large.substr(5'000'000, 4'000'000));
  EXPECT_EQ(plain->PutIfAbsent("a", AsBytes(large)).value(), PutOutcome::kAlreadyExists);
  EXPECT_EQ(plain->PutIfAbsent("b", AsBytes(large)).value(), PutOutcome::kCreated);
}

TEST(AzureServerTest, ListingsGoOverPages) {
  const auto store = MakeStore(FreshFolder());
  constexpr int kObjects = 5'050;  // a page holds 5,000
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = writer; i < kObjects; i += 4) {
        EXPECT_TRUE(store->Put(fmt::format("t/{:05}", i), AsBytes("x")));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const auto all = store->List("t/", "");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), std::size_t{kObjects});
  EXPECT_EQ(all->front().path, "t/00000");
  EXPECT_EQ(all->back().path, "t/05049");
  EXPECT_EQ(store->List("t/", "t/05000")->size(), 49U);
}

TEST(AzureServerTest, AFolderMovesObjectByObject) {
  const auto store = MakeStore(FreshFolder());
  ASSERT_TRUE(store->Put("t/_delta_log/0.json", AsBytes("log")));
  ASSERT_TRUE(store->Put("t/a.parquet", AsBytes("")));
  ASSERT_TRUE(store->MoveFolder("t", "_old/t"));
  EXPECT_EQ(store->ListFolders("").value(), (std::vector<std::string>{"_old"}));
  EXPECT_EQ(store->Read("_old/t/_delta_log/0.json").value(), "log");
}

TEST(AzureServerTest, AWrongKeyUnderAWrongClockIsToldAsTheClock) {
  const SystemClock clock;
  const ManualClock ahead(Timestamp(clock.Now().value() + 20LL * 60 * 1'000'000));
  const auto real = std::make_shared<azure::CurlTransport>("");
  AzureOptions options;
  options.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "AZURE_STORAGE_ACCOUNT_KEY") return "d3Jvbmc=";
    return std::nullopt;
  };
  for (const bool skewed : {true, false}) {
    azure::ClientParts parts{real, skewed ? static_cast<const Clock*>(&ahead) : &clock, {}, {}, {}};
    parts.random = [] { return 1U; };
    AzureStore store(
        azure::BlobClient::Open(azure::ParseAzureUri(FreshFolder(), "").value(), options, parts)
            .value());
    EXPECT_EQ(store.Read("a").error().code,
              skewed ? ErrorCode::kAzureClockSkew : ErrorCode::kAzureKeyRefused);
  }
}

}  // namespace
}  // namespace foreset
