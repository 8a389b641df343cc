// SPDX-License-Identifier: MIT
#include "foreset/delta/committer.h"

#include <gtest/gtest.h>

#include "foreset/delta/actions_json.h"
#include "foreset/delta/log_files.h"
#include "foreset/delta/write_testing.h"

namespace foreset::delta {
namespace {

class CommitterTest : public WriteFixture {
 protected:
  Transaction Append(const std::shared_ptr<const Snapshot>& read, const std::string& path,
                     Isolation isolation = Isolation::kBlindAppend) {
    Transaction transaction(read, isolation);
    transaction.Add(File(path));
    return transaction;
  }
  static Conflict ConflictOf(const Result<CommitOutcome>& outcome) {
    EXPECT_TRUE(outcome) << outcome.error().ToString();
    EXPECT_TRUE(std::holds_alternative<Conflict>(*outcome));
    return std::get<Conflict>(*outcome);
  }
  std::vector<Action> ReadCommit(int version) {
    return ParseCommit(memory_->Read(CommitPath(Version(version))).value()).value();
  }
};

TEST_F(CommitterTest, CommitInfoComesFirstAndTimeOnlyRises) {
  auto snapshot = Create();
  for (int version = 1; version <= 3; ++version) {
    Transaction transaction = Append(snapshot, fmt::format("f{}", version));
    transaction.Describe("WRITE", {{"mode", "Append"}}, {{"rows", "1"}});
    const auto next = StateAfter(committer_.Commit(transaction));
    EXPECT_EQ(next->version(), Version(version));
    EXPECT_EQ(next->timestamp_ms(), snapshot->timestamp_ms() + 1);  // the clock stands still
    const auto actions = ReadCommit(version);
    const auto& info = std::get<CommitInfo>(actions[0]);
    EXPECT_EQ(info.in_commit_timestamp_ms, next->timestamp_ms());
    EXPECT_EQ(info.operation_metrics.at("rows"), "1");
    EXPECT_FALSE(info.txn_id.empty());
    snapshot = next;
  }
  EXPECT_EQ(Load()->files().size(), 3U);
  EXPECT_EQ(Load()->timestamp_ms(), snapshot->timestamp_ms());
}

TEST_F(CommitterTest, ATableIsCreatedOnce) {
  Create();
  const TableDefinition again = Definition();
  EXPECT_EQ(ConflictOf(committer_.Create(again.protocol, again.metadata, {})).latest->version(),
            Version(0));
  // Also when only a later part of the log is left.
  ASSERT_TRUE(StateAfter(committer_.Commit(Append(Load(), "a"))));
  ASSERT_TRUE(memory_->Delete(CommitPath(Version(0))));
  EXPECT_FALSE(committer_.Create(again.protocol, again.metadata, {}) &&
               memory_->Stat(CommitPath(Version(0))));
}

TEST_F(CommitterTest, LostRepliesAreSettledByReadingBack) {
  auto snapshot = Create();
  for (const Fault fault : {Fault::kLostBefore, Fault::kLostAfter}) {
    store_->FailStep(1, fault);
    const auto next =
        StateAfter(committer_.Commit(Append(snapshot, fmt::format("{}", static_cast<int>(fault)))));
    EXPECT_EQ(next->version(), snapshot->version().Next());
    snapshot = next;
  }
  EXPECT_EQ(Load()->version(), Version(2));
  EXPECT_EQ(Load()->files().size(), 2U);
}

TEST_F(CommitterTest, ALostReplyOfTheFirstCommitIsSettledToo) {
  store_->FailStep(1, Fault::kLostAfter);
  EXPECT_EQ(Create()->version(), Version(0));
}

TEST_F(CommitterTest, AnOutcomeThatCannotBeReadBackIsUnknown) {
  const auto snapshot = Create();
  for (const Fault fault : {Fault::kCrashBefore, Fault::kCrashAfter}) {
    store_->FailStep(1, fault);
    EXPECT_EQ(committer_.Commit(Append(snapshot, "a")).error().kind, ErrorKind::kCommitUnknown);
    store_->Recover();
    EXPECT_EQ(Load()->version(), Version(fault == Fault::kCrashAfter ? 1 : 0));
  }
}

TEST_F(CommitterTest, BlindAppendsStepOverWhatOthersCommit) {
  const auto read = Create();
  const auto first = StateAfter(other_.Commit(Append(read, "theirs")));
  Transaction moves(first, Isolation::kOwner);
  moves.Remove(*first->FindFile("theirs"), /*data_change=*/false);
  moves.Add(File("moved", /*data_change=*/false));
  ASSERT_TRUE(StateAfter(other_.Commit(moves)));
  const auto mine = StateAfter(committer_.Commit(Append(read, "mine")));
  EXPECT_EQ(mine->version(), Version(3));
  EXPECT_EQ(mine->files().size(), 2U);
  EXPECT_GT(mine->timestamp_ms(), first->timestamp_ms() + 1);
}

TEST_F(CommitterTest, AnOwnerIsToldWhatOthersDid) {
  const auto read = StateAfter(committer_.Commit(Append(Create(), "a")));
  Transaction moves(read, Isolation::kOwner);
  moves.Remove(*read->FindFile("a"), false);
  moves.Add(File("b", false));
  const auto moved = StateAfter(other_.Commit(moves));
  const auto later = StateAfter(other_.Commit(Append(moved, "theirs")));

  const Conflict first = ConflictOf(committer_.Commit(Append(read, "mine", Isolation::kOwner)));
  EXPECT_FALSE(first.foreign_data_change) << first.reason;
  EXPECT_EQ(first.latest->version(), moved->version());
  const Conflict second =
      ConflictOf(committer_.Commit(Append(first.latest, "mine", Isolation::kOwner)));
  EXPECT_TRUE(second.foreign_data_change) << second.reason;
  EXPECT_EQ(second.latest->version(), later->version());
  EXPECT_TRUE(StateAfter(committer_.Commit(Append(second.latest, "mine", Isolation::kOwner))));
}

TEST_F(CommitterTest, MetadataProtocolDomainsAndProgressConflict) {
  const auto read = Create();
  const auto against = [&](auto change) {
    const auto latest = Load();
    Transaction theirs(latest, Isolation::kBlindAppend);
    change(theirs);
    EXPECT_TRUE(StateAfter(other_.Commit(theirs)));
    Transaction mine = Append(latest, fmt::format("mine{}", latest->version().value()));
    mine.SetDomain("foreset.progress", "mine");
    mine.SetProgress({.app_id = "foreset/x", .version = 1});
    const Conflict conflict = ConflictOf(committer_.Commit(mine));
    EXPECT_FALSE(conflict.foreign_data_change);
    return conflict.reason;
  };
  EXPECT_EQ(against([&](auto& t) { t.SetMetadata(read->metadata()); }),
            "the table's metadata changed");
  EXPECT_EQ(against([&](auto& t) { t.SetProtocol(read->protocol()); }),
            "the table's protocol changed");
  EXPECT_EQ(against([&](auto& t) { t.SetDomain("foreset.progress", "theirs"); }),
            "the domain foreset.progress changed");
  EXPECT_EQ(against([&](auto& t) {
              t.SetProgress({.app_id = "foreset/x", .version = 1});
              t.Add(File("twin"));
            }),
            "the application foreset/x committed elsewhere");
}

TEST_F(CommitterTest, RacingAppendersAllGetIn) {
  const auto read = Create();
  for (int i = 0; i < 20; ++i) {
    Committer& committer = i % 2 == 0 ? committer_ : other_;
    ASSERT_TRUE(StateAfter(committer.Commit(Append(read, fmt::format("f{}", i)))));
  }
  EXPECT_EQ(Load()->version(), Version(20));
  EXPECT_EQ(Load()->files().size(), 20U);
}

TEST_F(CommitterTest, AppendOnlyTablesKeepTheirRows) {
  const auto read = StateAfter(committer_.Commit(Append(Create({.append_only = true}), "a")));
  Transaction remove(read, Isolation::kOwner);
  remove.Remove(*read->FindFile("a"));
  EXPECT_EQ(committer_.Commit(remove).error().code, ErrorCode::kDeltaAppendOnly);
  Transaction compact(read, Isolation::kOwner);
  compact.Remove(*read->FindFile("a"), false);
  compact.Add(File("b", false));
  EXPECT_TRUE(StateAfter(committer_.Commit(compact)));
}

}  // namespace
}  // namespace foreset::delta
