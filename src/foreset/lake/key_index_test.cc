// SPDX-License-Identifier: MIT
#include "foreset/lake/key_index.h"

#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace foreset::lake {
namespace {

Hash128 KeyOf(std::uint64_t n) { return HashBytes(std::to_string(n)); }

KeyIndex::Entry EntryOf(std::uint64_t n, std::uint32_t row) {
  return {KeyOf(n), Sequence::FromBits(n, row), {FileId(1), row}};
}

TEST(KeyIndex, AgreesWithAMapUnderRandomChanges) {
  std::mt19937_64 random(7);
  KeyIndex index;
  std::map<std::uint64_t, KeyIndex::Entry> model;
  for (std::uint32_t step = 0; step < 200'000; ++step) {
    const std::uint64_t n = random() % 20'000;
    if (random() % 3 == 0) {
      EXPECT_EQ(index.Erase(KeyOf(n)), model.erase(n) == 1);
    } else {
      index.Put(EntryOf(n, step));
      model[n] = EntryOf(n, step);
    }
  }
  ASSERT_EQ(index.size(), model.size());
  for (std::uint64_t n = 0; n < 20'000; ++n) {
    const KeyIndex::Entry* found = index.Find(KeyOf(n));
    ASSERT_EQ(found != nullptr, model.contains(n)) << n;
    if (found != nullptr) {
      EXPECT_EQ(*found, model.at(n));
    }
  }
}

TEST(KeyIndex, TwoMillionKeysStayNearAHundredMegabytes) {
  KeyIndex index;
  for (std::uint32_t n = 0; n < 2'000'000; ++n) index.Put(EntryOf(n, n));
  EXPECT_EQ(index.size(), 2'000'000U);
  EXPECT_LT(index.memory_bytes(), 112'000'000U);
}

TEST(KeyIndex, CopiesOfOneRowAreCounted) {
  KeyIndex index;
  for (std::uint32_t row = 0; row < 1000; ++row) index.AddCopy(EntryOf(5, row));
  index.AddCopy(EntryOf(6, 0));
  EXPECT_EQ(index.CountCopies(KeyOf(5)), 1000U);
  EXPECT_EQ(index.CountCopies(KeyOf(6)), 1U);
  EXPECT_EQ(index.CountCopies(KeyOf(7)), 0U);
  for (std::uint32_t taken = 0; taken < 1000; ++taken) {
    const auto entry = index.TakeCopy(KeyOf(5));
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(entry->place.row, 999 - taken);
  }
  EXPECT_EQ(index.TakeCopy(KeyOf(5)), std::nullopt);
  EXPECT_EQ(index.size(), 1U);
}

}  // namespace
}  // namespace foreset::lake
