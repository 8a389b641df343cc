// SPDX-License-Identifier: MIT
#include "foreset/lake/feed_check.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "foreset/base/errors/lake.h"
#include "foreset/delta/actions_json.h"
#include "foreset/lake/file_stats.h"

namespace foreset::lake {
namespace {

std::unexpected<Error> Behind(const LakeTable& bronze, const std::string& name,
                              const std::string& has, const std::string& bronze_has) {
  return Err(ErrorKind::kInvalidInput, lake_error::kBronzeBehind,
             fmt::format("{} has {}, {} has {}", name, has, bronze.store().Describe(), bronze_has));
}

std::unexpected<Error> Replaced(const LakeTable& bronze, const std::string& name,
                                const std::string& why) {
  return Err(ErrorKind::kInvalidInput, lake_error::kBronzeReplaced,
             fmt::format("{} was not fed from {}: {}", name, bronze.store().Describe(), why));
}

// An older copy that has gone on since has other commits under the same numbers. A commit that was
// cleaned up cannot be asked.
Status CheckSameLog(const LakeTable& bronze, const std::string& name, const FedFrom& from) {
  if (from.written_ms == 0) return {};
  const auto text =
      bronze.store().Read(fmt::format("_delta_log/{:020}.json", from.version.value()));
  if (!text) {
    if (text.error().kind == ErrorKind::kNotFound) return {};
    return std::unexpected(text.error());
  }
  const std::vector<delta::Action> commit = TRY(delta::ParseCommit(*text));
  for (const delta::Action& action : commit) {
    const auto* info = std::get_if<delta::CommitInfo>(&action);
    if (info == nullptr || !info->in_commit_timestamp_ms) continue;
    if (*info->in_commit_timestamp_ms == from.written_ms) return {};
    return Replaced(bronze, name,
                    fmt::format("its version {} is another commit", from.version.value()));
  }
  return {};
}

}  // namespace

FedFrom SourceOf(const LakeTable& bronze) {
  const delta::Snapshot& snapshot = *bronze.snapshot();
  const bool timed = snapshot.Property("delta.enableInCommitTimestamps", "false") == "true";
  return {.table = snapshot.metadata().id,
          .version = snapshot.version(),
          .written_ms = timed ? snapshot.timestamp_ms() : 0};
}

Status CheckFeed(const LakeTable& bronze, const std::string& name, const Progress& progress) {
  const Progress& has = bronze.progress();
  const auto& from = progress.fed_from;
  const std::string& id = bronze.snapshot()->metadata().id;
  if (from && from->table != id) {
    return Replaced(bronze, name, fmt::format("that was table {}, this is {}", from->table, id));
  }
  if (progress.batch > has.batch) {
    return Behind(bronze, name, fmt::format("batch {}", progress.batch.value()),
                  fmt::format("batch {}", has.batch.value()));
  }
  if (!progress.position.empty() && !has.position.Covers(progress.position)) {
    return Behind(bronze, name, progress.position.ToString(), has.position.ToString());
  }
  if (!from) return {};
  if (from->version > bronze.snapshot()->version()) {
    return Behind(bronze, name, fmt::format("seen its version {}", from->version.value()),
                  fmt::format("version {}", bronze.snapshot()->version().value()));
  }
  return CheckSameLog(bronze, name, *from);
}

std::optional<Error> RowCountDiffers(const LakeTable& table) {
  const auto& counted = table.progress().rows;
  const auto files = table.snapshot()->files();
  const bool told =
      std::ranges::all_of(files, [](const auto& file) { return NumRecords(file).has_value(); });
  if (!counted || !told) return std::nullopt;
  const std::int64_t rows = LiveRows(*table.snapshot());
  if (rows == *counted) return std::nullopt;
  return Error{ErrorKind::kCorruption,
               lake_error::kRowCountDiffers,
               fmt::format("{}: {} rows by the statistics of its files, {} by its progress",
                           table.store().Describe(), rows, *counted),
               {}};
}

}  // namespace foreset::lake
