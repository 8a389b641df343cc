// SPDX-License-Identifier: MIT
// Faults of TopicStream that these tests catch: rows or rounds in another order than the source's;
// a statement that does not wait for all partitions, or rows that do not wait for it; an end that
// covers what was not handed on; waiting that the clock, a stop or `until` should have ended.
#include "foreset/base/errors/topics.h"
#include "foreset/capture/kafka/topic_stream_testing.h"

namespace foreset::kafka {
namespace {

using scripted::Change;
using scripted::Insert;
using scripted::Row;
using scripted::Statement;
using std::chrono::milliseconds;
using std::chrono::seconds;

// ---- order

TEST_F(TopicStreamTest, ARoundHasTheRowsOfAllPartitionsInTheSourcesOrder) {
  Create();
  Put(Insert(200, 1));
  Put(Change('d', 500, Row(2), "null"));
  Put(Change('u', 400, Row(3), Row(3)), 1);
  Put(Insert(300, 2), 2);
  Open();
  EXPECT_EQ(ReadAll(), (Told{"create t(id,v)", "t(id,v) c1 c2 u3 d2"}));
  EXPECT_EQ(CoveredIn("p.d.t", 0), 2);
  EXPECT_EQ(CoveredIn("p.d.t", 1), 1);
  EXPECT_EQ(CoveredIn("p.d.t", 2), 1);
  EXPECT_EQ(end_.offset, 500U) << "of the newest change, whichever partition brought it";
}

TEST_F(TopicStreamTest, RepeatsAreHandedOnWithThePlaceThatTheyHad) {
  Create();
  for (int i = 0; i < 2; ++i) {
    Put(Insert(200, 1));
    Put(Insert(210, 2));
  }
  Open();
  EXPECT_EQ(ReadAll(), (Told{"create t(id,v)", "t(id,v) c1 c1 c2 c2"}));
  EXPECT_EQ(end_.epoch, SourceEpoch(0));
}

TEST_F(TopicStreamTest, AStreamGoesOnWhereTheRoundBeforeEnded) {
  Create();
  Put(Insert(200, 1));
  Open();
  EXPECT_EQ(ReadAll().back(), "t(id,v) c1");
  Put(Insert(210, 2));
  Open();
  EXPECT_EQ(ReadAll(), Told{"t(id,v) c2"});
  Open();
  EXPECT_EQ(ReadAll(), Told{});
}

TEST_F(TopicStreamTest, AfterATransientErrorTheNextStreamMissesAndRepeatsNothing) {
  Create();
  Put(Insert(200, 1));
  Put(Insert(205, 5), 1);
  Open();
  ReadAll();
  for (const std::string topic : {"p.d.t", "p"}) {
    Put(Insert(210, 2));
    topics_.FailOnce(topic, {.kind = ErrorKind::kTransient,
                             .code = ErrorCode::kKafkaUnreachable,
                             .message = "the broker is gone",
                             .next_step = {}});
    if (topic == "p") AddColumn(300);
    const auto failed = TryNext();
    ASSERT_FALSE(failed) << topic;
    EXPECT_EQ(failed.error().kind, ErrorKind::kTransient);
    Open();
    const Told wanted = topic == "p" ? Told{"t(id,v) c2", "alter t(id,v,w)"} : Told{"t(id,v) c2"};
    EXPECT_EQ(ReadAll(), wanted) << topic;
  }
}

// ---- statements

TEST_F(TopicStreamTest, AStatementWaitsForThePartitionThatLags) {
  Create();
  Put(Insert(200, 1));
  Put(Insert(210, 2), 1);
  Open();
  ReadAll();
  AddColumn(300);
  Put(Wide(400, 3));
  Put(Insert(250, 4), 1);
  Put(Wide(410, 5), 1);
  topics_.Withhold("p.d.t", 1, 1);
  EXPECT_EQ(ReadAll(), Told{});
  EXPECT_EQ(CoveredIn("p"), 1) << "the statement waits";
  EXPECT_EQ(CoveredIn("p.d.t", 0), 1) << "and so does the row after it";
  topics_.Bring("p.d.t", 1);
  EXPECT_EQ(ReadAll(), (Told{"t(id,v) c4", "alter t(id,v,w)", "t(id,v,w) c3 c5"}));
  EXPECT_EQ(CoveredIn("p"), 2);
}

TEST_F(TopicStreamTest, AStatementWithoutARowAfterItIsTakenWhereItsPartitionsEnd) {
  OpenWithARow();
  AddColumn(300);
  EXPECT_EQ(ReadAll(), Told{"alter t(id,v,w)"});
}

TEST_F(TopicStreamTest, ALateRowBelowTheStatementIsReadByTheNamesOfItsColumns) {
  OpenWithARow();
  AddColumn(300);
  ReadAll();
  Put(Insert(250, 2));
  EXPECT_EQ(ReadAll(), Told{"t(id,v,w) c2"});
}

TEST_F(TopicStreamTest, ATruncateIsTheOnlyBatchOfItsRound) {
  OpenWithARow();
  Tell(Statement("ALTER", "TRUNCATE TABLE t", 300, kIdV));
  Put(Insert(250, 2));
  Put(Insert(400, 3));
  EXPECT_EQ(ReadAll(), (Told{"t(id,v) c2", "t(id,v) t", "t(id,v) c3"}));
}

TEST_F(TopicStreamTest, ATableWhoseRowsComeInATopicOfAnotherNameHasItsStatements) {
  options_.topics = {"routed"};
  options_.schema_topic = "p";
  Create();
  AddColumn(150);
  Put(Wide(200, 1), 0, "routed");
  Open();
  EXPECT_EQ(ReadAll(), (Told{"create t(id,v)", "alter t(id,v,w)", "t(id,v,w) c1"}));
}

TEST_F(TopicStreamTest, ARowAheadOfItsStatementWaitsFiveSeconds) {
  OpenWithARow();
  Put(Wide(400, 2));
  const auto began = clock_.Steady();
  EXPECT_EQ(ReadAll(), Told{}) << "it is held";
  AddColumn(300);
  EXPECT_EQ(ReadAll(), (Told{"alter t(id,v,w)", "t(id,v,w) c2"}));
  ASSERT_LT(clock_.Steady() - began, seconds(5));
  Put(Change('c', 500, "null", R"({"id":3,"u":"nobody told"})"));
  const auto held = clock_.Steady();
  ASSERT_TRUE(NextUntil([&] { return lake_.at({"d", "t"}).stopped; }));
  EXPECT_GE(clock_.Steady() - held, seconds(5));
  EXPECT_LT(clock_.Steady() - held, seconds(6));
}

// ---- stops

TEST_F(TopicStreamTest, ATableStopsAloneAndGoesOnWhenItIsMadeAnew) {
  Create();
  Create("good", 110);
  Put(Insert(200, 1));
  Put(Insert(210, 1, "good"), 0, "p.d.good");
  Open();
  ReadAll();
  Tell(Statement("ALTER", "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (v, id)", 300, kIdV,
                 R"("v","id")"));
  Put(Insert(400, 2));
  Put(Insert(410, 2, "good"), 0, "p.d.good");
  EXPECT_EQ(ReadAll(), (Told{"good(id,v) c2", "stop t E5105"}));
  EXPECT_EQ(filtered_["stopped table"], 1U);
  EXPECT_EQ(CoveredIn("p.d.t"), 2) << "what is passed over is covered";
  Tell(Statement("DROP", "DROP TABLE t", 500, kIdV));
  Tell(Statement("CREATE", "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))", 510, kIdV));
  Put(Insert(600, 3));
  EXPECT_EQ(ReadAll(), (Told{"drop t", "create t(id,v)", "t(id,v) c3"}));
}

TEST_F(TopicStreamTest, ATableThatHadStoppedStaysSoInTheNextStream) {
  OpenWithARow();
  Tell(Statement("ALTER", "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (v, id)", 300, kIdV,
                 R"("v","id")"));
  EXPECT_EQ(ReadAll(), Told{"stop t E5105"});
  Put(Insert(400, 2));
  Open();
  EXPECT_EQ(ReadAll(), Told{});
  EXPECT_EQ(filtered_["stopped table"], 1U);
}

// ---- time

TEST_F(TopicStreamTest, AnIdleSourceGivesAnEmptyRoundAfterTheIdleTime) {
  Open();
  const auto began = clock_.Steady();
  EXPECT_EQ(Next(), Told{});
  EXPECT_GE(clock_.Steady() - began, kIdle);
  EXPECT_LE(clock_.Steady() - began, kIdle + milliseconds(40));
}

TEST_F(TopicStreamTest, ARoundEndsAnIntervalAfterItsFirstRecord) {
  limits_.idle = seconds(60);
  Create();
  Put(Insert(200, 1));
  Open();
  Next();
  Next();
  Put(Insert(210, 2));
  const auto began = clock_.Steady();
  EXPECT_EQ(Next(), Told{"t(id,v) c2"});
  EXPECT_GE(clock_.Steady() - began, kInterval);
  EXPECT_LE(clock_.Steady() - began, kInterval + milliseconds(40));
}

TEST_F(TopicStreamTest, AStatementThatWaitsDoesNotWaitForTheClock) {
  limits_.interval = limits_.idle = seconds(60);
  Create();
  Put(Insert(200, 1));
  Open();
  EXPECT_EQ(Next(), Told{});
  const auto began = clock_.Steady();
  EXPECT_EQ(Next(), (Told{"create t(id,v)", "t(id,v) c1"}));
  EXPECT_LE(clock_.Steady() - began, milliseconds(40));
}

TEST_F(TopicStreamTest, ARoundEndsWhereNobodyWaitsForMore) {
  limits_.idle = limits_.interval = seconds(60);
  Create();
  Put(Insert(200, 1));
  Put(Insert(210, 2), 1);
  SourcePosition until;
  until.from_topics = true;
  PartitionIn(until.partitions, "p.d.t", 0).next_offset = LogOffset(1);
  PartitionIn(until.partitions, "p.d.t", 1).next_offset = LogOffset(1);
  limits_.until = until;
  Open();
  const auto began = clock_.Steady();
  Next();
  EXPECT_EQ(Next(), (Told{"create t(id,v)", "t(id,v) c1 c2"}));
  EXPECT_LE(clock_.Steady() - began, milliseconds(80));
}

TEST_F(TopicStreamTest, ARequestedStopEndsTheWaitingAndLosesNothing) {
  OpenWithARow();
  limits_.interval = limits_.idle = seconds(60);
  Put(Insert(210, 2));
  stop_.request_stop();
  const auto began = clock_.Steady();
  const auto stopped = TryNext();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(clock_.Steady(), began);
  stop_ = {};
  EXPECT_EQ(Next(), Told{"t(id,v) c2"});
}

TEST_F(TopicStreamTest, ATopicThatComesLaterIsFoundWithinThreeSeconds) {
  Open();
  ReadAll();
  Create();
  Put(Insert(200, 1));
  const int looks = topics_.looks();
  const auto began = clock_.Steady();
  ASSERT_TRUE(NextUntil([&] { return CoveredIn("p.d.t") == 1; }));
  EXPECT_GE(clock_.Steady() - began, seconds(2));
  EXPECT_LE(clock_.Steady() - began, seconds(4));
  EXPECT_EQ(topics_.looks(), looks + 1);
}

TEST_F(TopicStreamTest, WhatIsDurableIsPublished) {
  OpenWithARow();
  stream_->MadeDurable(end_);
  EXPECT_EQ(topics_.published(), end_.partitions);
}

TEST_F(TopicStreamTest, TopicsThatNobodyAsksForAnyMoreKeepWhatWasReadOfThem) {
  Create();
  Create("good", 110);
  Put(Insert(200, 1));
  Put(Insert(210, 1, "good"), 0, "p.d.good");
  Open();
  ReadAll();
  options_.topics = {"p.d.good"};
  Open();
  ReadAll();
  EXPECT_EQ(CoveredIn("p.d.t"), 1);
}

}  // namespace
}  // namespace foreset::kafka
