// SPDX-License-Identifier: MIT
#include "foreset/delta/table_features.h"

#include <gtest/gtest.h>

namespace foreset::delta {
namespace {

Protocol WithFeatures(std::vector<std::string> features) {
  return Protocol{3, 7, features, features};
}

TEST(TableFeatures, OldReaderVersionsAreRead) {
  EXPECT_TRUE(CheckReadable(Protocol{1, 2, {}, {}}));
  EXPECT_TRUE(CheckReadable(Protocol{2, 6, {}, {}}));
  EXPECT_TRUE(CheckReadable(Protocol{1, 99, {}, {}}));
}

TEST(TableFeatures, OtherReaderVersionsAreRefused) {
  for (const int version : {-1, 0, 4, 99}) {
    const Status status = CheckReadable(Protocol{version, 7, {}, {}});
    ASSERT_FALSE(status) << version;
    EXPECT_EQ(status.error().kind, ErrorKind::kUnsupported);
  }
}

TEST(TableFeatures, UnknownReaderFeaturesAreNamed) {
  EXPECT_TRUE(CheckReadable(
      WithFeatures({"deletionVectors", "columnMapping", "timestampNtz", "v2Checkpoint",
                    "typeWidening", "variantType", "variantShredding-preview"})));
  const Status status =
      CheckReadable(WithFeatures({"deletionVectors", "somethingNew", "catalogManaged"}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message,
            "the table needs the reader feature somethingNew, catalogManaged");
}

TEST(TableFeatures, UnknownWriterFeaturesDoNotConcernReaders) {
  EXPECT_TRUE(CheckReadable(Protocol{1, 7, {}, std::vector<std::string>{"somethingNew"}}));
}

TEST(TableFeatures, NumbersImplyFeatures) {
  EXPECT_TRUE(SupportsFeature(Protocol{1, 2, {}, {}}, "appendOnly"));
  EXPECT_FALSE(SupportsFeature(Protocol{1, 3, {}, {}}, "changeDataFeed"));
  EXPECT_TRUE(SupportsFeature(Protocol{2, 5, {}, {}}, "columnMapping"));
  EXPECT_FALSE(SupportsFeature(Protocol{1, 5, {}, {}}, "columnMapping"));
  EXPECT_FALSE(SupportsFeature(WithFeatures({"a"}), "appendOnly"));
  EXPECT_TRUE(SupportsFeature(WithFeatures({"a"}), "a"));
}

TEST(TableFeatures, IntervalsAreOfFixedLength) {
  EXPECT_EQ(ParseIntervalMs("interval 1 week"), 604800000);
  EXPECT_EQ(ParseIntervalMs("INTERVAL 2 days 12 Hours"), 216000000);
  EXPECT_EQ(ParseIntervalMs("30 minutes"), 1800000);
  EXPECT_EQ(ParseIntervalMs("interval 0 seconds"), 0);
  for (const char* text : {"", "interval", "interval 1", "interval 1 month", "interval x days",
                           "interval 99999999999999999999 days", "interval -1 days"}) {
    EXPECT_EQ(ParseIntervalMs(text), std::nullopt) << text;
  }
}

TEST(TableFeatures, PropertiesHaveDefaults) {
  Metadata metadata;
  EXPECT_EQ(TombstoneRetentionMs(metadata), 604800000);
  EXPECT_EQ(InCommitTimestampsSince(metadata), std::nullopt);
  EXPECT_EQ(*ColumnMappingModeOf(metadata), ColumnMappingMode::kNone);
  metadata.configuration = {{"delta.enableInCommitTimestamps", "true"},
                            {"delta.inCommitTimestampEnablementVersion", "7"},
                            {"delta.columnMapping.mode", "other"},
                            {"delta.deletedFileRetentionDuration", "interval 1 hour"}};
  EXPECT_EQ(TombstoneRetentionMs(metadata), 3600000);
  EXPECT_EQ(InCommitTimestampsSince(metadata), Version(7));
  EXPECT_EQ(ColumnMappingModeOf(metadata).error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace foreset::delta
