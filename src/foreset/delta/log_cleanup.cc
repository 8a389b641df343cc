// SPDX-License-Identifier: MIT
#include "foreset/delta/log_cleanup.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "foreset/delta/log_files.h"
#include "foreset/delta/log_segment.h"

namespace foreset::delta {
namespace {

constexpr std::int64_t kVersionsPerCheckpoint = 1000;
constexpr std::size_t kNewestKept = 10;

constexpr std::int64_t kCheckpointsPerRetention = 16;

// The newest that was there at that time: every state since then can be read from it.
std::optional<Version> NewestAt(const Checkpoints& checkpoints, Timestamp oldest) {
  for (auto at = checkpoints.rbegin(); at != checkpoints.rend(); ++at) {
    if (at->second.modified_at <= oldest) return at->first;
  }
  return std::nullopt;
}

// Of those after `first`: the paths of the ones that others make up for.
std::set<std::string> Spare(const Checkpoints& checkpoints, Version first,
                            std::chrono::microseconds apart) {
  std::set<std::string> spare;
  const CheckpointFiles* kept = &checkpoints.at(first);
  std::size_t left = checkpoints.size();
  for (const auto& [version, files] : checkpoints) {
    const bool newest = left-- <= kNewestKept;
    if (version <= first) continue;
    const bool far = version.value() - kept->version.value() >= kVersionsPerCheckpoint ||
                     files.modified_at.value() - kept->modified_at.value() >= apart.count();
    if (newest || far) {
      kept = &files;
    } else {
      spare.insert(files.paths.begin(), files.paths.end());
    }
  }
  return spare;
}

}  // namespace

Result<std::vector<std::string>> FindOldLogFiles(const ObjectStore& store, Timestamp now,
                                                 std::chrono::seconds kept) {
  const std::chrono::microseconds age(kept);
  const std::vector<ObjectInfo> objects = TRY(store.List(kLogFolder, ""));
  const Checkpoints checkpoints = FindCheckpoints(objects);
  const auto first = NewestAt(checkpoints, Timestamp(now.value() - age.count()));
  if (!first) return std::vector<std::string>();
  const std::set<std::string> spare = Spare(checkpoints, *first, age / kCheckpointsPerRetention);
  std::vector<std::string> old;
  for (const ObjectInfo& object : objects) {
    const auto file = ParseLogFile(object.path);
    if (file && (file->version < *first || spare.contains(object.path))) {
      old.push_back(object.path);
    }
  }
  return old;
}

}  // namespace foreset::delta
