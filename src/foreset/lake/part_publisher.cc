// SPDX-License-Identifier: MIT
#include "foreset/lake/part_publisher.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>

#include "foreset/base/json_writer.h"
#include "foreset/delta/data_file_writer.h"
#include "foreset/delta/data_path.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/parquet_layout.h"

namespace foreset::lake {
namespace {

// Below a view of the table (ParquetLayout).
constexpr std::string_view kListPath = "_delta_log/current.json";
constexpr std::string_view kEmptyPath = "empty.parquet";
constexpr std::string_view kPartPrefix = "part-";
constexpr std::string_view kDatePrefix = "date=";

// Whether the object is one that a writer of the table makes: in the table's folder or in that of
// a date, and named as parts are. All else that lies there is not ours to touch.
bool IsPart(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) {
    const std::string_view folder = path.substr(0, slash);
    if (!folder.starts_with(kDatePrefix) || folder.contains('/')) return false;
    path.remove_prefix(slash + 1);
  }
  return path.starts_with(kPartPrefix) && path.ends_with(".parquet");
}

bool IsLive(const delta::Snapshot& now, const std::string& path) {
  return now.FindFile(delta::EncodeUri(path)) != nullptr;
}

}  // namespace

std::string PartPublisher::Begin(const std::string& path) {
  begun_.push_back(path);
  return StagedName(path);
}

Status PartPublisher::Show(const std::string& path) { return store_.Move(StagedName(path), path); }

Status PartPublisher::Hide(const std::string& path) {
  RETURN_IF_ERROR(store_.Move(path, ReplacedName(path)));
  replaced_.emplace_back(clock_.Steady(), path);
  return {};
}

// First shown, then hidden: whoever lists in between and takes both finds the old file gone when
// he opens it, which is loud; the other way round he would miss rows in silence.
Status PartPublisher::Follow(const std::vector<delta::Action>& actions,
                             const delta::Snapshot& now) {
  if (!settled_) return Sweep(now, true);
  settled_ = false;
  bool changed = false;
  for (const delta::Action& action : actions) {
    const auto* file = std::get_if<delta::AddFile>(&action);
    if (file != nullptr) RETURN_IF_ERROR(Show(delta::DecodeUri(file->path)));
    const bool other_columns = std::holds_alternative<delta::Metadata>(action);
    changed = changed || file != nullptr || other_columns;
    changed = changed || std::holds_alternative<delta::RemoveFile>(action);
  }
  if (changed) RETURN_IF_ERROR(Tell(now));
  for (const delta::Action& action : actions) {
    const auto* file = std::get_if<delta::RemoveFile>(&action);
    if (file != nullptr) RETURN_IF_ERROR(Hide(delta::DecodeUri(file->path)));
  }
  RETURN_IF_ERROR(DropBegun(now));
  RETURN_IF_ERROR(DropReplaced());
  settled_ = true;
  return {};
}

Status PartPublisher::Sweep(const delta::Snapshot& now, bool fenced) {
  settled_ = false;
  empty_ = true;
  replaced_.clear();
  const auto objects = TRY(store_.List("", ""));
  // Shown before anything is hidden, as above; the list in between.
  for (const ObjectInfo& object : objects) {
    const auto staged = NameOfStaged(object.path);
    if (staged && IsPart(*staged) && IsLive(now, *staged)) RETURN_IF_ERROR(Show(*staged));
  }
  RETURN_IF_ERROR(Tell(now));
  bool waiting = false;
  for (const ObjectInfo& object : objects) {
    const auto staged = NameOfStaged(object.path);
    const bool left = staged && IsPart(*staged) && !IsLive(now, *staged);
    waiting = waiting || (left && !fenced);
    if (left && fenced) RETURN_IF_ERROR(store_.Delete(object.path));
    if (IsPart(object.path) && !IsLive(now, object.path)) RETURN_IF_ERROR(Hide(object.path));
    const auto replaced = NameOfReplaced(object.path);
    if (replaced && IsPart(*replaced)) replaced_.emplace_back(clock_.Steady(), *replaced);
  }
  if (fenced) begun_.clear();
  settled_ = !waiting;
  return {};
}

Status PartPublisher::Tell(const delta::Snapshot& now) {
  const bool none = now.files().begin() == now.files().end();
  if (none) {
    const auto writer =
        TRY(delta::DataFileWriter::Open(store_, std::string(kEmptyPath), now.schema()));
    TRY(writer->Finish(clock_.Now()));
  } else if (empty_) {
    RETURN_IF_ERROR(store_.Delete(kEmptyPath));
  }
  empty_ = none;
  if (!lists_) return {};
  JsonWriter json;
  json.BeginObject().Member("version", now.version().value()).Key("files").BeginArray();
  for (const delta::AddFile& file : now.files()) {
    json.BeginObject().Member("path", delta::DecodeUri(file.path));
    json.Member("rows", NumRecords(file).value_or(0)).Member("bytes", file.size_bytes).EndObject();
  }
  json.EndArray().EndObject();
  return store_.Put(kListPath, AsBytes(json.Take()));
}

Status PartPublisher::DropBegun(const delta::Snapshot& now) {
  for (const std::string& path : begun_) {
    if (!IsLive(now, path)) RETURN_IF_ERROR(store_.Delete(StagedName(path)));
  }
  begun_.clear();
  return {};
}

Status PartPublisher::DropReplaced() {
  const auto until = clock_.Steady() - kept_;
  while (!replaced_.empty() && replaced_.front().first <= until) {
    RETURN_IF_ERROR(store_.Delete(ReplacedName(replaced_.front().second)));
    replaced_.pop_front();
  }
  return {};
}

}  // namespace foreset::lake
