// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/retry.h"
#include "foreset/capture/source.h"
#include "foreset/pipeline/kafka_sink.h"
#include "foreset/pipeline/lake_loop.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/round_writer.h"
#include "foreset/pipeline/status.h"
#include "foreset/pipeline/work_pace.h"

namespace foreset::pipeline {

// Source → bronze: takes rounds of whole transactions, makes them durable, and only then tells the
// layers above. The one place that retries capture: after a transient error it reads on from the
// last durable epoch. Not thread-safe; runs on the caller's thread.
class CaptureLoop {
 public:
  // Why following ended.
  enum class End {
    kDone,        // it was to stop, or everything before `until` is durable
    kCopyWanted,  // tables of RoundWriter::to_copy() are to be copied; then it goes on
  };

  // `sink` may be null.
  CaptureLoop(Source& source, const lake::Lake& lake, RoundWriter& bronze, LakeLoop& workers,
              KafkaSink* sink, const PipelineOptions& options, StatusBoard& board);

  // Follows from `from` until `stop`, or until everything before `until` is durable. What had been
  // read but was not durable is read again by the next run.
  Result<End> Run(SourcePosition from, const std::optional<SourcePosition>& until,
                  const std::stop_token& stop);
  // Everything before it is in bronze and in an epoch.
  const SourcePosition& durable() const { return durable_; }
  // A copy that was wanted has been made.
  void Copied(WorkPace::Time began, WorkPace::Time ended) { copying_.Worked(began, ended); }

 private:
  // What came with the rounds since the last durable one.
  struct Pending {
    std::vector<SchemaChange> schema_changes;
    std::map<TableId, std::vector<std::shared_ptr<const ChangeBatch>>> rows;
    std::size_t bytes = 0;
    std::size_t changes = 0;
    std::map<TableId, std::size_t> table_changes;
    std::size_t quarantined = 0;
    bool too_large = false;  // rows are no longer held: the layers above read bronze
    bool stops = false;      // of a table: its rows are no longer taken
  };

  Result<End> Attempt(const std::optional<SourcePosition>& until, const std::stop_token& stop);
  Result<End> Follow(const std::optional<SourcePosition>& until, const std::stop_token& stop);
  Status Absorb(const CaptureRound& round);
  Status Hold(const CaptureItem& item, const SourcePosition& end);
  void TellStops();
  bool IsIdle(const CaptureRound& round) const;
  bool WantsCopy(const std::optional<SourcePosition>& until) const;
  Status MakeDurable(const CaptureRound& round);
  Status TidyUp(bool idle);
  void Tell(const std::map<TableId, CommittedBatch>& committed);
  Timestamp SourceTime() const;
  void SayFollowing();
  void SayProof(const SourceProof& proof);
  bool IsOutOfPatience(const Error& error) const;
  void Count(const CaptureRound& round);
  void TellSink(const SourcePosition& from, const std::map<TableId, CommittedBatch>& committed);
  bool SinkCanHave() const;
  void Report(const CaptureRound& round);

  Source& source_;
  const lake::Lake lake_;
  RoundWriter& bronze_;
  LakeLoop& workers_;
  KafkaSink* sink_;
  const PipelineOptions options_;
  StatusBoard& board_;
  SourcePosition durable_;  // everything before it is in bronze and in an epoch
  SourcePosition seen_;     // everything before it has been read; no changes since durable_
  Timestamp newest_commit_;
  // While tables are copied anew nothing is followed: names that change hands all the time cannot
  // hold the others up.
  WorkPace copying_{4};
  WorkPace tidying_{9};
  Sequence fresh_from_;  // what is read from here on, no bronze table has yet
  std::chrono::steady_clock::time_point last_epoch_;
  std::chrono::steady_clock::time_point heard_at_;  // of the source, last
  Patience storing_;                                // for the lake
  Pending pending_;
};

}  // namespace foreset::pipeline
