// SPDX-License-Identifier: MIT
#include "foreset/lake/compaction.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/delta/table_scan.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/rolling_writer.h"

namespace foreset::lake {
namespace {

bool IsWorn(const delta::AddFile& file, const CompactionPolicy& policy) {
  if (!file.deletion_vector) return false;
  const auto rows = NumRecords(file);
  if (!rows || *rows == 0) return false;
  return static_cast<double>(file.deletion_vector->cardinality) >=
         policy.max_dead_fraction * static_cast<double>(*rows);
}

// Bronze is read in the order of its batches, so its files are merged in that order. Elsewhere the
// order is that of making.
void SortByAge(std::vector<const delta::AddFile*>& files) {
  using Age = std::tuple<std::int64_t, std::string, std::int64_t>;
  std::vector<std::pair<Age, const delta::AddFile*>> aged;
  for (const delta::AddFile* file : files) {
    const auto batch = MinLong(*file, "_batch");
    Age age{batch.value_or(0), {}, file->modification_time_ms};
    if (batch) std::get<std::string>(age) = MinText(*file, "_seq").value_or("");
    aged.emplace_back(std::move(age), file);
  }
  std::ranges::stable_sort(aged, {}, [](const auto& entry) { return entry.first; });
  std::ranges::transform(aged, files.begin(), [](const auto& entry) { return entry.second; });
}

}  // namespace

std::vector<const delta::AddFile*> ChooseFiles(const delta::Snapshot& snapshot,
                                               const CompactionPolicy& policy) {
  std::vector<const delta::AddFile*> small;
  std::vector<const delta::AddFile*> worn;
  for (const delta::AddFile& file : snapshot.files()) {
    if (file.size_bytes < policy.small_file_bytes) {
      small.push_back(&file);
    } else if (IsWorn(file, policy)) {
      worn.push_back(&file);
    }
  }
  if (small.size() <= policy.max_small_files) {
    // A small file is not worth a merge yet, unless most of it is dead.
    std::erase_if(small, [&](const auto* file) { return !IsWorn(*file, policy); });
  }
  worn.insert(worn.end(), small.begin(), small.end());
  SortByAge(worn);
  std::int64_t bytes = 0;
  std::size_t count = 0;
  while (count < worn.size() && bytes < policy.budget_bytes) bytes += worn[count++]->size_bytes;
  worn.resize(count);
  return worn;
}

std::vector<const delta::AddFile*> FilesByAge(const delta::Snapshot& snapshot) {
  std::vector<const delta::AddFile*> files;
  for (const delta::AddFile& file : snapshot.files()) files.push_back(&file);
  SortByAge(files);
  return files;
}

Result<std::vector<delta::AddFile>> CompactFiles(LakeTable& table,
                                                 const std::vector<const delta::AddFile*>& files) {
  delta::Transaction transaction = table.Begin();
  RollingWriter writer = table.NewWriter();
  const auto& snapshot = table.snapshot();
  const auto copy = [&](const delta::ScannedBatch& scanned) -> Status {
    RETURN_IF_ERROR(writer.Write(snapshot->schema(), *scanned.batch));
    return {};
  };
  std::int64_t bytes_before = 0;
  for (const delta::AddFile* file : files) {
    bytes_before += file->size_bytes;
    RETURN_IF_ERROR(delta::ScanFile(table.store(), *snapshot, *file, {}, copy));
    transaction.Remove(*file, false);
  }
  std::vector<delta::AddFile> added = TRY(writer.Finish());
  for (delta::AddFile& file : added) {
    file.data_change = false;
    file.tags = OrderedTags();
    transaction.Add(file);
  }
  transaction.Describe("OPTIMIZE", {},
                       {{"numRemovedFiles", std::to_string(files.size())},
                        {"numRemovedBytes", std::to_string(bytes_before)},
                        {"numAddedFiles", std::to_string(added.size())}});
  RETURN_IF_ERROR(table.CommitMaintenance(transaction));
  return added;
}

Result<bool> CompactAppendOnly(LakeTable& table, const CompactionPolicy& policy) {
  const std::vector<const delta::AddFile*> files = ChooseFiles(*table.snapshot(), policy);
  if (files.empty()) return false;
  TRY(CompactFiles(table, files));
  return true;
}

}  // namespace foreset::lake
