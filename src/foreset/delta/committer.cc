// SPDX-License-Identifier: MIT
#include "foreset/delta/committer.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "foreset/delta/actions_json.h"
#include "foreset/delta/log_files.h"
#include "foreset/delta/table_features.h"
#include "foreset/delta/write_support.h"

namespace foreset::delta {
namespace {

constexpr char kEngine[] = "Foreset";
// How often the same commit is sent again after a failure that left nothing behind.
constexpr int kMaxPuts = 3;
// How many foreign commits one call steps over before the caller is asked to begin anew.
constexpr int kMaxRebases = 1000;

const CommitInfo* InfoOf(const std::vector<Action>& commit) {
  for (const Action& action : commit) {
    if (const auto* info = std::get_if<CommitInfo>(&action)) return info;
  }
  return nullptr;
}

template <typename Kind>
bool Holds(const std::vector<Action>& commit) {
  return std::ranges::any_of(
      commit, [](const Action& action) { return std::holds_alternative<Kind>(action); });
}

bool ChangesData(const Action& action) {
  if (const auto* add = std::get_if<AddFile>(&action)) return add->data_change;
  if (const auto* remove = std::get_if<RemoveFile>(&action)) return remove->data_change;
  return std::holds_alternative<CdcFile>(action);
}

// The applications (or domains) that both commits speak for.
template <typename Kind>
std::optional<std::string> Shared(const std::vector<Action>& ours,
                                  const std::vector<Action>& theirs, std::string Kind::* name) {
  std::set<std::string> names;
  for (const Action& action : ours) {
    if (const auto* found = std::get_if<Kind>(&action)) names.insert(found->*name);
  }
  for (const Action& action : theirs) {
    const auto* found = std::get_if<Kind>(&action);
    if (found != nullptr && names.contains(found->*name)) return found->*name;
  }
  return std::nullopt;
}

// Why `ours` cannot come after `theirs`; nothing when it can. The order of the questions is that
// of Delta's own conflict checker.
std::optional<std::string> WhyNot(Isolation isolation, const std::vector<Action>& ours,
                                  const std::vector<Action>& theirs) {
  if (Holds<Protocol>(theirs)) return "the table's protocol changed";
  if (Holds<Metadata>(theirs)) return "the table's metadata changed";
  if (Holds<UnknownAction>(theirs)) return "a commit holds an action of an unknown kind";
  if (const auto domain = Shared<DomainMetadata>(ours, theirs, &DomainMetadata::domain)) {
    return fmt::format("the domain {} changed", *domain);
  }
  if (const auto app = Shared<SetTransaction>(ours, theirs, &SetTransaction::app_id)) {
    return fmt::format("the application {} committed elsewhere", *app);
  }
  if (isolation == Isolation::kBlindAppend) return std::nullopt;
  if (std::ranges::any_of(theirs, ChangesData)) return "another writer changed rows";
  if (Holds<AddFile>(theirs) || Holds<RemoveFile>(theirs)) return "another writer moved rows";
  return std::nullopt;
}

Conflict MakeConflict(std::string reason, std::shared_ptr<const Snapshot> latest,
                      const std::vector<Action>& ours, const std::vector<Action>& theirs) {
  const bool own = Shared<SetTransaction>(ours, theirs, &SetTransaction::app_id).has_value();
  return {.reason = std::move(reason),
          .latest = std::move(latest),
          .foreign_data_change = !own && std::ranges::any_of(theirs, ChangesData)};
}

const Metadata& MetadataAfter(const std::vector<Action>& actions, const Metadata& before) {
  for (const Action& action : actions) {
    if (const auto* metadata = std::get_if<Metadata>(&action)) return *metadata;
  }
  return before;
}

const Protocol& ProtocolAfter(const std::vector<Action>& actions, const Protocol& before) {
  for (const Action& action : actions) {
    if (const auto* protocol = std::get_if<Protocol>(&action)) return *protocol;
  }
  return before;
}

bool MayHaveHappened(const Error& error) {
  return error.kind == ErrorKind::kTransient || error.kind == ErrorKind::kCommitUnknown;
}

}  // namespace

Committer::Committer(std::shared_ptr<ObjectStore> store, const Clock& clock,
                     std::function<std::string()> make_id)
    : store_(std::move(store)), clock_(clock), make_id_(std::move(make_id)) {}

Result<CommitOutcome> Committer::Create(const Protocol& protocol, const Metadata& metadata,
                                        const std::vector<Action>& with) {
  std::vector<Action> actions = {protocol, metadata};
  actions.insert(actions.end(), with.begin(), with.end());
  RETURN_IF_ERROR(CheckWritable(protocol, metadata, actions));
  auto there = Snapshot::Load(store_);
  if (there) return Conflict{"the table exists already", *std::move(there)};
  if (there.error().code != ErrorCode::kDeltaTableNotFound) {
    return std::unexpected(std::move(there).error());
  }
  CommitInfo info{.operation = "CREATE TABLE"};
  info.txn_id = make_id_();
  const auto complete = Complete(std::move(info), actions, metadata, std::nullopt);
  const bool lost = TRY(Put(Version(0), complete)).has_value();
  auto snapshot = TRY(Snapshot::Load(store_));
  if (lost) return Conflict{"the table exists already", std::move(snapshot)};
  return Committed{std::move(snapshot)};
}

Result<CommitOutcome> Committer::Commit(const Transaction& transaction) {
  const std::vector<Action> actions = TRY(transaction.Actions());
  std::shared_ptr<const Snapshot> latest = transaction.read();
  RETURN_IF_ERROR(CheckWritable(ProtocolAfter(actions, latest->protocol()),
                                MetadataAfter(actions, latest->metadata()), actions));
  CommitInfo info = transaction.info();
  if (info.operation.empty()) info.operation = "WRITE";
  info.txn_id = make_id_();
  for (int rebases = 0; rebases < kMaxRebases; ++rebases) {
    const auto complete =
        Complete(info, actions, MetadataAfter(actions, latest->metadata()), latest->timestamp_ms());
    const auto winner = TRY(Put(latest->version().Next(), complete));
    if (!winner) return Committed{TRY(latest->Apply(complete))};
    latest = TRY(latest->Apply(*winner));
    if (auto reason = WhyNot(transaction.isolation(), actions, *winner)) {
      return MakeConflict(*std::move(reason), std::move(latest), actions, *winner);
    }
  }
  return Conflict{"other writers commit faster than this one", std::move(latest)};
}

std::vector<Action> Committer::Complete(CommitInfo info, const std::vector<Action>& actions,
                                        const Metadata& metadata,
                                        std::optional<std::int64_t> previous_timestamp_ms) const {
  std::int64_t now_ms = clock_.Now().value() / 1000;
  if (InCommitTimestampsSince(metadata)) {
    // "In-Commit Timestamps": strictly after the previous version's.
    if (previous_timestamp_ms) now_ms = std::max(now_ms, *previous_timestamp_ms + 1);
    info.in_commit_timestamp_ms = now_ms;
  }
  info.timestamp_ms = now_ms;
  info.engine_info = kEngine;
  std::vector<Action> complete;
  complete.reserve(actions.size() + 1);
  complete.emplace_back(std::move(info));
  for (const Action& action : actions) {
    auto* remove = std::get_if<RemoveFile>(&complete.emplace_back(action));
    if (remove != nullptr && !remove->deletion_timestamp_ms) {
      remove->deletion_timestamp_ms = now_ms;
    }
  }
  return complete;
}

Result<std::optional<std::vector<Action>>> Committer::Put(Version version,
                                                          const std::vector<Action>& actions) {
  const std::string path = CommitPath(version);
  std::string text;
  for (const Action& action : actions) text.append(ToJsonLine(action)).append("\n");
  Result<PutOutcome> put = PutOutcome::kCreated;
  for (int attempt = 0; attempt < kMaxPuts; ++attempt) {
    put = store_->PutIfAbsent(path, AsBytes(text));
    if (put && *put == PutOutcome::kCreated) return std::nullopt;
    if (!put && !MayHaveHappened(put.error())) return std::unexpected(put.error());
    // What is there may be this very commit, sent before its reply was lost.
    const auto there = store_->Read(path);
    if (there) {
      auto winner = TRY(ParseCommit(*there));
      const CommitInfo* info = InfoOf(winner);
      const bool own = info != nullptr && info->txn_id == InfoOf(actions)->txn_id;
      if (own) return std::nullopt;
      return std::optional(std::move(winner));
    }
    if (there.error().kind != ErrorKind::kNotFound) {
      return Err(ErrorKind::kCommitUnknown, ErrorCode::kCommitUnknown,
                 fmt::format("{}: {}; then {}", path, put ? "exists" : put.error().message,
                             there.error().message));
    }
  }
  if (put) {
    return Err(ErrorKind::kTransient, ErrorCode::kStorageIo,
               fmt::format("{}: inconsistent reads from the store", path));
  }
  return std::unexpected(put.error());
}

}  // namespace foreset::delta
