// SPDX-License-Identifier: MIT
#include "foreset/delta/transaction.h"

#include <gtest/gtest.h>

#include "foreset/delta/write_testing.h"

namespace foreset::delta {
namespace {

class TransactionTest : public WriteFixture {
 protected:
  void SetUp() override {
    Transaction transaction(Create(), Isolation::kBlindAppend);
    transaction.Add(File("a"));
    transaction.Add(File("b"));
    table_ = StateAfter(committer_.Commit(transaction));
  }
  const AddFile& Live(const std::string& path) const { return *table_->FindFile(path); }

  static constexpr DeletionVectorDescriptor Vector() {
    return {.storage_type = 'u', .path_or_inline = "v", .offset = 1, .size_bytes = 2,
            .cardinality = 3};
  }

  std::shared_ptr<const Snapshot> table_;
};

TEST_F(TransactionTest, ANewDeletionVectorReplacesTheOldEntry) {
  Transaction transaction(table_, Isolation::kOwner);
  EXPECT_TRUE(transaction.empty());
  transaction.ReplaceDeletionVector(Live("a"), Vector());
  EXPECT_FALSE(transaction.empty());
  const auto actions = transaction.Actions().value();
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(std::get<RemoveFile>(actions[0]).deletion_vector, std::nullopt);
  const auto& add = std::get<AddFile>(actions[1]);
  EXPECT_EQ(add.deletion_vector, Vector());
  EXPECT_EQ(add.stats_json, R"({"tightBounds":false,"numRecords":10})");

  const auto next = StateAfter(committer_.Commit(transaction));
  Transaction again(next, Isolation::kOwner);
  auto second = Vector();
  second.offset = 99;
  again.ReplaceDeletionVector(*next->FindFile("a"), second);
  const auto replaced = again.Actions().value();
  EXPECT_EQ(std::get<RemoveFile>(replaced[0]).deletion_vector, Vector());
  EXPECT_EQ(std::get<AddFile>(replaced[1]).stats_json, add.stats_json);
}

TEST_F(TransactionTest, TightBoundsOfOthersAreLoosened) {
  AddFile file = File("c");
  file.stats_json = R"({"numRecords": 1, "tightBounds" : true})";
  Transaction add(table_, Isolation::kOwner);
  add.Add(file);
  const auto next = StateAfter(committer_.Commit(add));
  Transaction replace(next, Isolation::kOwner);
  replace.ReplaceDeletionVector(*next->FindFile("c"), Vector());
  EXPECT_EQ(std::get<AddFile>(replace.Actions().value()[1]).stats_json,
            R"({"numRecords": 1, "tightBounds" : false})");
}

TEST_F(TransactionTest, OneActionAReconciliationKey) {
  Transaction twice(table_, Isolation::kOwner);
  twice.SetProgress({.app_id = "x", .version = 1});
  twice.SetProgress({.app_id = "x", .version = 2});
  twice.SetDomain("d", "1");
  twice.SetDomain("d", "2");
  const auto actions = twice.Actions().value();
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(std::get<SetTransaction>(actions[0]).version, 2);
  EXPECT_EQ(std::get<DomainMetadata>(actions[1]).configuration, "2");
}

TEST_F(TransactionTest, IllegalCommitsAreRefused) {
  const auto refused = [&](Isolation isolation, auto build) {
    Transaction transaction(table_, isolation);
    build(transaction);
    return transaction.Actions().error().kind == ErrorKind::kInternal;
  };
  EXPECT_TRUE(refused(Isolation::kBlindAppend, [&](auto& t) { t.Remove(Live("a")); }));
  EXPECT_TRUE(refused(Isolation::kOwner, [&](auto& t) { t.Add(File("a")); }));
  EXPECT_TRUE(refused(Isolation::kOwner, [&](auto& t) { t.Remove(File("z")); }));
  EXPECT_TRUE(refused(Isolation::kOwner, [&](auto& t) {
    t.Remove(Live("a"));
    t.Remove(Live("a"));
  }));
  EXPECT_TRUE(refused(Isolation::kOwner, [&](auto& t) {
    t.Add(File("c"));
    t.Add(File("c"));
  }));
  EXPECT_TRUE(refused(Isolation::kOwner, [&](auto& t) {
    AddFile old = Live("a");
    old.deletion_vector = Vector();  // not the vector that it has
    t.Remove(old);
  }));
  EXPECT_TRUE(refused(Isolation::kOwner, [&](auto& t) {
    AddFile bare = File("c");
    bare.stats_json.reset();
    bare.deletion_vector = Vector();
    t.Add(bare);
  }));
}

}  // namespace
}  // namespace foreset::delta
