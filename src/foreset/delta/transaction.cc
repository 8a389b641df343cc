// SPDX-License-Identifier: MIT
#include "foreset/delta/transaction.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace foreset::delta {
namespace {

constexpr std::string_view kTightBounds = "\"tightBounds\"";

std::unexpected<Error> Illegal(std::string_view what, const std::string& path) {
  return Err(ErrorKind::kInternal, ErrorCode::kInternal,
             fmt::format("a commit may not {} {}", what, path));
}

// Rows may be gone that the bounds came from ("Per-file Statistics", tightBounds). The text is not
// parsed: decimals would lose digits.
std::string LoosenBounds(std::string stats) {
  const std::size_t key = stats.find(kTightBounds);
  if (key == std::string::npos) {
    const std::size_t brace = stats.find('{');
    if (brace != std::string::npos) {
      stats.insert(brace + 1, fmt::format("{}:false,", kTightBounds));
    }
    return stats;
  }
  const std::size_t value = stats.find_first_not_of(": \t", key + kTightBounds.size());
  if (stats.compare(std::min(value, stats.size()), 4, "true") == 0) {
    stats.replace(value, 4, "false");
  }
  return stats;
}

}  // namespace

Transaction::Transaction(std::shared_ptr<const Snapshot> read, Isolation isolation)
    : read_(std::move(read)), isolation_(isolation) {}

void Transaction::Add(AddFile file) { adds_.push_back(std::move(file)); }

void Transaction::Remove(const AddFile& live, bool data_change) {
  removes_.push_back({.path = live.path,
                      .deletion_timestamp_ms = std::nullopt,
                      .data_change = data_change,
                      .extended_file_metadata = true,
                      .partition_values = live.partition_values,
                      .size_bytes = live.size_bytes,
                      .deletion_vector = live.deletion_vector});
}

void Transaction::ReplaceDeletionVector(const AddFile& live, DeletionVectorDescriptor vector) {
  Remove(live);
  AddFile file = live;
  file.deletion_vector = std::move(vector);
  file.data_change = true;
  if (file.stats_json) file.stats_json = LoosenBounds(*std::move(file.stats_json));
  Add(std::move(file));
}

void Transaction::SetMetadata(Metadata metadata) { metadata_ = std::move(metadata); }

void Transaction::SetProtocol(Protocol protocol) { protocol_ = std::move(protocol); }

void Transaction::SetProgress(SetTransaction progress) {
  std::string app_id = progress.app_id;
  progress_.insert_or_assign(std::move(app_id), std::move(progress));
}

void Transaction::SetDomain(std::string domain, std::string configuration) {
  DomainMetadata action{.domain = domain, .configuration = std::move(configuration)};
  domains_.insert_or_assign(std::move(domain), std::move(action));
}

void Transaction::Describe(std::string operation, std::map<std::string, std::string> parameters,
                           std::map<std::string, std::string> metrics) {
  info_.operation = std::move(operation);
  info_.operation_parameters = std::move(parameters);
  info_.operation_metrics = std::move(metrics);
}

bool Transaction::empty() const {
  return !protocol_ && !metadata_ && progress_.empty() && domains_.empty() && removes_.empty() &&
         adds_.empty();
}

Status Transaction::CheckRemoves() const {
  std::set<FileKey> keys;
  for (const RemoveFile& file : removes_) {
    if (isolation_ == Isolation::kBlindAppend) {
      return Illegal("append blindly and remove", file.path);
    }
    const FileKey key = KeyOf(file);
    if (!keys.insert(key).second) return Illegal("remove twice", file.path);
    const AddFile* live = read_->FindFile(file.path);
    if (live == nullptr || KeyOf(*live) != key) {
      return Illegal("remove what is not in the table,", file.path);
    }
  }
  return {};
}

Status Transaction::CheckAdds() const {
  std::set<std::string> removed;
  for (const RemoveFile& file : removes_) removed.insert(KeyOf(file).path);
  std::set<std::string> added;
  for (const AddFile& file : adds_) {
    const FileKey key = KeyOf(file);
    if (!added.insert(key.path).second) return Illegal("add twice", file.path);
    if (!removed.contains(key.path) && read_->FindFile(file.path) != nullptr) {
      return Illegal("add again without removing it", file.path);
    }
    const bool counted = file.stats_json && file.stats_json->contains("\"numRecords\"");
    if (file.deletion_vector && !counted) {
      return Illegal("give a deletion vector without numRecords to", file.path);
    }
  }
  return {};
}

Result<std::vector<Action>> Transaction::Actions() const {
  RETURN_IF_ERROR(CheckRemoves());
  RETURN_IF_ERROR(CheckAdds());
  std::vector<Action> actions;
  if (protocol_) actions.emplace_back(*protocol_);
  if (metadata_) actions.emplace_back(*metadata_);
  for (const auto& [app_id, progress] : progress_) actions.emplace_back(progress);
  for (const auto& [domain, action] : domains_) actions.emplace_back(action);
  for (const RemoveFile& file : removes_) actions.emplace_back(file);
  for (const AddFile& file : adds_) actions.emplace_back(file);
  return actions;
}

}  // namespace foreset::delta
