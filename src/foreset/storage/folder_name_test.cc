// SPDX-License-Identifier: MIT
#include "foreset/storage/folder_name.h"

#include <filesystem>
#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace foreset {
namespace {

TEST(FolderNameTest, OrdinaryNamesAreTheirOwn) {
  for (const char* name : {"Orders", "order_items", "a.b", ".x", "_x", "a b", " ", "ünï", "日本",
                           "100%", "%", "%2", "a%zz", "x-1", "$t", "a'b\"c"}) {
    EXPECT_EQ(FolderOfName(name), name);
    EXPECT_EQ(NameOfFolder(name), name);
  }
}

TEST(FolderNameTest, WhatCannotStandIsEscaped) {
  EXPECT_EQ(FolderOfName("."), "%2E");
  EXPECT_EQ(FolderOfName(".."), ".%2E");
  EXPECT_EQ(FolderOfName(std::string("..") + "/evil"), "..%2Fevil");
  EXPECT_EQ(FolderOfName("a/b"), "a%2Fb");
  EXPECT_EQ(FolderOfName("a%2Fb"), "a%252Fb");
  EXPECT_EQ(FolderOfName("a\\b"), "a%5Cb");
  EXPECT_EQ(FolderOfName("end."), "end%2E");
  EXPECT_EQ(FolderOfName(std::string_view("a\0\n", 3)), "a%00%0A");
}

// Names of the characters that matter, in all their neighbourhoods.
TEST(FolderNameTest, DistinctNamesGiveDistinctFoldersThatStayWhereTheyAre) {
  constexpr std::string_view kLetters = "./\\%2F0eE5C_aA \n";
  std::mt19937_64 random(20240229);
  std::map<std::string, std::string> taken;
  for (int i = 0; i < 200'000; ++i) {
    std::string name;
    for (auto left = random() % 9; left > 0; --left) name += kLetters[random() % kLetters.size()];
    const std::string folder = FolderOfName(name);
    const auto [at, fresh] = taken.emplace(folder, name);
    ASSERT_EQ(at->second, name) << folder;
    ASSERT_EQ(NameOfFolder(folder), name) << folder;
    const auto path = (std::filesystem::path("/lake/silver") / folder).lexically_normal();
    ASSERT_EQ(path.parent_path(), "/lake/silver") << name;
    ASSERT_EQ(path.filename(), folder) << name;
  }
}

}  // namespace
}  // namespace foreset
