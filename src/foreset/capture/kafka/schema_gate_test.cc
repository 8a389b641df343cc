// SPDX-License-Identifier: MIT
// Faults of SchemaGate that these tests catch: a row that is read by another rule than that of its
// place; one that waits for ever, or not at all; a bad record that stops its table, and a doubtful
// one that does not.
#include "foreset/capture/kafka/schema_gate.h"

#include <gtest/gtest.h>

#include "foreset/base/errors/topics.h"

namespace foreset::kafka {
namespace {

using debezium::Conform;
using std::chrono::milliseconds;

constexpr milliseconds kWait{5000};

Sequence At(std::uint64_t position) { return {0, 1, position, 0, Operation::kInsert}; }
SchemaGate::Time After(milliseconds time) { return SchemaGate::Time(time); }
Error Failure(ErrorCode code, ErrorKind kind = ErrorKind::kInvalidInput) {
  return {.kind = kind, .code = code, .message = "table t: …", .next_step = {}};
}

TEST(SchemaGate, RowsBelowTheNewestStatementAreReadByName) {
  SchemaGate gate;
  EXPECT_EQ(gate.RuleFor(At(1)), Conform::kExact);
  gate.Follow(At(100));
  EXPECT_EQ(gate.RuleFor(At(99)), Conform::kByName);
  EXPECT_EQ(gate.RuleFor(At(100)), Conform::kExact);
}

TEST(SchemaGate, ARowAheadOfItsStatementWaitsSoLong) {
  for (const ErrorCode code : {ErrorCode::kSchemaMismatch, ErrorCode::kMessageValue}) {
    SchemaGate gate;
    gate.Follow(At(100));
    EXPECT_EQ(gate.Judge(At(200), Failure(code), After(milliseconds(10)), kWait), Unfit::kHold);
    EXPECT_EQ(gate.Judge(At(200), Failure(code), After(milliseconds(5009)), kWait), Unfit::kHold);
    EXPECT_EQ(gate.Judge(At(200), Failure(code), After(milliseconds(5010)), kWait), Unfit::kStop);
  }
}

TEST(SchemaGate, AStatementThatComesBeginsTheWaitAnew) {
  SchemaGate gate;
  const Error error = Failure(ErrorCode::kSchemaMismatch);
  EXPECT_EQ(gate.Judge(At(200), error, After(milliseconds(0)), kWait), Unfit::kHold);
  gate.Follow(At(150));
  EXPECT_EQ(gate.Judge(At(200), error, After(milliseconds(6000)), kWait), Unfit::kHold);
  EXPECT_EQ(gate.Judge(At(200), error, After(milliseconds(11000)), kWait), Unfit::kStop);
}

TEST(SchemaGate, WithoutAnybodyWhoTellsStatementsNothingWaits) {
  SchemaGate gate;
  EXPECT_EQ(gate.Judge(At(200), Failure(ErrorCode::kMessageValue), After(milliseconds(0)),
                       milliseconds(0)),
            Unfit::kStop);
}

TEST(SchemaGate, BadRecordsAreForQuarantineAndWhatCannotBeStops) {
  SchemaGate gate;
  gate.Follow(At(100));
  const auto judge = [&](Sequence row, const Error& error) {
    return gate.Judge(row, error, After(milliseconds(0)), kWait);
  };
  EXPECT_EQ(judge(At(200), Failure(ErrorCode::kMessageUndecodable)), Unfit::kQuarantine);
  EXPECT_EQ(judge(At(200), Failure(ErrorCode::kRowImageIncomplete)), Unfit::kQuarantine);
  EXPECT_EQ(judge(At(50), Failure(ErrorCode::kMessageValue)), Unfit::kQuarantine);
  EXPECT_EQ(judge(At(50), Failure(ErrorCode::kBeforeImageMissing, ErrorKind::kUnsupported)),
            Unfit::kStop);
}

TEST(SchemaGate, TheStopKeepsTheCodeOfAValueAndNamesTheColumns) {
  EXPECT_EQ(UnfitStop(Failure(ErrorCode::kMessageValue)).code, ErrorCode::kMessageValue);
  EXPECT_EQ(UnfitStop(Failure(ErrorCode::kSchemaMismatch)).code, topics_error::kRowUnfit);
}

}  // namespace
}  // namespace foreset::kafka
