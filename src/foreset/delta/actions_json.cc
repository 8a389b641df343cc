// SPDX-License-Identifier: MIT
#include "foreset/delta/actions_json.h"

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/json_fields.h"
#include "foreset/base/json_writer.h"

namespace foreset::delta {
namespace {

// ---- writing

void WriteTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.Key(key).BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

void WriteMap(JsonWriter& json, std::string_view key,
              const std::map<std::string, std::string>& map) {
  json.Key(key).BeginObject();
  for (const auto& [name, value] : map) json.Member(name, value);
  json.EndObject();
}

void WriteMap(JsonWriter& json, std::string_view key,
              const std::map<std::string, std::optional<std::string>>& map) {
  json.Key(key).BeginObject();
  for (const auto& [name, value] : map) {
    json.Key(name);
    if (value) {
      json.String(*value);
    } else {
      json.Null();
    }
  }
  json.EndObject();
}

void WriteOptional(JsonWriter& json, std::string_view key,
                   const std::optional<std::string>& value) {
  if (value) json.Member(key, *value);
}

void WriteOptional(JsonWriter& json, std::string_view key,
                   const std::optional<std::int64_t>& value) {
  if (value) json.Member(key, *value);
}

void WriteVector(JsonWriter& json, const std::optional<DeletionVectorDescriptor>& vector) {
  if (!vector) return;
  json.Key("deletionVector").BeginObject();
  json.Member("storageType", std::string_view(&vector->storage_type, 1));
  json.Member("pathOrInlineDv", vector->path_or_inline);
  if (vector->offset) json.Member("offset", std::int64_t{*vector->offset});
  json.Member("sizeInBytes", std::int64_t{vector->size_bytes});
  json.Member("cardinality", vector->cardinality).EndObject();
}

struct ActionWriter {
  JsonWriter& json;

