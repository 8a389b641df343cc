// SPDX-License-Identifier: MIT
#include "foreset/delta/table_history.h"

#include <charconv>

#include <gtest/gtest.h>

#include "foreset/delta/actions_json.h"
#include "foreset/delta/log_files.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::delta {
namespace {

class TableHistoryTest : public testing::Test {
 protected:
  void Commit(const std::vector<Action>& actions) {
    std::string text;
    for (const Action& action : actions) text += ToJsonLine(action) + "\n";
    ASSERT_TRUE(store_.Put(CommitPath(next_), AsBytes(text)));
    next_ = next_.Next();
    clock_.Advance(std::chrono::seconds(1));
  }
  // The newest version whose domain "p" is a number not above `limit`; -1: none.
  std::int64_t CoveredBy(int limit) {
    const auto found = FindVersionByDomain(store_, "p", [&](std::string_view text) {
      int value = 0;
      (void)std::from_chars(text.data(), text.data() + text.size(), value);
      return value <= limit;
    });
    EXPECT_TRUE(found) << found.error().message;
    return found && *found ? (*found)->value() : -1;
  }

  ManualClock clock_{Timestamp(0)};
  MemoryStore store_{clock_};
  Version next_{0};
};

TEST_F(TableHistoryTest, NewestCommitsComeFirst) {
  Commit({CommitInfo{{}, 5, "CREATE", {{"a", "b"}}, {}, "e", "t"}});
  Commit({CommitInfo{77, 5, "WRITE", {}, {{"rows", "3"}}, "e", "t"}, AddFile{"a"}, AddFile{"b"},
          RemoveFile{"c"}});
  const auto history = ReadHistory(store_, 10);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 2U);
  EXPECT_EQ((*history)[0].version, Version(1));
  EXPECT_EQ((*history)[0].info.operation, "WRITE");
  EXPECT_EQ((*history)[0].info.operation_metrics.at("rows"), "3");
  EXPECT_EQ((*history)[0].files_added, 2);
  EXPECT_EQ((*history)[0].files_removed, 1);
  EXPECT_EQ((*history)[0].timestamp_ms, 77);
  EXPECT_EQ((*history)[1].timestamp_ms, 0);
  EXPECT_EQ(ReadHistory(store_, 1)->size(), 1U);
}

TEST_F(TableHistoryTest, NoTableHasNoHistory) {
  EXPECT_EQ(ReadHistory(store_, 1).error().code, ErrorCode::kDeltaTableNotFound);
}

TEST_F(TableHistoryTest, VersionsAreFoundByTheirOwnTimes) {
  for (const std::int64_t ms : {10, 20, 30}) Commit({CommitInfo{ms, ms, "X", {}, {}, "", ""}});
  Metadata metadata;
  metadata.configuration["delta.enableInCommitTimestamps"] = "true";
  const auto at = [&](std::int64_t ms) {
    const auto found = FindVersionAt(store_, metadata, Timestamp(ms * 1000));
    return found ? found->value() : -1;
  };
  EXPECT_EQ(at(9), -1);
  EXPECT_EQ(at(10), 0);
  EXPECT_EQ(at(29), 1);
  EXPECT_EQ(at(1000), 2);
}

TEST_F(TableHistoryTest, BeforeTheirEnablementFileTimesCount) {
  Commit({});                                          // file time 0 s
  Commit({});                                          // 1 s
  Commit({CommitInfo{5000, {}, "X", {}, {}, "", ""}});
  Metadata metadata;
  metadata.configuration = {{"delta.enableInCommitTimestamps", "true"},
                            {"delta.inCommitTimestampEnablementVersion", "2"}};
  EXPECT_EQ(*FindVersionAt(store_, metadata, Timestamp(4'999'000)), Version(1));
  EXPECT_EQ(*FindVersionAt(store_, metadata, Timestamp(5'000'000)), Version(2));
  EXPECT_EQ(*FindVersionAt(store_, metadata, Timestamp(0)), Version(0));
}

TEST_F(TableHistoryTest, TheNewestVersionThatADomainCoversIsFound) {
  Commit({});
  Commit({DomainMetadata{"q", "0", false}});
  Commit({DomainMetadata{"p", "10", false}});
  Commit({DomainMetadata{"p", "20", false}});
  Commit({});
  Commit({});
  Commit({DomainMetadata{"p", "30", false}});
  Commit({});
  EXPECT_EQ(CoveredBy(5), -1);
  EXPECT_EQ(CoveredBy(10), 2);
  EXPECT_EQ(CoveredBy(19), 2);
  EXPECT_EQ(CoveredBy(20), 5);
  EXPECT_EQ(CoveredBy(29), 5);
  EXPECT_EQ(CoveredBy(30), 7);
}

TEST_F(TableHistoryTest, EveryPlaceOfADomainIsFound) {
  std::vector<int> value_at;
  for (int version = 0; version < 40; ++version) {
    const bool writes = version % 3 == 1 || version > 30;
    value_at.push_back(writes ? version : value_at.empty() ? -1 : value_at.back());
    Commit(writes ? std::vector<Action>{DomainMetadata{"p", std::to_string(version), false}}
                  : std::vector<Action>{});
  }
  for (int limit = 0; limit < 42; ++limit) {
    std::int64_t expected = -1;
    for (int version = 0; version < 40; ++version) {
      if (value_at[static_cast<std::size_t>(version)] >= 0 &&
          value_at[static_cast<std::size_t>(version)] <= limit) {
        expected = version;
      }
    }
    EXPECT_EQ(CoveredBy(limit), expected) << limit;
  }
}

TEST_F(TableHistoryTest, WithoutTheDomainNothingIsFound) {
  Commit({});
  Commit({});
  EXPECT_EQ(CoveredBy(100), -1);
}

}  // namespace
}  // namespace foreset::delta
