// SPDX-License-Identifier: MIT
#include "foreset/lake/catch_up.h"

#include <utility>
#include <variant>

#include "foreset/lake/feed_check.h"
#include "foreset/lake/large_rows.h"

namespace foreset::lake {
namespace {

// Stages what a replay hands on and commits between batches.
class Feeder {
 public:
  Feeder(Follower& follower, const CatchUpOptions& options)
      : follower_(follower), options_(options), batch_(follower.progress().batch) {}

  Status Take(const ReplayItem& item) {
    if (item.batch != batch_ && rows_ >= options_.commit_rows) RETURN_IF_ERROR(Commit());
    if (const auto* change = std::get_if<SchemaChange>(&item.item)) {
      if (rows_ > 0) RETURN_IF_ERROR(Commit());
      return follower_.Evolve(*change);
    }
    const ChangeBatch& changes = *std::get<std::shared_ptr<const ChangeBatch>>(item.item);
    batch_ = item.batch;
    rows_ += changes.size();
    const auto turn =
        options_.turns == nullptr ? Turns::Turn(nullptr) : TurnFor(*options_.turns, changes);
    return follower_.Stage(TRY(ApplyRules(options_.rules, changes)));
  }

 private:
  Status Commit() {
    rows_ = 0;
    RETURN_IF_ERROR(follower_.Commit(batch_, {}));
    if (options_.stop && options_.stop()) {
      return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "stopped while catching up");
    }
    return {};
  }

  Follower& follower_;
  const CatchUpOptions& options_;
  BatchNumber batch_;
  std::size_t rows_ = 0;
};

// Brings the follower's progress up to bronze's, or to that of its part that is ahead.
Status CatchUpOnce(const BronzeTable& bronze, std::span<const SchemaChange> changes,
                   Follower& follower, BatchNumber up_to, const CatchUpOptions& options) {
  Feeder feeder(follower, options);
  RETURN_IF_ERROR(bronze.Replay(follower.progress().batch, up_to, changes,
                                [&](const ReplayItem& item) { return feeder.Take(item); }));
  if (up_to == bronze.progress().batch) {
    return follower.Commit(up_to, bronze.progress().position);
  }
  return follower.Commit(up_to, {});
}

}  // namespace

Status CatchUp(const BronzeTable& bronze, std::span<const SchemaChange> changes, Follower& follower,
               const CatchUpOptions& options) {
  for (const auto& [table, progress] : follower.parts()) {
    RETURN_IF_ERROR(CheckFeed(bronze.table(), table->name(), *progress));
  }
  follower.FeedFrom(bronze.source());
  // A pair of tables out of step is first brought into step: the one behind is fed alone.
  const BatchNumber ahead = follower.furthest();
  if (follower.progress().batch < ahead) {
    RETURN_IF_ERROR(CatchUpOnce(bronze, changes, follower, ahead, options));
  }
  return CatchUpOnce(bronze, changes, follower, bronze.progress().batch, options);
}

}  // namespace foreset::lake
