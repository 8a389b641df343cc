// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/gtid_set.h"

#include <gtest/gtest.h>

namespace foreset::mysql {
namespace {

constexpr std::string_view kA = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
constexpr std::string_view kB = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

MySqlGtidSet Set(std::string_view text) { return MySqlGtidSet::Parse(text).value(); }
MySqlGtid Gtid(std::string_view uuid, std::uint64_t number, std::string tag = {}) {
  MySqlGtid gtid{.number = number};
  const MySqlGtidSet set = Set(std::string(uuid) + ":1");
  const std::string encoded = set.Encode();
  std::copy_n(encoded.begin() + 8, 16, gtid.source.uuid.begin());
  gtid.source.tag = std::move(tag);
  return gtid;
}

TEST(MySqlGtidSet, IntervalsAreMergedAndOrdered) {
  const std::string a(kA);
  EXPECT_EQ(Set(a + ":7-9:1-3:4").ToString(), a + ":1-4:7-9");
  EXPECT_EQ(Set(" " + a + " : 5 , \n" + a + ":1-5").ToString(), a + ":1-5");
  EXPECT_EQ(Set(std::string(kB) + ":1," + a + ":1").ToString(), a + ":1," + std::string(kB) + ":1");
  EXPECT_EQ(Set("").ToString(), "");
  EXPECT_TRUE(Set(a + ":5-3").empty());
}

TEST(MySqlGtidSet, TagsAreSetsOfTheirOwn) {
  const std::string a(kA);
  const MySqlGtidSet set = Set(a + ":1-3:Tag_1:5:9-10," + a + ":other:1");
  EXPECT_EQ(set.ToString(), a + ":1-3:other:1:tag_1:5:9-10");
  EXPECT_TRUE(set.Contains(Gtid(kA, 9, "tag_1")));
  EXPECT_FALSE(set.Contains(Gtid(kA, 9)));
}

TEST(MySqlGtidSet, AddingClosesGaps) {
  MySqlGtidSet set = Set(std::string(kA) + ":1-3:5-6");
  set.Add(Gtid(kA, 4));
  set.Add(Gtid(kA, 7));
  set.Add(Gtid(kA, 100));
  set.Add(Gtid(kA, 2));
  EXPECT_EQ(set.ToString(), std::string(kA) + ":1-7:100");
}

TEST(MySqlGtidSet, SubsetsAreRecognised) {
  const std::string a(kA);
  EXPECT_TRUE(Set(a + ":2-3").IsSubsetOf(Set(a + ":1-3:9")));
  EXPECT_FALSE(Set(a + ":3-4").IsSubsetOf(Set(a + ":1-3:9")));
  EXPECT_TRUE(Set("").IsSubsetOf(Set("")));
  EXPECT_FALSE(Set(std::string(kB) + ":1").IsSubsetOf(Set(a + ":1-3")));
}

TEST(MySqlGtidSet, EncodingRoundTripsWithAndWithoutTags) {
  const std::string a(kA);
  for (const std::string& text :
       {std::string(), a + ":1-7", a + ":1:3:5-9," + std::string(kB) + ":2", a + ":1:tag:2-3"}) {
    const MySqlGtidSet set = Set(text);
    EXPECT_EQ(MySqlGtidSet::Decode(AsBytes(set.Encode())).value(), set) << text;
  }
}

TEST(MySqlGtidSet, UntaggedEncodingIsTheServers) {
  const std::string encoded = Set(std::string(kA) + ":1-4").Encode();
  ASSERT_EQ(encoded.size(), 8U + 16 + 8 + 16);
  EXPECT_EQ(encoded[0], 1);
  EXPECT_EQ(static_cast<unsigned char>(encoded[8]), 0x3E);
  EXPECT_EQ(encoded[24], 1);
  EXPECT_EQ(encoded[32], 1);
  EXPECT_EQ(encoded[40], 5);  // the end is exclusive
}

TEST(MySqlGtidSet, NonsenseIsRefused) {
  for (const std::string_view text :
       {"x", "3e11fa47-71ca-11e1-9e33:1", "3e11fa47-71ca-11e1-9e33-c80aa9429562:0",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-", "3e11fa47-71ca-11e1-9e33-c80aa9429562:-1",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:99999999999999999999"}) {
    EXPECT_FALSE(MySqlGtidSet::Parse(text)) << text;
  }
  EXPECT_FALSE(MySqlGtidSet::Decode(AsBytes(std::string_view("\xff\xff\0\0\0\0\0\0", 8))));
}

TEST(MariaGtidPosition, KeepsTheLastOfEachDomain) {
  MariaGtidPosition position = MariaGtidPosition::Parse("1-1-7, 0-1-5").value();
  EXPECT_EQ(position.ToString(), "0-1-5,1-1-7");
  EXPECT_TRUE(position.Contains({.domain = 0, .server = 9, .number = 5}));
  EXPECT_FALSE(position.Contains({.domain = 0, .server = 1, .number = 6}));
  position.Add({.domain = 0, .server = 2, .number = 6});
  EXPECT_EQ(position.ToString(), "0-2-6,1-1-7");
  EXPECT_TRUE(MariaGtidPosition::Parse("0-1-5").value().IsSubsetOf(position));
  EXPECT_FALSE(MariaGtidPosition::Parse("2-1-1").value().IsSubsetOf(position));
  EXPECT_FALSE(MariaGtidPosition::Parse("0-1"));
  EXPECT_FALSE(MariaGtidPosition::Parse("0-1-x"));
}

}  // namespace
}  // namespace foreset::mysql
