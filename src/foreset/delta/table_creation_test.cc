// SPDX-License-Identifier: MIT
#include "foreset/delta/table_creation.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "foreset/delta/schema_json.h"

namespace foreset::delta {
namespace {

using Names = std::vector<std::string>;

const auto kPlain = arrow::schema({arrow::field("id", arrow::int64(), false)});
const auto kWallClock = arrow::schema({arrow::field(
    "s", arrow::struct_({arrow::field("at", arrow::timestamp(arrow::TimeUnit::MICRO))}))});

std::string NextId() { return "id"; }

TEST(TableCreationTest, TheProtocolAsksNoMoreThanIsNeeded) {
  const Protocol plain = ProtocolFor(*kPlain, {});
  EXPECT_EQ(plain.min_reader_version, 1);
  EXPECT_EQ(plain.min_writer_version, 7);
  EXPECT_EQ(plain.reader_features, std::nullopt);
  EXPECT_EQ(plain.writer_features,
            (Names{"domainMetadata", "inCommitTimestamp", "invariants"}));
  const auto nullable = arrow::schema({arrow::field("id", arrow::int64())});
  EXPECT_EQ(ProtocolFor(*nullable, {}).writer_features,
            (Names{"domainMetadata", "inCommitTimestamp"}));

  const Protocol all = ProtocolFor(
      *kWallClock, {.deletion_vectors = true, .append_only = true, .column_mapping = true});
  EXPECT_EQ(all.min_reader_version, 3);
  EXPECT_EQ(all.reader_features, (Names{"columnMapping", "deletionVectors", "timestampNtz"}));
  EXPECT_EQ(all.writer_features, (Names{"columnMapping", "deletionVectors", "timestampNtz",
                                        "appendOnly", "domainMetadata", "inCommitTimestamp"}));
}

TEST(TableCreationTest, PropertiesFollowTheWish) {
  const auto table = DefineTable(*kPlain,
                                 {.name = "T",
                                  .deletion_vectors = true,
                                  .in_commit_timestamps = false,
                                  .append_only = true,
                                  .properties = {{"delta.checkpointInterval", "100"}}},
                                 NextId, Timestamp(5'000))
                         .value();
  EXPECT_EQ(table.metadata.id, "id");
  EXPECT_EQ(table.metadata.name, "T");
  EXPECT_EQ(table.metadata.created_time_ms, 5);
  EXPECT_EQ(table.metadata.configuration,
            (std::map<std::string, std::string>{{"delta.appendOnly", "true"},
                                                {"delta.checkpointInterval", "100"},
                                                {"delta.enableDeletionVectors", "true"}}));
  EXPECT_EQ(SchemaFromJson(table.metadata.schema_json).value()->field(0)->nullable(), false);
}

TEST(TableCreationTest, ForbiddenNamesNeedColumnMapping) {
  const auto schema = arrow::schema({arrow::field(
      "list of", arrow::list(arrow::struct_({arrow::field("a=b", arrow::utf8())})))});
  EXPECT_EQ(DefineTable(*schema, {}, NextId, Timestamp(0)).error().kind,
            ErrorKind::kInvalidInput);
  const auto table =
      DefineTable(*schema, {.column_mapping = true}, NextId, Timestamp(0)).value();
  EXPECT_EQ(table.metadata.configuration.at("delta.columnMapping.maxColumnId"), "2");
  const auto mapped = SchemaFromJson(table.metadata.schema_json).value();
  EXPECT_EQ(ColumnId(*mapped->field(0)), 1);
  EXPECT_EQ(PhysicalName(*mapped->field(0)), "col-id");
  EXPECT_EQ(ColumnId(*mapped->field(0)->type()->field(0)->type()->field(0)), 2);
}

TEST(TableCreationTest, TypesWithoutDeltaTypeAreRefused) {
  const auto schema = arrow::schema({arrow::field("a", arrow::uint64())});
  EXPECT_EQ(DefineTable(*schema, {}, NextId, Timestamp(0)).error().kind,
            ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace foreset::delta
