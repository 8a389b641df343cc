// SPDX-License-Identifier: MIT
#include "foreset/delta/persistent_map.h"

#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace foreset::delta {
namespace {

using Map = PersistentMap<int, std::string>;

std::vector<std::string> ValuesOf(const Map& map) {
  return {map.values().begin(), map.values().end()};
}

TEST(PersistentMap, BehavesAsAnOrderedMap) {
  std::mt19937 random(1);
  std::map<int, std::string> model;
  Map map;
  for (int step = 0; step < 20000; ++step) {
    const int key = static_cast<int>(random() % 500);
    if (random() % 2 == 0) {
      model[key] = std::to_string(step);
      map.Insert(key, std::to_string(step));
    } else {
      EXPECT_EQ(map.Erase(key), model.erase(key) == 1);
    }
    ASSERT_EQ(map.size(), model.size());
  }
  std::vector<std::string> expected;
  for (const auto& [key, value] : model) {
    expected.push_back(value);
    ASSERT_NE(map.Find(key), nullptr);
    EXPECT_EQ(map.values()[expected.size() - 1], value);
  }
  EXPECT_EQ(ValuesOf(map), expected);
}

TEST(PersistentMap, CopiesKeepTheirContents) {
  Map before;
  for (int key = 0; key < 100; ++key) before.Insert(key, "old");
  const std::string* place = before.Find(50);
  Map after = before;
  after.Insert(7, "new");
  after.Erase(8);
  EXPECT_EQ(*before.Find(7), "old");
  EXPECT_NE(before.Find(8), nullptr);
  EXPECT_EQ(*after.Find(7), "new");
  EXPECT_EQ(after.Find(8), nullptr);
  EXPECT_EQ(after.Find(50), place);
}

TEST(PersistentMap, OfEqualKeysTheLastItemStays) {
  const Map map = Map::FromItems({{2, "a"}, {1, "b"}, {2, "c"}});
  EXPECT_EQ(ValuesOf(map), (std::vector<std::string>{"b", "c"}));
}

TEST(PersistentMap, LowerBoundFindsTheNextKey) {
  const Map map = Map::FromItems({{2, "a"}, {4, "b"}});
  EXPECT_EQ(map.LowerBound(3)->key, 4);
  EXPECT_EQ(map.LowerBound(2)->key, 2);
  EXPECT_EQ(map.LowerBound(5), nullptr);
  EXPECT_EQ(Map().LowerBound(5), nullptr);
}

}  // namespace
}  // namespace foreset::delta
