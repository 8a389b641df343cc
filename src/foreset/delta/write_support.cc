// SPDX-License-Identifier: MIT
#include "foreset/delta/write_support.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <variant>

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/delta/schema_json.h"
#include "foreset/delta/table_features.h"

namespace foreset::delta {
namespace {

// Features that may be listed. Some of them must not be in use: see kUsedBySchema and below.
constexpr auto kKnown = std::to_array<std::string_view>({
    "appendOnly",
    "invariants",
    "checkConstraints",
    "generatedColumns",
    "allowColumnDefaults",
    "changeDataFeed",
    "columnMapping",
    "identityColumns",
    "deletionVectors",
    "timestampNtz",
    "domainMetadata",
    "v2Checkpoint",
    "clustering",
    "vacuumProtocolCheck",
    "inCommitTimestamp",
    "typeWidening",
});

// Column metadata that bind every writer, and the feature that they belong to.
struct SchemaUse {
  std::string_view key;
  std::string_view feature;
};
constexpr auto kUsedBySchema = std::to_array<SchemaUse>({
    {"\"delta.invariants\"", "invariants"},
    {"\"delta.generationExpression\"", "generatedColumns"},
    {"\"delta.identity.", "identityColumns"},
});

std::unexpected<Error> Needs(std::string_view feature) {
  return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
             fmt::format("the table needs the writer feature {}", feature));
}

bool IsTrue(const Metadata& metadata, const char* property) {
  const auto found = metadata.configuration.find(property);
  return found != metadata.configuration.end() && found->second == "true";
}

bool RemovesRows(const Action& action) {
  const auto* remove = std::get_if<RemoveFile>(&action);
  return remove != nullptr && remove->data_change;
}

bool HoldsVariants(const arrow::FieldVector& fields) {
  return std::ranges::any_of(fields, [](const auto& field) {
    return IsVariant(*field) || HoldsVariants(field->type()->fields());
  });
}

// Columns are read as their JSON texts, which must not be written in their place. The word alone
// may be a column's name.
Status CheckNoVariants(const Metadata& metadata) {
  if (!metadata.schema_json.contains("\"variant\"")) return {};
  const auto schema = TRY(SchemaFromJson(metadata.schema_json));
  if (HoldsVariants(schema->fields())) return Needs("variantType");
  return {};
}

bool HasVector(const Action& action) {
  const auto* add = std::get_if<AddFile>(&action);
  return add != nullptr && add->deletion_vector.has_value();
}

// Readers that do not know of vectors show the rows that these hide, unless the protocol keeps
// them out ("Deletion Vectors").
bool AllowsVectors(const Protocol& protocol) {
  const auto lists = [](const std::optional<std::vector<std::string>>& features) {
    return features && std::ranges::find(*features, "deletionVectors") != features->end();
  };
  return lists(protocol.reader_features) && lists(protocol.writer_features);
}

}  // namespace

Status CheckWritable(const Protocol& protocol, const Metadata& metadata,
                     const std::vector<Action>& actions) {
  if (protocol.min_writer_version < 1 || protocol.min_writer_version > 7) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
               fmt::format("the table needs writer version {}", protocol.min_writer_version));
  }
  for (const std::string& feature : protocol.writer_features.value_or(std::vector<std::string>())) {
    if (std::ranges::find(kKnown, feature) == kKnown.end()) return Needs(feature);
  }
  for (const auto& [key, feature] : kUsedBySchema) {
    if (metadata.schema_json.contains(key)) return Needs(feature);
  }
  RETURN_IF_ERROR(CheckNoVariants(metadata));
  const bool constrained = std::ranges::any_of(metadata.configuration, [](const auto& property) {
    return property.first.starts_with("delta.constraints.");
  });
  if (constrained) return Needs("checkConstraints");
  if (!AllowsVectors(protocol) && std::ranges::any_of(actions, HasVector)) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               "a deletion vector for a table whose protocol does not have the feature");
  }
  const bool removes_rows = std::ranges::any_of(actions, RemovesRows);
  if (removes_rows && IsTrue(metadata, "delta.enableChangeDataFeed") &&
      SupportsFeature(protocol, "changeDataFeed")) {
    return Needs("changeDataFeed");
  }
  if (removes_rows && IsTrue(metadata, "delta.appendOnly") &&
      SupportsFeature(protocol, "appendOnly")) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kDeltaAppendOnly,
               "the commit removes rows of an append-only table");
  }
  return {};
}

}  // namespace foreset::delta
