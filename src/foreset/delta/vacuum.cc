// SPDX-License-Identifier: MIT
#include "foreset/delta/vacuum.h"

#include <string_view>
#include <utility>

#include "foreset/base/time_units.h"
#include "foreset/delta/named_files.h"

namespace foreset::delta {
namespace {

// Hidden as every Delta program hides it; a partition's folder may begin with an underscore.
bool IsHidden(std::string_view path) {
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    const bool partition = part.find('=') != std::string_view::npos;
    if (part.starts_with('.') || (part.starts_with('_') && !partition)) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

Result<std::vector<ObjectInfo>> FindUnneeded(const ObjectStore& store, const Snapshot& snapshot,
                                             Timestamp now, std::chrono::milliseconds retention) {
  const std::int64_t oldest = now.value() - std::chrono::microseconds(retention).count();
  NamedFiles needed(store);
  for (const AddFile& file : snapshot.files()) RETURN_IF_ERROR(needed.Add(file));
  RETURN_IF_ERROR(snapshot.ForEachTombstone([&](const RemoveFile& file) -> Status {
    // One without a time was removed nobody knows when.
    const bool recent =
        !file.deletion_timestamp_ms || *file.deletion_timestamp_ms * kMicrosPerMilli >= oldest;
    return recent ? needed.Add(file) : Status();
  }));
  std::vector<ObjectInfo> unneeded;
  for (ObjectInfo& object : TRY(store.List("", ""))) {
    const bool old = object.modified_at.value() < oldest;
    if (old && !IsHidden(object.path) && !needed.Contains(object.path)) {
      unneeded.push_back(std::move(object));
    }
  }
  return unneeded;
}

}  // namespace foreset::delta
