// SPDX-License-Identifier: MIT
#include "foreset/pipeline/health.h"

#include <gtest/gtest.h>

namespace foreset::pipeline {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

Timestamp At(std::int64_t seconds) { return Timestamp(seconds * kSecond); }

class HealthTest : public testing::Test {
 protected:
  HealthTest() {
    status_.captured.file = "mysql-bin.000001";
    status_.captured.offset = 100;
    status_.newest_commit = At(1000);
    standing_.Add(
        At(1001),
        SourceSighting{.now = status_.captured, .clock_ahead_seconds = {}, .purge_seconds = {}});
  }
  std::map<std::string, double> Lags(Timestamp now,
                                     const LayerSelection& layers = kAllLayers) const {
    return HealthOf("shop", std::make_shared<PipelineStatus>(status_), standing_, layers, now)
        .lag_seconds;
  }

  PipelineStatus status_;
  SourceStanding standing_;
  TableStatus& items_ = status_.tables[TableId{"shop", "Items"}];
};

using Lag = std::map<std::string, double>;

TEST_F(HealthTest, LayersThatHaveEverythingHaveNoLag) {
  NoteBronzeBatch(items_, 5, At(1000));
  NoteFollowerBatch(items_, items_.silver, 5, At(1000));
  NoteFollowerBatch(items_, items_.gold, 5, At(1000));
  EXPECT_EQ(Lags(At(1003)), (Lag{{"bronze", 0}, {"silver", 0}, {"gold", 0}}));
}

TEST_F(HealthTest, ALayerIsAsOldAsTheFirstBatchThatItLacks) {
  NoteBronzeBatch(items_, 5, At(990));
  NoteBronzeBatch(items_, 6, At(1000));
  NoteFollowerBatch(items_, items_.silver, 5, At(990));
  EXPECT_EQ(items_.silver.behind_since, At(990));
  EXPECT_EQ(Lags(At(1003)), (Lag{{"bronze", 0}, {"silver", 13}, {"gold", 13}}));
  NoteFollowerBatch(items_, items_.silver, 6, At(1000));
  EXPECT_EQ(Lags(At(1003)), (Lag{{"bronze", 0}, {"silver", 0}, {"gold", 13}}));
}

TEST_F(HealthTest, NoLayerIsYoungerThanBronze) {
  status_.captured.offset = 50;
  EXPECT_EQ(Lags(At(1007)), (Lag{{"bronze", 7}, {"silver", 7}, {"gold", 7}}));
}

TEST_F(HealthTest, AStoppedTableIsNoLag) {
  NoteBronzeBatch(items_, 5, At(10));
  items_.stopped = Error{ErrorKind::kInvalidInput, ErrorCode::kForeignChange, "changed", {}};
  EXPECT_EQ(Lags(At(1003)), (Lag{{"bronze", 0}, {"silver", 0}, {"gold", 0}}));
}

TEST_F(HealthTest, OnlyTheLayersOfTheRunAreTold) {
  EXPECT_EQ(Lags(At(1003), {.bronze = true, .silver = false, .gold = false}), (Lag{{"bronze", 0}}));
}

TEST_F(HealthTest, TheSinkIsMeasuredByWhatItHasPublished) {
  status_.sink.emplace();
  status_.sink->published = status_.captured;
  status_.sink->published.offset = 60;
  status_.sink->newest_commit = At(993);
  EXPECT_EQ(Lags(At(1003)).at("sink"), 10);
  status_.sink->published.offset = 100;
  EXPECT_EQ(Lags(At(1003)).at("sink"), 0);
}

}  // namespace
}  // namespace foreset::pipeline
