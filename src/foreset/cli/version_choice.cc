// SPDX-License-Identifier: MIT
#include "foreset/cli/version_choice.h"

#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/parquet_mode.h"
#include "foreset/base/time_text.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/source_reach.h"
#include "foreset/delta/table_history.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/progress.h"

namespace foreset::cli {
namespace {

bool Covers(const SourceReach& reach, std::string_view progress_json) {
  const auto progress = lake::ProgressFromJson(progress_json);
  return progress && reach.IsCoveredBy(progress->position);
}

// The newest version that does not cover the place yet, and the one after it.
Result<std::shared_ptr<const delta::Snapshot>> LoadCovering(std::shared_ptr<ObjectStore> store,
                                                            const std::string& text) {
  const SourceReach reach = TRY(SourceReach::Parse(text));
  auto latest = TRY(delta::Snapshot::Load(store));
  const auto now = latest->FindDomain(lake::kProgressDomain);
  if (!now || !Covers(reach, *now)) {
    std::string far = "the table carries no progress of Foreset";
    if (now) {
      const auto progress = TRY(lake::ProgressFromJson(*now));
      far = fmt::format("version {} stands at {}", latest->version().value(),
                        progress.position.ToString());
    }
    return Err(ErrorKind::kTransient, ErrorCode::kPositionNotCovered,
               fmt::format("no version covers {} yet: {}", text, far));
  }
  const auto before = TRY(delta::FindVersionByDomain(
      *store, lake::kProgressDomain,
      [&reach](std::string_view progress) { return !Covers(reach, progress); }));
  if (!before) {
    // All that is kept covers it; the first that can still be loaded is the answer.
    const auto history = TRY(delta::ReadHistory(*store, 1UL << 20U));
    return delta::Snapshot::Load(store,
                                 history.empty() ? latest->version() : history.back().version);
  }
  return delta::Snapshot::Load(std::move(store), before->Next());
}

// There are manifests of earlier versions, but the files that they name go.
Status RefuseParquetMode(const delta::Snapshot& snapshot) {
  if (!lake::IsInParquetMode(snapshot)) return {};
  return Err(ErrorKind::kUnsupported, parquet_mode_error::kNoTimeTravel,
             "the table is kept as Parquet files without earlier versions");
}

}  // namespace

void AddVersionOptions(Command command, VersionChoice& choice, const std::string& prefix) {
  const std::string which = prefix.empty() ? "The table" : "The later side";
  const std::string version = "--" + prefix + "version";
  const std::string at = "--" + prefix + "at";
  const std::string gtid = "--" + prefix + "gtid";
  command.AddOption(version, choice.version, which + " at this version")
      .NonNegative()
      .ValueName("N");
  command.AddOption(at, choice.at, which + " at this time, such as 2026-01-31T10:00:00Z")
      .ValueName("TIMESTAMP")
      .Excludes({version});
  command.AddOption(gtid, choice.gtid, which + " when it first covered this GTID set of the source")
      .ValueName("SET")
      .Excludes({version, at});
}

Result<std::shared_ptr<const delta::Snapshot>> LoadSnapshot(std::shared_ptr<ObjectStore> store,
                                                            const VersionChoice& choice) {
  if (!choice.empty()) RETURN_IF_ERROR(RefuseParquetMode(*TRY(delta::Snapshot::Load(store))));
  if (choice.version) {
    return delta::Snapshot::Load(std::move(store), delta::Version(*choice.version));
  }
  if (!choice.gtid.empty()) return LoadCovering(std::move(store), choice.gtid);
  if (choice.at.empty()) return delta::Snapshot::Load(std::move(store));
  const auto at = ParseTimestamp(choice.at);
  if (!at) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("--at: \"{}\" is not a time", choice.at),
               "Write it as 2026-01-31, or 2026-01-31T10:00:00Z, or with +02:00 at the end.");
  }
  return delta::Snapshot::LoadAt(std::move(store), Timestamp(*at));
}

}  // namespace foreset::cli
