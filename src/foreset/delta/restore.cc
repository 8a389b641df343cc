// SPDX-License-Identifier: MIT
#include "foreset/delta/restore.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/delta/data_path.h"
#include "foreset/delta/deletion_vector.h"

namespace foreset::delta {
namespace {

std::map<FileKey, const AddFile*> FilesOf(const Snapshot& snapshot) {
  std::map<FileKey, const AddFile*> files;
  for (const AddFile& file : snapshot.files()) files.emplace(KeyOf(file), &file);
  return files;
}

Status CheckThere(const ObjectStore& store, const std::string& path) {
  const DataLocation file = TRY(LocateData(store, path));
  const auto there = file.store->Stat(file.path);
  if (there) return {};
  if (there.error().kind != ErrorKind::kNotFound) return std::unexpected(there.error());
  return Err(ErrorKind::kCorruption, ErrorCode::kDeltaVersionNotFound,
             fmt::format("that version needs {}, which is gone", path),
             "Choose a later version: vacuum has removed files of this one.");
}

Status CheckThere(const ObjectStore& store, const AddFile& file) {
  RETURN_IF_ERROR(CheckThere(store, file.path));
  if (!file.deletion_vector) return {};
  const auto vector = TRY(DeletionVectorFile(*file.deletion_vector));
  return vector ? CheckThere(store, *vector) : Status();
}

// Domains that only the latest version has cannot be taken back by a later value: they are left, as
// they say what a program has done since.
void SetStates(const Snapshot& wanted, Transaction& transaction) {
  for (SetTransaction& state : wanted.transactions()) transaction.SetProgress(std::move(state));
  for (DomainMetadata& domain : wanted.domains()) {
    transaction.SetDomain(std::move(domain.domain), std::move(domain.configuration));
  }
}

}  // namespace

Result<RestorePlan> PlanRestore(const ObjectStore& store, std::shared_ptr<const Snapshot> latest,
                                const Snapshot& wanted) {
  const auto now = FilesOf(*latest);
  const auto then = FilesOf(wanted);
  RestorePlan plan{Transaction(latest, Isolation::kOwner), 0, 0};
  for (const auto& [key, file] : now) {
    if (then.contains(key)) continue;
    plan.transaction.Remove(*file);
    ++plan.removed;
  }
  if (plan.removed > 0 && latest->Property("delta.appendOnly", "false") == "true") {
    return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaAppendOnly,
               fmt::format("{} only takes additions, and {} files would go", store.Describe(),
                           plan.removed));
  }
  for (const auto& [key, file] : then) {
    if (now.contains(key)) continue;
    RETURN_IF_ERROR(CheckThere(store, *file));
    AddFile again = *file;
    again.data_change = true;
    plan.transaction.Add(std::move(again));
    ++plan.added;
  }
  if (wanted.metadata() != latest->metadata()) plan.transaction.SetMetadata(wanted.metadata());
  SetStates(wanted, plan.transaction);
  plan.transaction.Describe("RESTORE", {{"version", std::to_string(wanted.version().value())}},
                            {{"numRestoredFiles", std::to_string(plan.added)},
                             {"numRemovedFiles", std::to_string(plan.removed)}});
  return plan;
}

}  // namespace foreset::delta
