// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "foreset/base/strong_type.h"

// The actions of the Delta log (PROTOCOL.md, "Actions"). Values; their encodings are siblings:
// actions_json for commits, actions_parquet for checkpoints.
namespace foreset::delta {

// A version of a table: the number of its commit, from 0.
using Version = StrongType<std::int64_t, struct VersionTag>;

struct Protocol {
  int min_reader_version = 1;
  int min_writer_version = 2;
  // Present exactly when the reader version is 3 / the writer version is 7.
  std::optional<std::vector<std::string>> reader_features;
  std::optional<std::vector<std::string>> writer_features;
  bool operator==(const Protocol&) const = default;
};

struct Metadata {
  std::string id;
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::string format_provider = "parquet";
  std::map<std::string, std::string> format_options;
  std::string schema_json;
  std::vector<std::string> partition_columns;
  std::optional<std::int64_t> created_time_ms;
  std::map<std::string, std::string> configuration;
  bool operator==(const Metadata&) const = default;
};

// "Deletion Vectors": where the bitmap of deleted row indexes of a file is kept.
struct DeletionVectorDescriptor {
  char storage_type = 'u';  // 'u' relative with uuid, 'i' inline, 'p' absolute path
  std::string path_or_inline;
  std::optional<std::int32_t> offset;
  std::int32_t size_bytes = 0;
  std::int64_t cardinality = 0;
  bool operator==(const DeletionVectorDescriptor&) const = default;
  // "Derived Fields": storage type, path or data, and "@offset" where there is one.
  std::string UniqueId() const;
};

using PartitionValues = std::map<std::string, std::optional<std::string>>;
using Tags = std::map<std::string, std::optional<std::string>>;

// A data file that is part of the table. `path` is as in the log: relative paths URI-encoded.
struct AddFile {
  std::string path;
  PartitionValues partition_values;
  std::int64_t size_bytes = 0;
  std::int64_t modification_time_ms = 0;
  bool data_change = true;
  std::optional<std::string> stats_json;
  std::optional<Tags> tags;
  std::optional<DeletionVectorDescriptor> deletion_vector;
  std::optional<std::int64_t> base_row_id;
  std::optional<std::int64_t> default_row_commit_version;
  std::optional<std::string> clustering_provider;
  bool operator==(const AddFile&) const = default;
};

struct RemoveFile {
  std::string path;
  std::optional<std::int64_t> deletion_timestamp_ms;
  bool data_change = true;
  bool extended_file_metadata = false;
  std::optional<PartitionValues> partition_values;
  std::optional<std::int64_t> size_bytes;
  std::optional<DeletionVectorDescriptor> deletion_vector;
  bool operator==(const RemoveFile&) const = default;
};

// Change data feed file.
struct CdcFile {
  std::string path;
  PartitionValues partition_values;
  std::int64_t size_bytes = 0;
  bool operator==(const CdcFile&) const = default;
};

// "Transaction Identifiers": how far an application has come, as it counts.
struct SetTransaction {
  std::string app_id;
  std::int64_t version = 0;
  std::optional<std::int64_t> last_updated_ms;
  bool operator==(const SetTransaction&) const = default;
};

struct DomainMetadata {
  std::string domain;
  std::string configuration;
  bool removed = false;
  bool operator==(const DomainMetadata&) const = default;
};

// Provenance of a commit; free-form beyond these members. Written first in its commit.
struct CommitInfo {
  std::optional<std::int64_t> in_commit_timestamp_ms;
  std::optional<std::int64_t> timestamp_ms;
  std::string operation;
  std::map<std::string, std::string> operation_parameters;
  std::map<std::string, std::string> operation_metrics;
  std::string engine_info;
  std::string txn_id;  // of this commit attempt; settles an unknown outcome
  bool operator==(const CommitInfo&) const = default;
};

// An action of a kind that this version does not know; kept verbatim, never interpreted.
struct UnknownAction {
  std::string json;
  bool operator==(const UnknownAction&) const = default;
};

using Action = std::variant<CommitInfo, Protocol, Metadata, AddFile, RemoveFile, CdcFile,
                            SetTransaction, DomainMetadata, UnknownAction>;

}  // namespace foreset::delta
