// SPDX-License-Identifier: MIT
#include "foreset/delta/table_history.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "foreset/delta/actions_json.h"
#include "foreset/delta/checkpoint_reader.h"
#include "foreset/delta/log_files.h"
#include "foreset/delta/log_segment.h"
#include "foreset/delta/table_features.h"

namespace foreset::delta {
namespace {

Result<std::vector<Action>> ReadActions(const ObjectStore& store, Version version) {
  const std::string path = CommitPath(version);
  auto actions = ParseCommit(TRY(store.Read(path)));
  if (!actions) return std::unexpected(std::move(actions).error().Within("reading " + path));
  return *std::move(actions);
}

HistoryEntry EntryOf(const CommitFile& commit, const std::vector<Action>& actions) {
  HistoryEntry entry;
  entry.version = commit.version;
  for (const Action& action : actions) {
    if (const auto* info = std::get_if<CommitInfo>(&action)) entry.info = *info;
    if (std::holds_alternative<AddFile>(action)) ++entry.files_added;
    if (std::holds_alternative<RemoveFile>(action)) ++entry.files_removed;
  }
  entry.timestamp_ms =
      entry.info.in_commit_timestamp_ms.value_or(commit.modified_at.value() / 1000);
  return entry;
}

std::unexpected<Error> NoneAsOld(const ObjectStore& store) {
  return Err(ErrorKind::kNotFound, ErrorCode::kDeltaVersionNotFound,
             fmt::format("{} has no version as old as that", store.Describe()));
}

Result<std::int64_t> InCommitTimestamp(const ObjectStore& store, const CommitFile& commit) {
  return EntryOf(commit, TRY(ReadActions(store, commit.version))).timestamp_ms;
}

// In-commit timestamps rise, so the place is found by halving.
Result<std::optional<Version>> FindByInCommitTimestamp(const ObjectStore& store,
                                                       std::span<const CommitFile> commits,
                                                       std::int64_t at_ms) {
  std::size_t low = 0;
  std::size_t high = commits.size();  // commits[0, low) are not after `at`, commits[high…) are
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (TRY(InCommitTimestamp(store, commits[middle])) <= at_ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) return std::nullopt;
  return commits[low - 1].version;
}

// A commit's time counts as at least a millisecond after the one before.
std::optional<Version> FindByFileTime(std::span<const CommitFile> commits, std::int64_t at_ms) {
  std::optional<Version> found;
  std::int64_t time_ms = INT64_MIN;
  for (const CommitFile& commit : commits) {
    time_ms = std::max(time_ms + 1, commit.modified_at.value() / 1000);
    if (time_ms > at_ms) break;
    found = commit.version;
  }
  return found;
}

// The value of a domain, where a version says something of it.
struct DomainValue {
  std::optional<std::string> configuration;  // absent: removed, or none
};

std::optional<DomainValue> FindDomain(const std::vector<Action>& actions,
                                      const std::string& domain) {
  std::optional<DomainValue> found;
  for (const Action& action : actions) {
    const auto* entry = std::get_if<DomainMetadata>(&action);
    if (entry == nullptr || entry->domain != domain) continue;
    found.emplace();
    if (!entry->removed) found->configuration = entry->configuration;
  }
  return found;
}

// What holds before the oldest kept commit: the checkpoint that stands for it, if there is one.
Result<DomainValue> DomainBefore(const ObjectStore& store, Version oldest,
                                 const std::string& domain) {
  if (oldest == Version(0)) return DomainValue();
  const auto segment = FindLogSegment(store, oldest);
  if (!segment || !segment->checkpoint) return DomainValue();
  const auto actions = TRY(ReadCheckpoint(store, *segment->checkpoint));
  return FindDomain(actions, domain).value_or(DomainValue());
}

}  // namespace

Result<std::vector<HistoryEntry>> ReadHistory(const ObjectStore& store, std::size_t limit) {
  const std::vector<CommitFile> commits = TRY(ListCommits(store));
  if (commits.empty()) {
    RETURN_IF_ERROR(FindLogSegment(store, {}));
  }
  std::vector<HistoryEntry> history;
  for (auto commit = commits.rbegin(); commit != commits.rend(); ++commit) {
    if (history.size() == limit) break;
    history.push_back(EntryOf(*commit, TRY(ReadActions(store, commit->version))));
  }
  return history;
}

Result<Version> FindVersionAt(const ObjectStore& store, const Metadata& latest, Timestamp at) {
  const std::vector<CommitFile> commits = TRY(ListCommits(store));
  const std::int64_t at_ms = at.value() / 1000;
  const auto since = InCommitTimestampsSince(latest);
  const auto own_times = std::ranges::find_if(
      commits, [&](const CommitFile& commit) { return since && commit.version >= *since; });
  const auto split = static_cast<std::size_t>(own_times - commits.begin());
  const std::span<const CommitFile> all(commits);
  const auto later = TRY(FindByInCommitTimestamp(store, all.subspan(split), at_ms));
  if (later) return *later;
  const auto earlier = FindByFileTime(all.first(split), at_ms);
  if (!earlier) return NoneAsOld(store);
  return *earlier;
}

Result<std::optional<Version>> FindVersionByDomain(
    const ObjectStore& store, const std::string& domain,
    const std::function<bool(std::string_view configuration)>& holds) {
  const std::vector<CommitFile> commits = TRY(ListCommits(store));
  // Everything before `low` holds up to `found`, or has no value yet; nothing from `high` on holds.
  std::size_t low = 0;
  std::size_t high = commits.size();
  std::optional<Version> found;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    std::optional<DomainValue> value;
    std::size_t at = middle + 1;
    while (!value && at > low) {
      --at;
      value = FindDomain(TRY(ReadActions(store, commits[at].version)), domain);
    }
    if (!value && low == 0) value = TRY(DomainBefore(store, commits.front().version, domain));
    const bool unchanged = !value;
    const bool value_holds = value && value->configuration && holds(*value->configuration);
    if (value_holds || (unchanged && found)) {
      found = commits[middle].version;
    } else if (value && value->configuration) {
      high = at;
      continue;
    }
    low = middle + 1;
  }
  return found;
}

}  // namespace foreset::delta
