// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "foreset/base/mutex.h"
#include "foreset/base/result.h"
#include "foreset/base/retry.h"
#include "foreset/pipeline/status.h"
#include "foreset/server/connector_config.h"
#include "foreset/server/connector_plugin.h"
#include "foreset/server/connector_state.h"

namespace foreset::server {

// How a connector is, at one moment.
struct ConnectorView {
  ConnectorState state = ConnectorState::kStopped;
  std::string trace;      // why it failed, restarts, or lacks tables; else empty
  bool unusable = false;  // its configuration stands for no pipeline: it has no task
  bool has_task = true;   // none when stopped
  ConnectorConfig config;
  std::shared_ptr<const pipeline::PipelineStatus> pipeline;  // of the present or the last run
};

// One connector's life: a thread of its own that runs its pipeline while it is asked to, waits and
// tries again after transient errors, and stays failed after others until someone restarts it.
// Thread-safe. What it is asked to be returns at once; the thread follows.
class Connector {
 public:
  // Without a task it is failed with `unusable`, until it is reconfigured.
  Connector(std::string name, ConnectorConfig config, TargetState target,
            Result<std::shared_ptr<ConnectorTask>> task);
  // Ends the run cleanly and waits for it.
  ~Connector();
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  const std::string& name() const { return name_; }
  ConnectorView View() const;
  TargetState target() const;
  ConnectorConfig config() const;

  void SetTarget(TargetState target);
  // Begins a run anew, where it is asked to run at all. `only_failed`: unless it runs.
  void Restart(bool only_failed);
  // Takes another configuration: ends the present run, begins one of the new task.
  void Reconfigure(ConnectorConfig config, std::shared_ptr<ConnectorTask> task);

  // Null when its configuration stands for no pipeline.
  std::shared_ptr<ConnectorTask> task() const;
  // Where it is: of the run when there is one, else of the lake.
  Result<std::optional<SourcePosition>> Position() const;
  // kInvalidInput (kConnectorNotStopped) unless it is stopped and its run has ended.
  Status ResetPosition();

  // The tables that its run has seen, as Debezium names their topics; after ForgetTopics only those
  // that have had rows since.
  std::vector<std::string> Topics() const;
  void ForgetTopics();

 private:
  void Loop();
  void Conclude(const Status& ended, bool was_stopped);
  void WaitForNextAttempt() REQUIRES(mutex_);
  bool IsWanted() const REQUIRES(mutex_);
  bool IsIdleAndStopped() const REQUIRES(mutex_);

  const std::string name_;
  mutable Mutex mutex_;
  Condition wake_;
  ConnectorConfig config_ GUARDED_BY(mutex_);
  TargetState target_ GUARDED_BY(mutex_);
  std::shared_ptr<ConnectorTask> task_ GUARDED_BY(mutex_);
  std::optional<Error> error_ GUARDED_BY(mutex_);  // of the last run
  bool retrying_ GUARDED_BY(mutex_) = false;       // the error was transient
  bool wanted_ GUARDED_BY(mutex_) = false;         // a run shall begin
  bool running_ GUARDED_BY(mutex_) = false;
  bool resetting_ GUARDED_BY(mutex_) = false;
  bool closing_ GUARDED_BY(mutex_) = false;
  std::stop_source stop_ GUARDED_BY(mutex_);
  std::shared_ptr<pipeline::StatusBoard> board_ GUARDED_BY(mutex_);
  std::map<TableId, std::uint64_t> forgotten_ GUARDED_BY(mutex_);  // rows that they had then
  BackOff back_off_;                                               // of the thread alone
  std::thread thread_;                                             // last: it uses the others
};

}  // namespace foreset::server
