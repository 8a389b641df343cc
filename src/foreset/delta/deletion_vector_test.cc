// SPDX-License-Identifier: MIT
#include "foreset/delta/deletion_vector.h"

#include <random>

#include <gtest/gtest.h>

#include "foreset/delta/roaring_format.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::delta {
namespace {

using Rows = std::vector<std::uint64_t>;

constexpr char kUuid[] = "a1b2c3d4-e5f6-0718-293a-4b5c6d7e8f90";

DeletionVector VectorOf(const Rows& rows) {
  DeletionVector vector;
  for (const std::uint64_t row : rows) vector.Add(row);
  return vector;
}

Result<DeletionVector> Reread(const std::string& bytes) {
  return DeletionVector::Deserialize(AsBytes(bytes));
}

class DeletionVectorTest : public testing::Test {
 protected:
  SystemClock clock_;
  MemoryStore store_{clock_};
};

TEST_F(DeletionVectorTest, IsASetOfRows) {
  DeletionVector vector = VectorOf({7, 0, 7, 1ULL << 33U, 65'536});
  EXPECT_EQ(vector.ToRows(), (Rows{0, 7, 65'536, 1ULL << 33U}));
  EXPECT_EQ(vector.cardinality(), 4U);
  EXPECT_TRUE(vector.Contains(1ULL << 33U));
  EXPECT_FALSE(vector.Contains(1));
  const DeletionVector copy = vector;
  vector.Add(1);
  EXPECT_FALSE(copy.Contains(1));
  EXPECT_NE(copy, vector);
  vector = copy;
  EXPECT_EQ(copy, vector);
}

TEST_F(DeletionVectorTest, RoundTripsSparseAndDenseRows) {
  std::mt19937_64 random(7);
  for (const std::uint64_t range : {10ULL, 70'000ULL, 5'000'000ULL, 1ULL << 35U}) {
    for (const int count : {0, 1, 5'000, 60'000}) {
      DeletionVector vector;
      for (int i = 0; i < count; ++i) vector.Add(random() % range);
      EXPECT_EQ(Reread(vector.Serialize()).value(), vector);
    }
  }
}

// The vector of Delta's own kernels: rows 3, 4, 7, 11, 18 and 29.
TEST_F(DeletionVectorTest, ReadsInlineVectors) {
  const DeletionVectorDescriptor descriptor{
      .storage_type = 'i',
      .path_or_inline = "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",
      .offset = std::nullopt,
      .size_bytes = 44,
      .cardinality = 6};
  EXPECT_EQ(ReadDeletionVector(store_, descriptor)->ToRows(), (Rows{3, 4, 7, 11, 18, 29}));
}

TEST_F(DeletionVectorTest, SeveralVectorsShareOneFile) {
  const DeletionVector a = VectorOf({1, 2, 3});
  const DeletionVector b = VectorOf({99, 1ULL << 32U});
  const auto descriptors = WriteDeletionVectors(store_, {&a, &b}, kUuid).value();
  ASSERT_EQ(descriptors.size(), 2U);
  EXPECT_EQ(descriptors[0].offset, 1);
  EXPECT_EQ(descriptors[0].path_or_inline, descriptors[1].path_or_inline);
  EXPECT_EQ(descriptors[0].path_or_inline.size(), 20U);
  EXPECT_EQ(descriptors[1].cardinality, 2);
  const std::string path = "deletion_vector_a1b2c3d4-e5f6-0718-293a-4b5c6d7e8f90.bin";
  EXPECT_TRUE(store_.Stat(path));
  EXPECT_EQ(ReadDeletionVector(store_, descriptors[0]), a);
  EXPECT_EQ(ReadDeletionVector(store_, descriptors[1]), b);

  // A random prefix is a folder.
  ASSERT_TRUE(store_.Put("ab/" + path, AsBytes(store_.Read(path).value())));
  DeletionVectorDescriptor prefixed = descriptors[1];
  prefixed.path_or_inline.insert(0, "ab");
  EXPECT_EQ(ReadDeletionVector(store_, prefixed), b);
}

TEST_F(DeletionVectorTest, DamageIsFound) {
  const DeletionVector vector = VectorOf({1, 2, 3});
  const auto descriptor = WriteDeletionVectors(store_, {&vector}, kUuid).value()[0];
  const std::string path = "deletion_vector_a1b2c3d4-e5f6-0718-293a-4b5c6d7e8f90.bin";
  const std::string good = store_.Read(path).value();
  for (std::size_t i = 1; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    ASSERT_TRUE(store_.Put(path, AsBytes(bad)));
    EXPECT_EQ(ReadDeletionVector(store_, descriptor).error().kind, ErrorKind::kCorruption) << i;
  }
  ASSERT_TRUE(store_.Put(path, AsBytes(good)));
  auto other = descriptor;
  other.cardinality = 4;
  EXPECT_EQ(ReadDeletionVector(store_, other).error().kind, ErrorKind::kCorruption);
}

TEST_F(DeletionVectorTest, MalformedBitmapsNeverReachTheLibrary) {
  std::mt19937 random(11);
  DeletionVector dense;
  for (int i = 0; i < 20'000; ++i) dense.Add(random() % 200'000);
  for (const std::string& good : {VectorOf({1, 5, 70'000}).Serialize(), dense.Serialize()}) {
    for (int i = 0; i < 3'000; ++i) {
      std::string bad = good;
      for (int flips = static_cast<int>(random() % 4); flips >= 0; --flips) {
        bad[random() % std::min<std::size_t>(bad.size(), 400)] = static_cast<char>(random());
      }
      if (i % 3 == 0) bad.resize(random() % bad.size());
      if (const auto vector = Reread(bad)) {
        EXPECT_EQ(vector->ToRows().size(), vector->cardinality());
      }
    }
  }
}

TEST_F(DeletionVectorTest, RunContainersAreMeasured) {
  // One container of two runs: 10-12 and 20.
  const std::string runs(
      "\x3B\x30\x00\x00\x01\x00\x00\x03\x00\x02\x00\x0A\x00\x02\x00\x14\x00\x00\x00", 19);
  EXPECT_EQ(MeasureRoaring(AsBytes(runs)), 19U);
  EXPECT_FALSE(MeasureRoaring(AsBytes(runs.substr(0, 18))));
  std::string overlapping = runs;
  overlapping[15] = 12;
  EXPECT_FALSE(MeasureRoaring(AsBytes(overlapping)));
  const std::string framed = std::string("\xD1\xD3\x39\x64\x01\0\0\0\0\0\0\0\0\0\0\0", 16) + runs;
  EXPECT_EQ(Reread(framed)->ToRows(), (Rows{10, 11, 12, 20}));
}

}  // namespace
}  // namespace foreset::delta
