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

constexpr char kTombstoneColumn[] = "remove";
constexpr char kSidecarColumn[] = "sidecar";

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

// Takes the actions of a checkpoint part by part.
using PartTaker = std::function<Status(CheckpointPart&&)>;

Status ReadJson(const ObjectStore& store, const std::string& path, const PartTaker& take) {
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
  return take(std::move(part));
}

Status ReadParquet(const ObjectStore& store, const std::string& path,
                   const std::vector<std::string>& columns, const PartTaker& take) {
  const std::unique_ptr<ParquetFile> file = TRY(ParquetFile::Open(store, path));
  ParquetReadOptions options;
  options.fields.emplace();
  for (const std::string& name : columns) {
    if (const auto field = file->FindField(name)) options.fields->push_back(*field);
  }
  if (options.fields->empty()) return {};
  const std::unique_ptr<ParquetBatches> batches = TRY(file->Read(options));
  while (const std::shared_ptr<arrow::RecordBatch> batch = TRY(batches->Next())) {
    CheckpointPart part;
    auto appended = AppendActions(*batch, part);
    if (!appended) return std::unexpected(std::move(appended).error().Within("reading " + path));
    RETURN_IF_ERROR(take(std::move(part)));
  }
  return {};
}

// Sidecars are named by file name; some writers give a path.
std::string SidecarLocation(const std::string& name) {
  const std::string plain = DecodeUri(name);
  return std::string(kSidecarFolder) + plain.substr(plain.rfind('/') + 1);
}

// What those columns of Parquet files hold; all of what is JSON.
Status ReadParts(const ObjectStore& store, const CheckpointFiles& files,
                 const std::vector<std::string>& columns, const PartTaker& take) {
  std::vector<std::string> sidecars;
  const PartTaker take_first = [&](CheckpointPart&& part) {
    for (std::string& sidecar : part.sidecars) sidecars.push_back(std::move(sidecar));
    return take(std::move(part));
  };
  for (const std::string& path : files.paths) {
    RETURN_IF_ERROR(files.json ? ReadJson(store, path, take_first)
                               : ReadParquet(store, path, columns, take_first));
  }
  for (const std::string& sidecar : sidecars) {
    RETURN_IF_ERROR(ReadParquet(store, SidecarLocation(sidecar), columns, take));
  }
  return {};
}

}  // namespace

Result<std::vector<Action>> ReadCheckpoint(const ObjectStore& store, const CheckpointFiles& files) {
  std::vector<std::string> columns = CheckpointColumnNames();
  std::erase(columns, kTombstoneColumn);
  std::vector<Action> actions;
  RETURN_IF_ERROR(ReadParts(store, files, columns, [&](CheckpointPart&& part) -> Status {
    for (Action& action : part.actions) {
      if (!std::holds_alternative<RemoveFile>(action)) actions.push_back(std::move(action));
    }
    return {};
  }));
  return actions;
}

Status ReadTombstones(const ObjectStore& store, const CheckpointFiles& files,
                      const std::function<Status(RemoveFile)>& each) {
  const std::vector<std::string> columns{kTombstoneColumn, kSidecarColumn};
  return ReadParts(store, files, columns, [&](CheckpointPart&& part) -> Status {
    for (Action& action : part.actions) {
      auto* const file = std::get_if<RemoveFile>(&action);
      if (file != nullptr) RETURN_IF_ERROR(each(std::move(*file)));
    }
    return {};
  });
}

}  // namespace foreset::delta
