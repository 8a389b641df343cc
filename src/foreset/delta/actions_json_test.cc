// SPDX-License-Identifier: MIT
#include "foreset/delta/actions_json.h"

#include <gtest/gtest.h>

namespace foreset::delta {
namespace {

Action Only(std::string_view line) {
  auto actions = ParseCommit(line);
  EXPECT_TRUE(actions) << actions.error().message;
  if (!actions || actions->size() != 1) return UnknownAction{"not one action"};
  return actions->front();
}

std::string FaultOf(std::string_view text) {
  const auto actions = ParseCommit(text);
  EXPECT_FALSE(actions);
  if (actions) return {};
  EXPECT_EQ(actions.error().kind, ErrorKind::kCorruption);
  return actions.error().message;
}

TEST(ActionsJson, EveryActionReadsBackAsItWasWritten) {
  DeletionVectorDescriptor vector{'u', "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 6};
  const std::vector<Action> actions = {
      CommitInfo{1700000000123, 1700000000124, "WRITE", {{"mode", "Append"}},
                 {{"numFiles", "1"}}, "engine/1", "0e1b"},
      Protocol{3, 7, std::vector<std::string>{"deletionVectors"},
               std::vector<std::string>{"deletionVectors", "domainMetadata"}},
      Metadata{"id-1", "name", "text", "parquet", {{"a", "b"}}, R"({"type":"struct"})", {"p"},
               1700000000000, {{"delta.appendOnly", "true"}}},
      AddFile{"p=a%2520b/x.parquet", {{"p", "a b"}, {"q", std::nullopt}}, 12, 34, false,
              R"({"numRecords":3})", Tags{{"t", "1"}, {"u", std::nullopt}}, vector, 7, 8, "liquid"},
      RemoveFile{"x", 5, false, true, PartitionValues{{"p", std::nullopt}}, 6, vector},
      CdcFile{"_change_data/c.parquet", {{"p", "1"}}, 9},
      SetTransaction{"app", 10, 11},
      DomainMetadata{"d", "{\"x\":\"\\u00e9\"}", true},
      UnknownAction{R"({"newThing":{"a":1}})"},
  };
  std::string text;
  for (const Action& action : actions) text += ToJsonLine(action) + "\n";
  const auto back = ParseCommit(text);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, actions);
}

TEST(ActionsJson, UnknownMembersAreIgnored) {
  EXPECT_EQ(Only(R"({"txn":{"appId":"a","version":3,"new":{"x":[1]}},"also":1})"),
            Action(SetTransaction{"a", 3, std::nullopt}));
}

TEST(ActionsJson, AbsentMembersTakeTheirMeaning) {
  const Action action = Only(R"({"add":{"path":"a","partitionValues":{},"size":1,"stats":null}})");
  AddFile expected;
  expected.path = "a";
  expected.size_bytes = 1;
  EXPECT_EQ(action, Action(expected));
}

TEST(ActionsJson, AnActionThatIsNullIsNone) {
  EXPECT_EQ(Only(R"({"remove":null,"add":{"path":"a"}})").index(), Action(AddFile()).index());
}

TEST(ActionsJson, UnknownActionIsKeptVerbatim) {
  const std::string line = R"({"sidecar": {"path":"x"} })";
  EXPECT_EQ(Only(line), Action(UnknownAction{line}));
}

TEST(ActionsJson, ProvenanceThatIsNotTextIsKeptAsItsJson) {
  const Action action = Only(R"({"commitInfo":{"operation":"X","operationParameters":{"n":1,)"
                             R"("l":["a"],"none":null}}})");
  const auto* info = std::get_if<CommitInfo>(&action);
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(info->operation_parameters,
            (std::map<std::string, std::string>{{"n", "1"}, {"l", "[\"a\"]"}}));
}

TEST(ActionsJson, BlankLinesAndCarriageReturnsAreSkipped) {
  const auto actions = ParseCommit("\n{\"add\":{\"path\":\"a\"}}\r\n\r\n \n{\"x\":1}");
  ASSERT_TRUE(actions);
  EXPECT_EQ(actions->size(), 2U);
}

TEST(ActionsJson, NoActionsInAnEmptyCommit) {
  const auto actions = ParseCommit("");
  ASSERT_TRUE(actions);
  EXPECT_TRUE(actions->empty());
}

TEST(ActionsJson, FaultsNameLineAndMember) {
  EXPECT_EQ(FaultOf("{\"add\":{\"path\":\"a\"}}\n{\"add\":{\"size\":1}}"),
            "line 2: add: 'path' is missing");
  EXPECT_EQ(FaultOf(R"({"add":{"path":"a","size":"1"}})"),
            "line 1: add: 'size' is not a whole number");
  EXPECT_EQ(FaultOf(R"({"add":"a"})"), "line 1: action: 'add' is not an object");
  EXPECT_TRUE(FaultOf("{\"add\":{\"path\":\"a\"").starts_with("line 1: not a JSON object"));
  EXPECT_TRUE(FaultOf("[1]").starts_with("line 1: not a JSON object"));
}

TEST(ActionsJson, HostileVectorsAreRefused) {
  EXPECT_EQ(FaultOf(R"({"add":{"path":"a","deletionVector":{"storageType":"z",)"
                    R"("pathOrInlineDv":"","sizeInBytes":1,"cardinality":1}}})"),
            "line 1: add: deletionVector: unknown storageType");
  EXPECT_EQ(FaultOf(R"({"add":{"path":"a","deletionVector":{"storageType":"u",)"
                    R"("pathOrInlineDv":"","sizeInBytes":99999999999,"cardinality":1}}})"),
            "line 1: add: deletionVector: 99999999999 is out of range");
}

TEST(DeletionVectorDescriptor, UniqueIdHasTheOffsetWhereThereIsOne) {
  DeletionVectorDescriptor vector{'i', "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L", {}, 40,
                                  6};
  EXPECT_EQ(vector.UniqueId(), "iwi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L");
  vector = {'u', "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 6};
  EXPECT_EQ(vector.UniqueId(), "uab^-aqEH.-t@S}K{vb[*k^@4");
}

}  // namespace
}  // namespace foreset::delta
