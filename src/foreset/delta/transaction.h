// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/delta/snapshot.h"

namespace foreset::delta {

// What a transaction has read of the table, hence what another's commit in between may not touch.
enum class Isolation {
  kBlindAppend,  // only adds files; any other data commit may come before it
  kOwner,        // the sole keeper of the table: any foreign change of data is a conflict
};

// A commit being built: plain actions on top of a snapshot, no I/O. A second SetProgress for an
// application, SetDomain for a domain, SetMetadata or SetProtocol replaces the first.
// Not thread-safe.
class Transaction {
 public:
  Transaction(std::shared_ptr<const Snapshot> read, Isolation isolation);

  void Add(AddFile file);
  // Removes a live file as the snapshot has it (with its old deletion vector).
  void Remove(const AddFile& live, bool data_change = true);
  // Remove with the old vector plus add with the new one, statistics kept, bounds loosened.
  void ReplaceDeletionVector(const AddFile& live, DeletionVectorDescriptor vector);
  void SetMetadata(Metadata metadata);
  void SetProtocol(Protocol protocol);
  void SetProgress(SetTransaction progress);
  void SetDomain(std::string domain, std::string configuration);
  // The name and figures that the table's history shows.
  void Describe(std::string operation, std::map<std::string, std::string> parameters,
                std::map<std::string, std::string> metrics);
  // As the commit will leave them.
  const Metadata& metadata() const { return metadata_ ? *metadata_ : read_->metadata(); }
  const Protocol& protocol() const { return protocol_ ? *protocol_ : read_->protocol(); }
  // True when a commit would change nothing.
  bool empty() const;

  const std::shared_ptr<const Snapshot>& read() const { return read_; }
  Isolation isolation() const { return isolation_; }
  // Operation, parameters and metrics; the committer completes it.
  const CommitInfo& info() const { return info_; }
  // The actions after commitInfo, removes before adds, checked (else kInternal): at most one per
  // reconciliation key ("Action Reconciliation"), removes of live files only, no second vector for
  // a path without its remove, nothing but adds in a blind append, and numRecords where there is a
  // deletion vector. Removes have no deletion time yet: the committer knows it.
  Result<std::vector<Action>> Actions() const;

 private:
  Status CheckRemoves() const;
  Status CheckAdds() const;

  std::shared_ptr<const Snapshot> read_;
  Isolation isolation_;
  std::optional<Protocol> protocol_;
  std::optional<Metadata> metadata_;
  std::map<std::string, SetTransaction> progress_;
  std::map<std::string, DomainMetadata> domains_;
  std::vector<RemoveFile> removes_;
  std::vector<AddFile> adds_;
  CommitInfo info_;
};

}  // namespace foreset::delta
