// SPDX-License-Identifier: MIT
#include "foreset/server/connector_store.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace foreset::server {
namespace {

class ConnectorStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "store.XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  ConnectorStore Open() const { return *ConnectorStore::Open(directory_ + "/state"); }
  static StoredConnector Named(const std::string& name, const std::string& password = "p") {
    return {name, TargetState::kPaused,
            ConnectorConfig(ConnectorConfig::Options{{"database.password", password}})};
  }
  std::vector<std::filesystem::path> Files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory_)) {
      if (file.is_regular_file()) files.push_back(file.path());
    }
    return files;
  }
  std::string directory_;
};

TEST_F(ConnectorStoreTest, WhatIsWrittenIsReadAgain) {
  const StoredConnector odd = Named("../od\"d \xC3\xA4/name", "p\"\\\n");
  ASSERT_TRUE(Open().Write(odd));
  ASSERT_TRUE(Open().Write(Named("a")));
  const auto all = Open().ReadAll();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->at(0).name, odd.name);
  EXPECT_EQ(all->at(0).target, TargetState::kPaused);
  EXPECT_EQ(all->at(0).config, odd.config);
  EXPECT_EQ(all->at(1).name, "a");
}

TEST_F(ConnectorStoreTest, FilesAreTheOwnersAlone) {
  ASSERT_TRUE(Open().Write(Named("a")));
  ASSERT_EQ(Files().size(), 1U);
  struct stat facts{};
  ASSERT_EQ(stat(Files()[0].c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  ASSERT_EQ(stat((directory_ + "/state").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
}

TEST_F(ConnectorStoreTest, AWriteThatWasCutShortLeavesTheFormerConnector) {
  ASSERT_TRUE(Open().Write(Named("a", "former")));
  std::ofstream(Files()[0].string() + ".new") << R"({"name":"a","con)";
  const auto all = Open().ReadAll();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->at(0).config.Get("database.password"), "former");
  ASSERT_TRUE(Open().Write(Named("a", "next")));
  EXPECT_EQ(Open().ReadAll()->at(0).config.Get("database.password"), "next");
}

TEST_F(ConnectorStoreTest, ADamagedFileIsNamedNotQuoted) {
  ASSERT_TRUE(Open().Write(Named("a", "canary")));
  std::filesystem::resize_file(Files()[0], 40);
  const auto all = Open().ReadAll();
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code, ErrorCode::kConnectorStateDamaged);
  EXPECT_NE(all.error().message.find("a.json"), std::string::npos);
  EXPECT_EQ(all.error().message.find("canary"), std::string::npos);
}

TEST_F(ConnectorStoreTest, RemovingWhatIsNotThereSucceeds) {
  const ConnectorStore store = Open();
  ASSERT_TRUE(store.Write(Named("a")));
  EXPECT_TRUE(store.Remove("a"));
  EXPECT_TRUE(store.Remove("a"));
  EXPECT_TRUE(store.ReadAll()->empty());
}

}  // namespace
}  // namespace foreset::server
