// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"

namespace foreset::cli {

class Command;

// Which version of a table: at most one member is set; none means the latest.
struct VersionChoice {
  std::optional<std::int64_t> version;
  std::string at;    // a timestamp
  std::string gtid;  // a GTID set of the source, or "file:position" of its binlog
  bool empty() const { return !version && at.empty() && gtid.empty(); }
};

// Adds --version, --at and --gtid, which exclude each other; with a prefix, --to-version and so
// on. `choice` must outlive parsing.
void AddVersionOptions(Command command, VersionChoice& choice, const std::string& prefix = "");

// The table as of the choice. For a GTID set: the first version whose progress covers all of it;
// kPositionNotCovered when none does yet.
Result<std::shared_ptr<const delta::Snapshot>> LoadSnapshot(std::shared_ptr<ObjectStore> store,
                                                            const VersionChoice& choice);

}  // namespace foreset::cli
