// SPDX-License-Identifier: MIT
#include "foreset/server/connector.h"

#include <utility>

#include <fmt/format.h>

#include "foreset/base/clock.h"
#include "foreset/base/messages.h"

namespace foreset::server {
namespace {

constexpr std::chrono::milliseconds kFirstRetry{500};
constexpr std::chrono::milliseconds kLongestRetry{30'000};

std::string TraceOf(const Error& error) {
  return fmt::format("{}\n{}", error.ToString(), error.NextStep());
}

// Tables that had to stop while the rest goes on.
std::string StoppedTables(const pipeline::PipelineStatus& status) {
  std::string text;
  for (const auto& [id, table] : status.tables) {
    if (!table.stopped) continue;
    if (!text.empty()) text += '\n';
    text += fmt::format("{} stopped: {}", id.ToString(), TraceOf(*table.stopped));
  }
  return text;
}

std::uint64_t RowsOf(const pipeline::TableStatus& table) {
  return table.backfilled_rows + table.changes;
}

}  // namespace

Connector::Connector(std::string name, ConnectorConfig config, TargetState target,
                     Result<std::shared_ptr<ConnectorTask>> task)
    : name_(std::move(name)),
      config_(std::move(config)),
      target_(target),
      wanted_(true),
      board_(std::make_shared<pipeline::StatusBoard>()),
      back_off_({.first = kFirstRetry, .longest = kLongestRetry}) {
  if (task) {
    task_ = *std::move(task);
  } else {
    error_ = std::move(task).error();
  }
  thread_ = std::thread([this] { Loop(); });
}

Connector::~Connector() {
  {
    const MutexLock lock(mutex_);
    closing_ = true;
    stop_.request_stop();
    wake_.WakeAll();
  }
  thread_.join();
}

ConnectorView Connector::View() const {
  const MutexLock lock(mutex_);
  ConnectorView view;
  view.config = config_;
  view.pipeline = board_->Read();
  view.unusable = task_ == nullptr;
  view.has_task = task_ != nullptr && (target_ != TargetState::kStopped || running_);
  if (running_) {
    view.state = wanted_ ? ConnectorState::kRestarting : ConnectorState::kRunning;
    view.trace = StoppedTables(*view.pipeline);
  } else if (target_ == TargetState::kStopped) {
    view.state = ConnectorState::kStopped;
  } else if (error_ && !retrying_ && (task_ == nullptr || !wanted_)) {
    view.state = ConnectorState::kFailed;
    view.trace = TraceOf(*error_);
  } else if (target_ == TargetState::kPaused) {
    view.state = ConnectorState::kPaused;
  } else if (error_) {
    view.state = ConnectorState::kRestarting;
    view.trace = TraceOf(*error_);
  } else {
    view.state = ConnectorState::kRunning;  // it is about to begin
  }
  return view;
}

TargetState Connector::target() const {
  const MutexLock lock(mutex_);
  return target_;
}

ConnectorConfig Connector::config() const {
  const MutexLock lock(mutex_);
  return config_;
}

std::shared_ptr<ConnectorTask> Connector::task() const {
  const MutexLock lock(mutex_);
  return task_;
}

void Connector::SetTarget(TargetState target) {
  const MutexLock lock(mutex_);
  if (target == target_) return;
  const bool failed = error_ && !retrying_;
  target_ = target;
  if (target == TargetState::kRunning) {
    // A failed one is begun again by a restart only, as in Kafka Connect; a stopped one has no
    // failure any more.
    if (!failed) wanted_ = true;
  } else {
    if (running_) stop_.request_stop();
    if (!running_ && target == TargetState::kStopped && task_ != nullptr) error_.reset();
  }
  wake_.WakeAll();
}

void Connector::Restart(bool only_failed) {
  const MutexLock lock(mutex_);
  if (only_failed && !error_) return;
  wanted_ = true;
  retrying_ = false;
  if (running_) stop_.request_stop();
  wake_.WakeAll();
}

void Connector::Reconfigure(ConnectorConfig config, std::shared_ptr<ConnectorTask> task) {
  const MutexLock lock(mutex_);
  config_ = std::move(config);
  task_ = std::move(task);
  wanted_ = true;
  retrying_ = false;
  error_.reset();
  if (running_) stop_.request_stop();
  wake_.WakeAll();
}

Result<std::optional<SourcePosition>> Connector::Position() const {
  std::shared_ptr<ConnectorTask> task;
  {
    const MutexLock lock(mutex_);
    const auto status = board_->Read();
    if (running_ && !status->captured.empty()) return std::optional(status->captured);
    task = task_;
  }
  if (task == nullptr) return std::optional<SourcePosition>();
  return task->Position();
}

bool Connector::IsIdleAndStopped() const {
  return target_ == TargetState::kStopped && !running_ && !resetting_ && task_ != nullptr;
}

Status Connector::ResetPosition() {
  std::shared_ptr<ConnectorTask> task;
  {
    const MutexLock lock(mutex_);
    if (!IsIdleAndStopped()) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorNotStopped,
                 fmt::format("Connector {} must be in the STOPPED state before its offsets can be "
                             "changed",
                             name_));
    }
    resetting_ = true;
    task = task_;
  }
  Status reset = task->ResetPosition();
  const MutexLock lock(mutex_);
  resetting_ = false;
  if (reset) board_ = std::make_shared<pipeline::StatusBoard>();
  wake_.WakeAll();
  return reset;
}

