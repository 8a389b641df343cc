// SPDX-License-Identifier: MIT
#include "foreset/delta/log_segment.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/delta/log_files.h"

namespace foreset::delta {
namespace {

// What a listing of the Delta log holds.
struct LogListing {
  std::map<Version, Timestamp> commits;
  std::map<Version, CheckpointFiles> checkpoints;  // complete ones
};

using Parts = std::map<std::uint32_t, const ObjectInfo*>;

// A single file is preferred to parts; among equals the first listed.
void AddCheckpoint(Checkpoints& checkpoints, CheckpointFiles files) {
  const Version version = files.version;
  checkpoints.try_emplace(version, std::move(files));
}

void AddCompleteParts(Checkpoints& checkpoints,
                      const std::map<std::pair<Version, std::uint32_t>, Parts>& sets) {
  for (const auto& [key, parts] : sets) {
    if (parts.size() != key.second) continue;
    CheckpointFiles files{key.first, {}, false, parts.begin()->second->modified_at};
    for (const auto& [number, info] : parts) files.paths.push_back(info->path);
    AddCheckpoint(checkpoints, std::move(files));
  }
}

Result<LogListing> ListLog(const ObjectStore& store, std::string_view start_after) {
  const std::vector<ObjectInfo> objects = TRY(store.List(kLogFolder, start_after));
  LogListing listing{.commits = {}, .checkpoints = FindCheckpoints(objects)};
  for (const ObjectInfo& info : objects) {
    const auto file = ParseLogFile(info.path);
    if (file && file->kind == LogFileKind::kCommit) {
      listing.commits.emplace(file->version, info.modified_at);
    }
  }
  return listing;
}

std::unexpected<Error> VersionGone(const ObjectStore& store, Version version) {
  return Err(ErrorKind::kNotFound, ErrorCode::kDeltaVersionNotFound,
             fmt::format("{} has no version {}", store.Describe(), version.value()));
}

// A listing that ran beside a commit may have missed an older name, so a gap is asked about once
// more before it is believed.
Result<Timestamp> FindCommit(const ObjectStore& store, const LogListing& listing, Version version) {
  const auto listed = listing.commits.find(version);
  if (listed != listing.commits.end()) return listed->second;
  const auto info = store.Stat(CommitPath(version));
  if (info) return info->modified_at;
  if (info.error().kind != ErrorKind::kNotFound) return std::unexpected(info.error());
  return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt,
             fmt::format("the Delta log of {} lacks the commit of version {}", store.Describe(),
                         version.value()));
}

std::optional<Version> LatestOf(const LogListing& listing) {
  std::optional<Version> latest;
  if (!listing.commits.empty()) latest = listing.commits.rbegin()->first;
  if (!listing.checkpoints.empty()) {
    latest = std::max(latest, std::optional(listing.checkpoints.rbegin()->first));
  }
  return latest;
}

Result<LogSegment> SegmentOf(const ObjectStore& store, const LogListing& listing,
                             std::optional<Version> wanted) {
  const std::optional<Version> latest = LatestOf(listing);
  if (!latest) {
    return Err(ErrorKind::kNotFound, ErrorCode::kDeltaTableNotFound,
               fmt::format("there is no Delta table in {}", store.Describe()));
  }
  LogSegment segment;
  segment.version = wanted.value_or(*latest);
  if (segment.version > *latest || segment.version < Version(0)) {
    return VersionGone(store, segment.version);
  }
  Version next(0);
  const auto after = listing.checkpoints.upper_bound(segment.version);
  if (after != listing.checkpoints.begin()) {
    segment.checkpoint = std::prev(after)->second;
    next = segment.checkpoint->version.Next();
    segment.modified_at = segment.checkpoint->modified_at;
  } else if (wanted && (listing.commits.empty() || listing.commits.begin()->first > Version(0))) {
    return VersionGone(store, segment.version);
  }
  const auto own = listing.commits.find(segment.version);
  if (own != listing.commits.end()) segment.modified_at = own->second;
  for (; next <= segment.version; next = next.Next()) {
    segment.commits.push_back({next, TRY(FindCommit(store, listing, next))});
  }
  return segment;
}

}  // namespace

Checkpoints FindCheckpoints(const std::vector<ObjectInfo>& log) {
  Checkpoints checkpoints;
  std::map<std::pair<Version, std::uint32_t>, Parts> sets;
  for (const ObjectInfo& info : log) {
    const auto file = ParseLogFile(info.path);
    if (!file) continue;
    switch (file->kind) {
      case LogFileKind::kClassicCheckpoint:
      case LogFileKind::kUuidCheckpoint:
        AddCheckpoint(checkpoints, {file->version, {info.path}, file->json, info.modified_at});
        break;
      case LogFileKind::kPartOfCheckpoint:
        sets[{file->version, file->parts}].emplace(file->part, &info);
        break;
      case LogFileKind::kCommit:
      case LogFileKind::kCompacted:
      case LogFileKind::kChecksum:
        break;
    }
  }
  AddCompleteParts(checkpoints, sets);
  return checkpoints;
}

std::optional<Version> ReadCheckpointHint(const ObjectStore& store) {
  const auto text = store.Read(kLastCheckpointPath);
  if (!text) return std::nullopt;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::int64_t version = -1;
  if (parser.parse(*text).get(root) != simdjson::SUCCESS || !root.is_object() ||
      root["version"].get(version) != simdjson::SUCCESS || version < 0) {
    return std::nullopt;
  }
  return Version(version);
}

Result<LogSegment> FindLogSegment(const ObjectStore& store, std::optional<Version> version) {
  const std::optional<Version> hint = ReadCheckpointHint(store);
  if (hint && (!version || *hint <= *version)) {
    const LogListing tail = TRY(ListLog(store, LogFilePrefix(*hint)));
    if (tail.checkpoints.contains(*hint)) return SegmentOf(store, tail, version);
  }
  return SegmentOf(store, TRY(ListLog(store, "")), version);
}

Result<std::vector<CommitFile>> ListCommits(const ObjectStore& store) {
  const LogListing listing = TRY(ListLog(store, ""));
  std::vector<CommitFile> commits;
  for (auto at = listing.commits.rbegin(); at != listing.commits.rend(); ++at) {
    if (!commits.empty() && at->first.Next() != commits.back().version) break;
    commits.push_back({at->first, at->second});
  }
  std::ranges::reverse(commits);
  return commits;
}

}  // namespace foreset::delta
