// SPDX-License-Identifier: MIT
#include "foreset/delta/write_support.h"

#include <gtest/gtest.h>

namespace foreset::delta {
namespace {

bool Writable(const Protocol& protocol, const Metadata& metadata = {}, bool removes = false) {
  std::vector<Action> actions;
  if (removes) actions.emplace_back(RemoveFile{.path = "a"});
  return CheckWritable(protocol, metadata, actions).has_value();
}

Protocol Features(const std::string& feature) {
  return {.min_reader_version = 1,
          .min_writer_version = 7,
          .reader_features = {},
          .writer_features = {{feature}}};
}

Metadata Property(const std::string& key, const std::string& value) {
  Metadata metadata;
  metadata.configuration[key] = value;
  return metadata;
}

Metadata Schema(const std::string& text) {
  Metadata metadata;
  metadata.schema_json = text;
  return metadata;
}

TEST(WriteSupportTest, UnknownFeaturesAndVersionsAreRefused) {
  for (const int version : {1, 2, 6}) EXPECT_TRUE(Writable({1, version, {}, {}}));
  EXPECT_FALSE(Writable({1, 8, {}, {}}));
  EXPECT_TRUE(Writable(Features("deletionVectors")));
  for (const char* feature : {"rowTracking", "icebergCompatV2", "catalogManaged", "novelty",
                              "variantType", "variantType-preview", "variantShredding"}) {
    EXPECT_FALSE(Writable(Features(feature))) << feature;
  }
}

TEST(WriteSupportTest, ListedFeaturesMatterOnceTheyAreUsed) {
  EXPECT_TRUE(Writable(Features("checkConstraints")));
  EXPECT_FALSE(Writable(Features("checkConstraints"), Property("delta.constraints.c", "a > 0")));
  EXPECT_TRUE(Writable({1, 4, {}, {}}, Schema(R"({"fields":[]})")));
  EXPECT_FALSE(
      Writable({1, 4, {}, {}}, Schema(R"({"metadata":{"delta.generationExpression":"a"}})")));
  EXPECT_FALSE(Writable({1, 6, {}, {}}, Schema(R"({"metadata":{"delta.identity.start":1}})")));
  EXPECT_FALSE(Writable({1, 2, {}, {}}, Schema(R"({"metadata":{"delta.invariants":"{}"}})")));
}

TEST(WriteSupportTest, VariantsAreNotWrittenWhateverTheProtocolLists) {
  const auto column = [](const std::string& name, const std::string& type) {
    return Schema(R"({"type":"struct","fields":[{"name":")" + name + R"(","type": )" + type +
                  R"(,"nullable":true,"metadata":{}}]})");
  };
  EXPECT_FALSE(Writable({1, 2, {}, {}}, column("c", R"("variant")")));
  EXPECT_FALSE(Writable({1, 2, {}, {}},
                        column("c", R"({"type":"map","keyType":"string","valueType":"variant"})")));
  EXPECT_TRUE(Writable({1, 2, {}, {}}, column("variant", R"("string")")));
}

TEST(WriteSupportTest, AVectorNeedsTheFeatureOfReadersAndWriters) {
  AddFile file{.path = "a"};
  file.deletion_vector = DeletionVectorDescriptor{};
  const std::vector<Action> actions = {file};
  const std::vector<std::string> vectors = {"deletionVectors"};
  EXPECT_TRUE(CheckWritable({3, 7, vectors, vectors}, {}, actions));
  EXPECT_FALSE(CheckWritable({3, 7, std::vector<std::string>{}, vectors}, {}, actions));
  EXPECT_FALSE(CheckWritable({1, 7, {}, {{"domainMetadata"}}}, {}, actions));
  EXPECT_FALSE(CheckWritable({1, 2, {}, {}}, {}, actions));
}

TEST(WriteSupportTest, RemovingRowsMayBeForbidden) {
  const Metadata feed = Property("delta.enableChangeDataFeed", "true");
  EXPECT_TRUE(Writable(Features("changeDataFeed"), feed));
  EXPECT_FALSE(Writable(Features("changeDataFeed"), feed, true));
  const Metadata append_only = Property("delta.appendOnly", "true");
  EXPECT_TRUE(Writable({1, 2, {}, {}}, append_only));
  EXPECT_FALSE(Writable({1, 2, {}, {}}, append_only, true));
  EXPECT_TRUE(Writable({1, 2, {}, {}}, Property("delta.appendOnly", "false"), true));
}

}  // namespace
}  // namespace foreset::delta
