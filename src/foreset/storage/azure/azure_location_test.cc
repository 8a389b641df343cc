// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/azure_location.h"

#include <gtest/gtest.h>

namespace foreset::azure {
namespace {

TEST(AzureLocationTest, EveryFormNamesTheSamePlace) {
  for (const char* uri :
       {"abfss://data@acc.dfs.core.windows.net/a/b", "abfs://data@acc.dfs.core.windows.net/a/b/",
        "wasbs://data@acc.blob.core.windows.net/a/b", "wasb://data@ACC.blob.core.windows.net/a/b",
        "https://acc.blob.core.windows.net/data/a/b", "https://acc.dfs.core.windows.net/data/a/b",
        "az://data/a/b", "azure://data/a/b", "adl://data/a/b", "abfss://data/a/b"}) {
    const auto location = ParseAzureUri(uri, "acc");
    ASSERT_TRUE(location) << uri;
    EXPECT_EQ(location->account, "acc") << uri;
    EXPECT_EQ(location->container, "data") << uri;
    EXPECT_EQ(location->folder, "a/b") << uri;
    EXPECT_EQ(location->host, "acc.blob.core.windows.net") << uri;
    EXPECT_FALSE(location->uri.ends_with('/')) << uri;
  }
}

TEST(AzureLocationTest, OtherCloudsAndFabricKeepTheirHosts) {
  EXPECT_EQ(ParseAzureUri("abfss://c@acc.dfs.core.chinacloudapi.cn/x", "")->host,
            "acc.blob.core.chinacloudapi.cn");
  EXPECT_EQ(ParseAzureUri("abfss://c@acc.dfs.core.usgovcloudapi.net/x", "")->host,
            "acc.blob.core.usgovcloudapi.net");
  const auto fabric =
      ParseAzureUri("abfss://space@onelake.dfs.fabric.microsoft.com/L.Lakehouse", "");
  EXPECT_EQ(fabric->host, "onelake.blob.fabric.microsoft.com");
  EXPECT_EQ(fabric->account, "onelake");
}

TEST(AzureLocationTest, AnEmulatorHasTheAccountInItsPath) {
  const auto location = ParseAzureUri("http://127.0.0.1:10000/acc/data/a%20b", "other");
  EXPECT_EQ(location->endpoint, "http://127.0.0.1:10000/acc");
  EXPECT_EQ(location->account, "acc");
  EXPECT_EQ(location->container, "data");
  EXPECT_EQ(location->folder, "a b");
}

TEST(AzureLocationTest, WhatIsMissingIsRefused) {
  for (const char* uri :
       {"az://data/a", "abfss://@acc.dfs.core.windows.net/a", "abfss://data@elsewhere.example/a",
        "https://acc.blob.core.windows.net", "s3://data/a", "abfss:", "",
        "https://acc.blob.core.windows.net/data?sig=secret"}) {
    const auto location = ParseAzureUri(uri, "");
    ASSERT_FALSE(location) << uri;
    EXPECT_EQ(location.error().message.find("secret"), std::string::npos);
  }
  EXPECT_FALSE(IsAzureUri("https://elsewhere.example/x"));
  EXPECT_FALSE(IsAzureUri("/data/az"));
}

}  // namespace
}  // namespace foreset::azure
