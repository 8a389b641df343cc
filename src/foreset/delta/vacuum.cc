// SPDX-License-Identifier: MIT
#include "foreset/delta/vacuum.h"

#include <set>
#include <string>
#include <string_view>

#include "foreset/delta/data_path.h"
#include "foreset/delta/deletion_vector.h"

namespace foreset::delta {
namespace {

using Vector = std::optional<DeletionVectorDescriptor>;

constexpr std::int64_t kMicrosPerMilli = 1000;

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

Status Keep(const std::string& path, const Vector& vector, std::set<std::string>& needed) {
  needed.insert(CanonicalPath(path));
  if (!vector) return {};
  const auto file = TRY(DeletionVectorFile(*vector));
  if (file) needed.insert(*file);
  return {};
}

}  // namespace

Result<std::vector<ObjectInfo>> FindUnneeded(const ObjectStore& store, const Snapshot& snapshot,
                                             Timestamp now, std::chrono::hours retention) {
  const std::int64_t oldest = now.value() - std::chrono::microseconds(retention).count();
  std::set<std::string> needed;
  for (const AddFile& file : snapshot.files()) {
    RETURN_IF_ERROR(Keep(file.path, file.deletion_vector, needed));
  }
  for (const RemoveFile& file : snapshot.tombstones()) {
    // One without a time was removed nobody knows when.
    const bool recent =
        !file.deletion_timestamp_ms || *file.deletion_timestamp_ms * kMicrosPerMilli >= oldest;
    if (recent) RETURN_IF_ERROR(Keep(file.path, file.deletion_vector, needed));
  }
  std::vector<ObjectInfo> unneeded;
  for (ObjectInfo& object : TRY(store.List("", ""))) {
    const bool old = object.modified_at.value() < oldest;
    if (old && !IsHidden(object.path) && !needed.contains(object.path)) {
      unneeded.push_back(std::move(object));
    }
  }
  return unneeded;
}

}  // namespace foreset::delta
