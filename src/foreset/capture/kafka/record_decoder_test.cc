// SPDX-License-Identifier: MIT
// Faults of the decoding of records that these tests catch: a record that is lost, or counted as
// another thing than it is; a bad one that stops more than itself, or a doubtful one that stops
// less than it concerns; a schema that a message tells and the table does not follow.
#include "foreset/base/errors/topics.h"
#include "foreset/capture/kafka/topic_stream_testing.h"

namespace foreset::kafka {
namespace {

using RecordDecoderTest = TopicStreamTest;
using scripted::Change;
using scripted::Insert;
using scripted::KeyOf;
using scripted::Row;
using scripted::Unwrapped;
using scripted::WithSchema;

constexpr const char* kTopic = "p.d.t";

// ---- quarantine

TEST_F(RecordDecoderTest, WhatCannotBeReadGoesToQuarantineWithItsBytes) {
  Create();
  Put(Insert(200, 1));
  Put("not JSON");
  Put(R"({"op":"x","source":{}})");
  Put(Insert(210, 2));
  Open();
  EXPECT_EQ(ReadAll(),
            (Told{"create t(id,v)", "bad t E2321 not JSON at p.d.t[0]:1",
                  R"(bad t E2322 {"op":"x","source":{}} at p.d.t[0]:2)", "t(id,v) c1 c2"}));
  EXPECT_EQ(CoveredIn(kTopic), 4);
}

TEST_F(RecordDecoderTest, AValueOfAnOlderSchemaThatDoesNotFitGoesToQuarantineAlone) {
  OpenWithARow();
  AddColumn(300);
  ReadAll();
  const std::string bad = Change('c', 250, "null", R"({"id":"seven","v":"x"})");
  Put(bad);
  Put(Insert(260, 2));
  EXPECT_EQ(ReadAll(), (Told{fmt::format("bad t E2323 {} at p.d.t[0]:1", bad), "t(id,v,w) c2"}));
}

// ---- what is no row

TEST_F(RecordDecoderTest, WhatIsNoRowIsCountedByItsKind) {
  Create();
  Put(Insert(200, 1));
  Put(R"({"ts_ms":1700000000500})");
  Put(R"({"status":"BEGIN","id":"x:1","ts_ms":1,"event_count":null,"data_collections":null})");
  Open();
  EXPECT_EQ(ReadAll(), (Told{"create t(id,v)", "t(id,v) c1"}));
  EXPECT_EQ(filtered_,
            (std::map<std::string, std::uint64_t>{{"heartbeat", 1}, {"transaction", 1}}));
  EXPECT_EQ(CoveredIn(kTopic), 3);
}

TEST_F(RecordDecoderTest, ATombstoneThatRepeatsItsDeleteIsCountedOnly) {
  Create();
  Put(Insert(200, 1));
  Put(Change('d', 210, Row(1), "null"));
  topics_.Put(kTopic, 0, KeyOf(1), {});
  Open();
  EXPECT_EQ(ReadAll(), (Told{"create t(id,v)", "t(id,v) c1 d1"}));
  EXPECT_EQ(filtered_, (std::map<std::string, std::uint64_t>{{"tombstone", 1}}));
}

TEST_F(RecordDecoderTest, ATombstoneAmongEnvelopesIsNoDelete) {
  Create();
  Put(Insert(200, 1));
  topics_.Put(kTopic, 0, KeyOf(1), {});
  Put(Insert(210, 2));
  Open();
  EXPECT_EQ(ReadAll(), (Told{"create t(id,v)", "t(id,v) c1 c2"}));
}

TEST_F(RecordDecoderTest, AnUnwrappedDeleteWithoutAPlaceStopsItsTable) {
  Create();
  Put(Unwrapped('c', 200, 1));
  topics_.Put(kTopic, 0, KeyOf(1), {});
  Put(Unwrapped('c', 210, 2));
  Open();
  EXPECT_EQ(ReadAll(), (Told{"create t(id,v)", "t(id,v) c1", "stop t E2341"}));
  EXPECT_EQ(filtered_, (std::map<std::string, std::uint64_t>{{"stopped table", 2}}));
}

TEST_F(RecordDecoderTest, ADeleteThatWasPassedOverBeforeTheTopicWasKnownAsUnwrappedStopsItToo) {
  Create();
  topics_.Create(kTopic);
  Open();
  ReadAll();
  topics_.Put(kTopic, 0, KeyOf(1), {});
  Put(Unwrapped('c', 200, 1));
  EXPECT_EQ(ReadAll(), Told{"stop t E2341"});
  EXPECT_EQ(filtered_,
            (std::map<std::string, std::uint64_t>{{"stopped table", 1}, {"tombstone", 1}}));
}

TEST_F(RecordDecoderTest, ADeleteJustBeforeTheStreamBeginsPlacesItsTombstone) {
  Create();
  Put(Unwrapped('c', 200, 1));
  Put(Unwrapped('d', 210, 1));
  Open();
  ReadAll();
  topics_.Put(kTopic, 0, KeyOf(1), {});
  Open();
  EXPECT_EQ(ReadAll(), Told{});
  EXPECT_EQ(filtered_, (std::map<std::string, std::uint64_t>{{"tombstone", 1}}));
}

// ---- stops

TEST_F(RecordDecoderTest, ATopicOfAnotherKindStopsWhatItFeedsAndNothingElse) {
  using std::string_view_literals::operator""sv;
  Create();
  Create("good", 110);
  Put(Insert(200, 1));
  Put(Insert(210, 1, "good"), 0, "p.d.good");
  Put(std::string("\0\0\0\0\3\2\2a"sv), 0);
  Put(std::string("\0\0\0\0\3\2\2a"sv), 0, "p.d.other");
  Put(Insert(220, 2));
  Put(Insert(230, 2, "good"), 0, "p.d.good");
  Open();
  const Told told = ReadAll();
  EXPECT_EQ(told, (Told{"create good(id,v)", "stop other E2342", "create t(id,v)",
                        "good(id,v) c1 c2", "t(id,v) c1", "stop t E2342"}));
}

TEST_F(RecordDecoderTest, ARowThatDoesNotTellItsPlaceStopsItsTable) {
  Create();
  Put(Unwrapped('c', 200, 1));
  Put(R"({"id":2,"v":"x","__op":"c","__deleted":"false"})");
  Put(Unwrapped('c', 210, 3));
  Open();
  EXPECT_EQ(ReadAll(), (Told{"create t(id,v)", "t(id,v) c1", "stop t E2324"}));
}

TEST_F(RecordDecoderTest, ATableThatNothingTellsStops) {
  topics_.Delete("p");
  Put(Insert(200, 1));
  Open();
  EXPECT_EQ(ReadAll(), Told{"stop t E2305"});
}

// ---- what messages tell

TEST_F(RecordDecoderTest, MessagesThatCarryTheirSchemaBeginTheTableAndChangeIt) {
  topics_.Delete("p");
  Put(WithSchema(200, {{"id", "int32"}, {"v", "string"}}, Row(1)));
  Open();
  EXPECT_EQ(ReadAll(), (Told{"create t(id,v)", "t(id,v) c1"}));
  Put(WithSchema(300, {{"id", "int32"}, {"v", "string"}, {"w", "string"}},
                 R"({"id":2,"v":"x","w":"y"})"));
  Put(WithSchema(250, {{"id", "int32"}, {"v", "string"}}, Row(3)), 0);
  EXPECT_EQ(ReadAll(), (Told{"alter t(id,v,w)", "t(id,v,w) c3 c2"}));
}

TEST_F(RecordDecoderTest, AColumnThatTheFirstRowLacksIsLeftOutByTheConnector) {
  Create();
  Put(Change('c', 200, "null", R"({"id":1})"));
  Open();
  ASSERT_TRUE(NextUntil(
      [&] { return !lake_.empty() && lake_.begin()->second.schema->columns.size() == 1; }));
  EXPECT_EQ(ReadAll(), Told{});
  Put(Change('c', 300, "null", R"({"id":2})"));
  EXPECT_EQ(ReadAll(), Told{"t(id) c2"});
}

// ---- reserved names

// By who tells the table.
class ReservedNameTest : public TopicStreamTest,
                         public ::testing::WithParamInterface<std::string_view> {};

TEST_P(ReservedNameTest, ItsTableStopsBeforeItBegins) {
  const std::string row = R"({"id":1,"_SEQ":"x"})";
  const debezium::DeclaredTable declared{
      .id = {"d", "t"}, .columns = {{"id", "int"}, {"_SEQ", "varchar(20)"}}, .key = {"id"}};
  if (GetParam() == "Statement") {
    Tell(scripted::Statement("CREATE", "CREATE TABLE t (id INT PRIMARY KEY, _SEQ VARCHAR(20))", 100,
                             {{"id", "INT"}, {"_SEQ", "VARCHAR"}}));
  } else if (GetParam() == "Declaration") {
    options_.declared = {declared};
  } else if (GetParam() == "Server") {
    options_.server = [&]() -> Result<ServerTables> {
      return ServerTables{.position = {}, .tables = {*debezium::SchemaOf(declared, false)}};
    };
  }
  for (const std::uint64_t place : {200, 210}) {
    Put(GetParam() == "Messages" ? WithSchema(place, {{"id", "int32"}, {"_SEQ", "string"}}, row)
                                 : Change('c', place, "null", row));
  }
  Open();
  EXPECT_EQ(ReadAll(), Told{"stop t E5106"});
  if (GetParam() != "Statement") {
    EXPECT_NE(stops_.at({"d", "t"}).next_step.find("new snapshot"), std::string::npos);
  }
  EXPECT_EQ(filtered_["stopped table"], 2U);
  EXPECT_EQ(CoveredIn(kTopic), 2);
}

INSTANTIATE_TEST_SUITE_P(, ReservedNameTest,
                         ::testing::Values("Statement", "Messages", "Declaration", "Server"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace foreset::kafka
