// SPDX-License-Identifier: MIT
#include "foreset/delta/checkpoint_reader.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <arrow/record_batch.h>
#include <simdjson.h>

#include "foreset/columnar/parquet_file.h"
#include "foreset/delta/actions_json.h"
#include "foreset/delta/checkpoint_columns.h"
#include "foreset/delta/data_path.h"
#include "foreset/delta/log_files.h"

namespace foreset::delta {
namespace {

// The path of a `sidecar` action; nothing when it is another.
std::optional<std::string> SidecarPath(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view path;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root.at_pointer("/sidecar/path").get(path) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return std::string(path);
}

Result<CheckpointPart> ReadJson(const ObjectStore& store, const std::string& path) {
  auto actions = ParseCommit(TRY(store.Read(path)));
  if (!actions) return std::unexpected(std::move(actions).error().Within("reading " + path));
  CheckpointPart part;
  for (Action& action : *actions) {
    const auto* unknown = std::get_if<UnknownAction>(&action);
    if (unknown == nullptr) {
      part.actions.push_back(std::move(action));
    } else if (auto sidecar = SidecarPath(unknown->json)) {
      part.sidecars.push_back(*std::move(sidecar));
    }
  }
  return part;
}

Result<CheckpointPart> ReadParquet(const ObjectStore& store, const std::string& path) {
  const std::unique_ptr<ParquetFile> file = TRY(ParquetFile::Open(store, path));
  ParquetReadOptions options;
  options.fields.emplace();
  for (const std::string& name : CheckpointColumnNames()) {
    if (const auto field = file->FindField(name)) options.fields->push_back(*field);
  }
  const std::unique_ptr<ParquetBatches> batches = TRY(file->Read(options));
  CheckpointPart part;
  while (const std::shared_ptr<arrow::RecordBatch> batch = TRY(batches->Next())) {
    auto appended = AppendActions(*batch, part);
    if (!appended) return std::unexpected(std::move(appended).error().Within("reading " + path));
  }
  return part;
}

// Sidecars are named by file name; some writers give a path.
std::string SidecarLocation(const std::string& name) {
  const std::string plain = DecodeUri(name);
  return std::string(kSidecarFolder) + plain.substr(plain.rfind('/') + 1);
}

Status Append(std::vector<Action>& actions, Result<CheckpointPart> part) {
  CheckpointPart taken = TRY(std::move(part));
  for (Action& action : taken.actions) actions.push_back(std::move(action));
  return {};
}

}  // namespace

Result<std::vector<Action>> ReadCheckpoint(const ObjectStore& store, const CheckpointFiles& files) {
  std::vector<Action> actions;
  std::vector<std::string> sidecars;
  for (const std::string& path : files.paths) {
    CheckpointPart part = TRY(files.json ? ReadJson(store, path) : ReadParquet(store, path));
    for (std::string& sidecar : part.sidecars) sidecars.push_back(std::move(sidecar));
    RETURN_IF_ERROR(Append(actions, std::move(part)));
  }
  for (const std::string& sidecar : sidecars) {
    RETURN_IF_ERROR(Append(actions, ReadParquet(store, SidecarLocation(sidecar))));
  }
  return actions;
}

}  // namespace foreset::delta
