// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/compaction.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/row_rules.h"

namespace foreset::lake {

// `silver/_quarantine/<Table>`: the changes whose row a rule refused, with the row as it came:
// `_seq`, `_source_ts`, `_op`, database, table, code, rule, reason, values (JSON), `_ingested_at`.
// A row that conforms later stays here, as what was, until somebody lets it go. Committed before
// silver, so it may be ahead of it after a crash: what it has by then is left out when the batches
// come again. Not thread-safe.
class RuleQuarantine {
 public:
  // Makes no table before there is a row for it.
  static Result<std::unique_ptr<RuleQuarantine>> Open(std::shared_ptr<ObjectStore> store,
                                                      const RuleSet& rules,
                                                      const LakeOptions& options);

  void Stage(const RuledBatch& batch);
  // Appends what is staged, all of batches up to `batch`; durable on return.
  Status Commit(BatchNumber batch);
  Status Refresh();
  Result<bool> Maintain(const CompactionPolicy& policy);
  // Lets go of the changes at those places, in one commit that `operation` names; durable on
  // return. How many there were.
  Result<std::uint64_t> Remove(const std::set<Sequence>& places, const std::string& operation);
  // The last batch that brought rows here.
  BatchNumber covered() const;

 private:
  struct Staged {
    TableId table;
    Sequence sequence;
    Timestamp committed_at;
    std::string operation;
    RefusedRow refused;
  };

  RuleQuarantine(std::shared_ptr<ObjectStore> store, const RuleSet& rules,
                 const LakeOptions& options)
      : store_(std::move(store)), rules_(rules), options_(options) {}

  std::shared_ptr<ObjectStore> store_;
  RuleSet rules_;
  LakeOptions options_;
  std::optional<LakeTable> table_;
  std::vector<Staged> staged_;
};

}  // namespace foreset::lake