  void operator()(const CommitInfo& info) const {
    json.Key("commitInfo").BeginObject();
    WriteOptional(json, "inCommitTimestamp", info.in_commit_timestamp_ms);
    WriteOptional(json, "timestamp", info.timestamp_ms);
    json.Member("operation", info.operation);
    WriteMap(json, "operationParameters", info.operation_parameters);
    if (!info.operation_metrics.empty()) {
      WriteMap(json, "operationMetrics", info.operation_metrics);
    }
    if (!info.engine_info.empty()) json.Member("engineInfo", info.engine_info);
    if (!info.txn_id.empty()) json.Member("txnId", info.txn_id);
    json.EndObject();
  }
  void operator()(const Protocol& protocol) const {
    json.Key("protocol").BeginObject();
    json.Member("minReaderVersion", std::int64_t{protocol.min_reader_version});
    json.Member("minWriterVersion", std::int64_t{protocol.min_writer_version});
    if (protocol.reader_features) WriteTexts(json, "readerFeatures", *protocol.reader_features);
    if (protocol.writer_features) WriteTexts(json, "writerFeatures", *protocol.writer_features);
    json.EndObject();
  }
  void operator()(const Metadata& metadata) const {
    json.Key("metaData").BeginObject().Member("id", metadata.id);
    WriteOptional(json, "name", metadata.name);
    WriteOptional(json, "description", metadata.description);
    json.Key("format").BeginObject().Member("provider", metadata.format_provider);
    WriteMap(json, "options", metadata.format_options);
    json.EndObject().Member("schemaString", metadata.schema_json);
    WriteTexts(json, "partitionColumns", metadata.partition_columns);
    WriteMap(json, "configuration", metadata.configuration);
    WriteOptional(json, "createdTime", metadata.created_time_ms);
    json.EndObject();
  }
  void operator()(const AddFile& file) const {
    json.Key("add").BeginObject().Member("path", file.path);
    WriteMap(json, "partitionValues", file.partition_values);
    json.Member("size", file.size_bytes);
    json.Member("modificationTime", file.modification_time_ms);
    json.Member("dataChange", file.data_change);
    WriteOptional(json, "stats", file.stats_json);
    if (file.tags) WriteMap(json, "tags", *file.tags);
    WriteVector(json, file.deletion_vector);
    WriteOptional(json, "baseRowId", file.base_row_id);
    WriteOptional(json, "defaultRowCommitVersion", file.default_row_commit_version);
    WriteOptional(json, "clusteringProvider", file.clustering_provider);
    json.EndObject();
  }
  void operator()(const RemoveFile& file) const {
    json.Key("remove").BeginObject().Member("path", file.path);
    WriteOptional(json, "deletionTimestamp", file.deletion_timestamp_ms);
    json.Member("dataChange", file.data_change);
    json.Member("extendedFileMetadata", file.extended_file_metadata);
    if (file.partition_values) WriteMap(json, "partitionValues", *file.partition_values);
    WriteOptional(json, "size", file.size_bytes);
    WriteVector(json, file.deletion_vector);
    json.EndObject();
  }
  void operator()(const CdcFile& file) const {
    json.Key("cdc").BeginObject().Member("path", file.path);
    WriteMap(json, "partitionValues", file.partition_values);
    json.Member("size", file.size_bytes).Member("dataChange", false).EndObject();
  }
  void operator()(const SetTransaction& txn) const {
    json.Key("txn").BeginObject().Member("appId", txn.app_id).Member("version", txn.version);
    WriteOptional(json, "lastUpdated", txn.last_updated_ms);
    json.EndObject();
  }
  void operator()(const DomainMetadata& domain) const {
    json.Key("domainMetadata").BeginObject().Member("domain", domain.domain);
    json.Member("configuration", domain.configuration).Member("removed", domain.removed);
    json.EndObject();
  }
  void operator()(const UnknownAction&) const {}
};

// ---- reading

std::int32_t Narrow(JsonFields& fields, std::int64_t value) {
  if (value < std::numeric_limits<std::int32_t>::min() ||
      value > std::numeric_limits<std::int32_t>::max()) {
    fields.Fail(fmt::format("{} is out of range", value));
    return 0;
  }
  return static_cast<std::int32_t>(value);
}

std::optional<DeletionVectorDescriptor> ReadVector(JsonFields& file) {
  const auto object = file.OptionalObject("deletionVector");
  if (!object) return std::nullopt;
  JsonFields fields(*object, "deletionVector", ErrorCode::kDeltaCorrupt);
  DeletionVectorDescriptor vector;
  const std::string type = fields.Text("storageType");
  if (type != "u" && type != "i" && type != "p") fields.Fail("unknown storageType");
  vector.storage_type = type.empty() ? 'u' : type.front();
  vector.path_or_inline = fields.Text("pathOrInlineDv");
  const std::optional<std::int64_t> offset = fields.OptionalInt("offset");
  if (offset) vector.offset = Narrow(fields, *offset);
  vector.size_bytes = Narrow(fields, fields.Int("sizeInBytes"));
  vector.cardinality = fields.Int("cardinality");
  if (const Status status = fields.status(); !status) file.Fail(status.error().message);
  return vector;
}

Action ReadCommitInfo(JsonFields& fields) {
  CommitInfo info;
  info.in_commit_timestamp_ms = fields.OptionalInt("inCommitTimestamp");
  info.timestamp_ms = fields.OptionalInt("timestamp");
  info.operation = fields.OptionalText("operation").value_or("");
  info.operation_parameters = fields.TextMap("operationParameters");
  info.operation_metrics = fields.TextMap("operationMetrics");
  info.engine_info = fields.OptionalText("engineInfo").value_or("");
  info.txn_id = fields.OptionalText("txnId").value_or("");
  return info;
}

Action ReadProtocol(JsonFields& fields) {
  Protocol protocol;
  protocol.min_reader_version = Narrow(fields, fields.Int("minReaderVersion"));
  protocol.min_writer_version = Narrow(fields, fields.Int("minWriterVersion"));
  protocol.reader_features = fields.OptionalTexts("readerFeatures");
  protocol.writer_features = fields.OptionalTexts("writerFeatures");
  return protocol;
}

Action ReadMetadata(JsonFields& fields) {
  Metadata metadata;
  metadata.id = fields.Text("id");
  metadata.name = fields.OptionalText("name");
  metadata.description = fields.OptionalText("description");
  if (const auto object = fields.OptionalObject("format")) {
    JsonFields format(*object, "format", ErrorCode::kDeltaCorrupt);
    metadata.format_provider = format.OptionalText("provider").value_or("parquet");
    metadata.format_options = format.TextMap("options");
  }
  metadata.schema_json = fields.Text("schemaString");
  metadata.partition_columns =
      fields.OptionalTexts("partitionColumns").value_or(std::vector<std::string>());
  metadata.configuration = fields.TextMap("configuration");
  metadata.created_time_ms = fields.OptionalInt("createdTime");
  return metadata;
}

Action ReadAdd(JsonFields& fields) {
  AddFile file;
  file.path = fields.Text("path");
  file.partition_values = fields.OptionalTextMap("partitionValues").value_or(PartitionValues());
  file.size_bytes = fields.OptionalInt("size").value_or(0);
  file.modification_time_ms = fields.OptionalInt("modificationTime").value_or(0);
  file.data_change = fields.Flag("dataChange", true);
  file.stats_json = fields.OptionalText("stats");
  file.tags = fields.OptionalTextMap("tags");
  file.deletion_vector = ReadVector(fields);
  file.base_row_id = fields.OptionalInt("baseRowId");
  file.default_row_commit_version = fields.OptionalInt("defaultRowCommitVersion");
  file.clustering_provider = fields.OptionalText("clusteringProvider");
  return file;
}

Action ReadRemove(JsonFields& fields) {
  RemoveFile file;
  file.path = fields.Text("path");
  file.deletion_timestamp_ms = fields.OptionalInt("deletionTimestamp");
  file.data_change = fields.Flag("dataChange", true);
  file.extended_file_metadata = fields.Flag("extendedFileMetadata", false);
  file.partition_values = fields.OptionalTextMap("partitionValues");
  file.size_bytes = fields.OptionalInt("size");
  file.deletion_vector = ReadVector(fields);
  return file;
}

Action ReadCdc(JsonFields& fields) {
  CdcFile file;
  file.path = fields.Text("path");
  file.partition_values = fields.OptionalTextMap("partitionValues").value_or(PartitionValues());
  file.size_bytes = fields.OptionalInt("size").value_or(0);
  return file;
}

Action ReadTransaction(JsonFields& fields) {
  SetTransaction txn;
  txn.app_id = fields.Text("appId");
  txn.version = fields.Int("version");
  txn.last_updated_ms = fields.OptionalInt("lastUpdated");
  return txn;
}

Action ReadDomain(JsonFields& fields) {
  DomainMetadata domain;
  domain.domain = fields.Text("domain");
  domain.configuration = fields.OptionalText("configuration").value_or("");
  domain.removed = fields.Flag("removed", false);
  return domain;
}

struct ActionKind {
  std::string_view key;
  Action (*read)(JsonFields&);
};
constexpr ActionKind kActionKinds[] = {
    {"add", ReadAdd},           {"remove", ReadRemove},         {"commitInfo", ReadCommitInfo},
    {"metaData", ReadMetadata}, {"protocol", ReadProtocol},     {"txn", ReadTransaction},
    {"cdc", ReadCdc},           {"domainMetadata", ReadDomain},
};

Result<Action> ReadLine(simdjson::dom::parser& parser, std::string_view line) {
  simdjson::dom::object root;
  if (const auto error = parser.parse(line.data(), line.size()).get(root)) {
    return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt,
               fmt::format("not a JSON object ({})", simdjson::error_message(error)));
  }
  JsonFields fields(root, "action", ErrorCode::kDeltaCorrupt);
  for (const ActionKind& kind : kActionKinds) {
    const auto object = fields.OptionalObject(kind.key);
    RETURN_IF_ERROR(fields.status());
    if (!object) continue;
    JsonFields members(*object, kind.key, ErrorCode::kDeltaCorrupt);
    Action action = kind.read(members);
    RETURN_IF_ERROR(members.status());
    return action;
  }
  return UnknownAction{std::string(line)};
}

}  // namespace

std::string ToJsonLine(const Action& action) {
  if (const auto* unknown = std::get_if<UnknownAction>(&action)) return unknown->json;
  JsonWriter json;
  json.BeginObject();
  std::visit(ActionWriter{json}, action);
  json.EndObject();
  return json.Take();
}

Result<std::vector<Action>> ParseCommit(std::string_view text) {
  std::vector<Action> actions;
  simdjson::dom::parser parser;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto action = ReadLine(parser, line);
    if (!action) {
      return std::unexpected(std::move(action).error().Within(fmt::format("line {}", number)));
    }
    actions.push_back(*std::move(action));
  }
  return actions;
}

}  // namespace foreset::delta
