// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/source.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/cli/lake_overview.h"
#include "foreset/cli/operation/status_report.h"
#include "foreset/model/source_position.h"
#include "foreset/pipeline/lake_standing.h"
#include "foreset/pipeline/publish_cursor.h"

namespace foreset::cli {

// What is said of the lake as a whole.
struct LakeStatus {
  std::string pipeline;  // "running", "not running", "unknown"
  std::optional<SourcePosition> source;
  std::string source_error;
  std::string source_unproved;            // why it is not known whether it holds what was captured
  std::optional<SourcePosition> covered;  // by all of bronze
  Timestamp covered_at;                   // when that was committed
  std::optional<bool> current;            // covered reaches the source's position
  std::int64_t most_batches_behind = 0;   // of any silver or gold table
  std::vector<LakeTableView> tables;
  pipeline::LakeStanding standing;
  // Of sink.kafka, where there is one and it was asked.
  std::optional<pipeline::PublishCursor> published;
  std::string sink_error;
};

// What the tables say, and whether a process runs the lake. Nobody else is asked.
Result<LakeStatus> ReadLakeStatus(const Configuration& configuration, const Context& context);

// Where the source stands, as it was told.
void NoteSource(LakeStatus& status, const Result<SourcePosition>& now);
// Whether it holds what was captured, as it was told.
void NoteProof(LakeStatus& status, const Result<SourceProof>& proof);
// Asks the source for both, which may take as long as its time-outs.
void AskSource(const Configuration& configuration, const Context& context, LakeStatus& status);

// How far publishing has come, by the topics; waits some seconds.
Result<pipeline::PublishCursor> AskSink(const Configuration& configuration);
void NoteSink(LakeStatus& status, const Result<pipeline::PublishCursor>& published);

StatusReport ReportOf(const LakeStatus& status, Timestamp now);

}  // namespace foreset::cli