std::vector<std::string> Connector::Topics() const {
  const MutexLock lock(mutex_);
  std::vector<std::string> topics;
  if (task_ == nullptr) return topics;
  const auto status = board_->Read();  // the loop alone would not keep it
  for (const auto& [id, table] : status->tables) {
    const auto before = forgotten_.find(id);
    if (before != forgotten_.end() && before->second == RowsOf(table)) continue;
    topics.push_back(fmt::format("{}.{}", task_->SourceName(), id.ToString()));
  }
  return topics;
}

void Connector::ForgetTopics() {
  const MutexLock lock(mutex_);
  const auto status = board_->Read();
  for (const auto& [id, table] : status->tables) forgotten_[id] = RowsOf(table);
}

bool Connector::IsWanted() const {
  return wanted_ && target_ == TargetState::kRunning && task_ != nullptr && !resetting_;
}

void Connector::Loop() {
  for (;;) {
    std::shared_ptr<ConnectorTask> task;
    std::shared_ptr<pipeline::StatusBoard> board;
    std::stop_token stop;
    {
      const MutexLock lock(mutex_);
      while (!closing_ && !IsWanted()) wake_.Wait(mutex_);
      if (closing_) return;
      wanted_ = false;
      running_ = true;
      forgotten_.clear();
      stop_ = std::stop_source();
      board_ = std::make_shared<pipeline::StatusBoard>();
      board = board_;
      task = task_;
      stop = stop_.get_token();
    }
    Info("connector {} started", name_);
    const Status ended = task->Run(*board, stop);
    Conclude(ended, stop.stop_requested());
  }
}

void Connector::Conclude(const Status& ended, bool was_stopped) {
  const MutexLock lock(mutex_);
  running_ = false;
  retrying_ = false;
  error_.reset();
  if (ended) {
    back_off_.Succeeded();
    if (!closing_) Info("connector {} ended", name_);
  } else if (was_stopped) {
    Warn("connector {}: {}", name_, ended.error().ToString());
  } else {
    error_ = ended.error();
    Warn("connector {} failed: {}. {}", name_, error_->ToString(), error_->NextStep());
    retrying_ = error_->kind == ErrorKind::kTransient;
    if (retrying_) WaitForNextAttempt();
  }
  wake_.WakeAll();
}

// Somebody who asks for a run, a pause or a stop ends the waiting.
void Connector::WaitForNextAttempt() {
  const auto until = SystemClock().Steady() + back_off_.next();
  back_off_.Wait([] { return true; });  // doubles, sleeps not
  for (auto now = SystemClock().Steady();
       now < until && !wanted_ && !closing_ && target_ == TargetState::kRunning;
       now = SystemClock().Steady()) {
    wake_.WaitFor(mutex_, until - now);
  }
  if (target_ == TargetState::kRunning) wanted_ = true;
}

}  // namespace foreset::server
