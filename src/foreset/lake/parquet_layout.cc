// SPDX-License-Identifier: MIT
#include "foreset/lake/parquet_layout.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/mutex.h"

namespace foreset::lake {
namespace {

constexpr std::string_view kDeltaLog = "_delta_log";
constexpr std::string_view kManifest = "_manifest";
constexpr std::string_view kLive = ".parquet";
constexpr std::string_view kStaged = ".staged";
constexpr std::string_view kReplaced = ".replaced";

// Where the last part of the path begins.
std::size_t NameIn(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? 0 : slash + 1;
}

std::string Hidden(std::string_view path, std::string_view ending) {
  const std::size_t name = NameIn(path);
  std::string_view stem = path.substr(name);
  if (stem.ends_with(kLive)) stem.remove_suffix(kLive.size());
  return fmt::format("{}_{}{}", path.substr(0, name), stem, ending);
}

std::optional<std::string> Shown(std::string_view path, std::string_view ending) {
  const std::size_t name = NameIn(path);
  std::string_view stem = path.substr(name);
  if (!stem.starts_with('_') || !stem.ends_with(ending)) return std::nullopt;
  stem.remove_prefix(1);
  stem.remove_suffix(ending.size());
  return fmt::format("{}{}{}", path.substr(0, name), stem, kLive);
}

bool IsDataFile(std::string_view path) {
  return path.ends_with(kLive) && !path.substr(NameIn(path)).starts_with('_');
}

// The first folder of that name in the path; npos when there is none.
std::size_t FindFolder(std::string_view path, std::string_view folder) {
  for (std::size_t at = path.find(folder); at != std::string_view::npos;
       at = path.find(folder, at + 1)) {
    const std::size_t end = at + folder.size();
    const bool begins = at == 0 || path[at - 1] == '/';
    if (begins && (end == path.size() || path[end] == '/')) return at;
  }
  return std::string_view::npos;
}

class LayoutStore final : public ObjectStore {
 public:
  LayoutStore(std::shared_ptr<ObjectStore> store, bool detect)
      : store_(std::move(store)), detect_(detect) {}

  Result<std::string> Read(std::string_view path) const override {
    return Find(path, [&](const std::string& name) { return store_->Read(name); });
  }
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset,
                                std::uint64_t length) const override {
    return Find(path,
                [&](const std::string& name) { return store_->ReadRange(name, offset, length); });
  }
  Result<ObjectInfo> Stat(std::string_view path) const override {
    auto info = Find(path, [&](const std::string& name) { return store_->Stat(name); });
    if (info) info->path = path;
    return info;
  }
  Result<PutOutcome> PutIfAbsent(std::string_view path, Bytes bytes) override {
    return store_->PutIfAbsent(TRY(Place(path)), bytes);
  }
  Status Put(std::string_view path, Bytes bytes) override {
    return store_->Put(TRY(Place(path)), bytes);
  }
  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view path) override {
    return store_->Create(TRY(Place(path)));
  }
  Result<std::vector<ObjectInfo>> List(std::string_view prefix,
                                       std::string_view start_after) const override {
    const std::string below = TRY(Place(prefix));
    const std::string after = TRY(Place(start_after));
    auto found = TRY(store_->List(below, after));
    for (ObjectInfo& info : found) info.path = TRY(Place(info.path));
    std::ranges::sort(found, {}, &ObjectInfo::path);
    return found;
  }
  Result<std::vector<std::string>> ListFolders(std::string_view prefix) const override {
    const std::string below = TRY(Place(prefix));
    auto names = TRY(store_->ListFolders(below));
    for (std::string& name : names) {
      if (FindFolder(name, kDeltaLog) == 0 || FindFolder(name, kManifest) == 0) {
        name = TRY(Place(std::string(prefix) + name)).substr(prefix.size());
      }
    }
    std::ranges::sort(names);
    return names;
  }
  Status Delete(std::string_view path) override { return store_->Delete(TRY(Place(path))); }
  Status Move(std::string_view from, std::string_view to) override {
    return store_->Move(TRY(Place(from)), TRY(Place(to)));
  }
  Status MoveFolder(std::string_view from, std::string_view to) override {
    return store_->MoveFolder(from, to);
  }
  std::string Describe() const override { return store_->Describe(); }

 private:
  // The path with the two names of a log exchanged.
  Result<std::string> Place(std::string_view path) const {
    const std::size_t delta = FindFolder(path, kDeltaLog);
    const std::size_t at = std::min(delta, FindFolder(path, kManifest));
    if (at == std::string_view::npos) return std::string(path);
    if (detect_ && !TRY(HasManifest(path.substr(0, at)))) return std::string(path);
    const std::string_view has = at == delta ? kDeltaLog : kManifest;
    const std::string_view gets = at == delta ? kManifest : kDeltaLog;
    return fmt::format("{}{}{}", path.substr(0, at), gets, path.substr(at + has.size()));
  }

  Result<bool> HasManifest(std::string_view folder) const {
    const MutexLock lock(mutex_);
    const auto known = manifests_.find(folder);
    if (known != manifests_.end()) return known->second;
    const auto children = TRY(store_->ListFolders(folder));
    const bool has = std::ranges::find(children, kManifest) != children.end();
    manifests_.emplace(folder, has);
    return has;
  }

  // A file goes from staged by live to replaced while it is looked for. Asked in that order, it
  // cannot be missed; first of all it is asked for where it nearly always is.
  template <typename Ask>
  std::invoke_result_t<Ask, const std::string&> Find(std::string_view path, const Ask& ask) const {
    const std::string place = TRY(Place(path));
    auto found = ask(place);
    const auto absent = [&] { return !found && found.error().kind == ErrorKind::kNotFound; };
    if (!absent() || !IsDataFile(path)) return found;
    Error first = found.error();
    for (const std::string& name : {StagedName(path), std::string(path), ReplacedName(path)}) {
      found = ask(name);
      if (!absent()) return found;
    }
    return std::unexpected(std::move(first));
  }

  const std::shared_ptr<ObjectStore> store_;
  const bool detect_;
  mutable Mutex mutex_;
  mutable std::map<std::string, bool, std::less<>> manifests_
      GUARDED_BY(mutex_);  // by the table's folder
};

}  // namespace

std::string StagedName(std::string_view path) { return Hidden(path, kStaged); }

std::string ReplacedName(std::string_view path) { return Hidden(path, kReplaced); }

std::optional<std::string> NameOfStaged(std::string_view path) { return Shown(path, kStaged); }

std::optional<std::string> NameOfReplaced(std::string_view path) { return Shown(path, kReplaced); }

std::shared_ptr<ObjectStore> ParquetLayout(std::shared_ptr<ObjectStore> store) {
  return std::make_shared<LayoutStore>(std::move(store), false);
}

std::shared_ptr<ObjectStore> DetectedLayout(std::shared_ptr<ObjectStore> store) {
  return std::make_shared<LayoutStore>(std::move(store), true);
}

}  // namespace foreset::lake
