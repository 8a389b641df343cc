// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/storage/object_store.h"

// Questions to the commits that the Delta log still keeps. Each reads the commits that it needs,
// newest first where it can; none needs the table's files.
namespace foreset::delta {

// What the table's history shows of one commit.
struct HistoryEntry {
  Version version;
  std::int64_t timestamp_ms = 0;  // in-commit where there is one, else the file's
  CommitInfo info;                // empty members where the writer told nothing
  // Counted from the actions themselves.
  std::int64_t files_added = 0;
  std::int64_t files_removed = 0;
  bool operator==(const HistoryEntry&) const = default;
};

// The last `limit` commits, newest first. kNotFound when there is no table.
Result<std::vector<HistoryEntry>> ReadHistory(const ObjectStore& store, std::size_t limit);

// The latest version whose timestamp is not after `at`. `latest` is the metadata of the latest
// version: it says since when commits carry their own timestamps. Files' times that run backwards
// count as rising. kDeltaVersionNotFound when every kept version is later.
Result<Version> FindVersionAt(const ObjectStore& store, const Metadata& latest, Timestamp at);

// The newest version whose configuration of the domain satisfies `holds`, or nothing. A version
// without its own entry has that of the version before; a removed domain, or none yet, does not
// hold. `holds` must not turn true again once it is false: the answer is found by halving, with
// O(log versions) commits read where each commit carries the domain.
Result<std::optional<Version>> FindVersionByDomain(
    const ObjectStore& store, const std::string& domain,
    const std::function<bool(std::string_view configuration)>& holds);

}  // namespace foreset::delta
