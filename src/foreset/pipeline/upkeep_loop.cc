// SPDX-License-Identifier: MIT
#include "foreset/pipeline/upkeep_loop.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include <arrow/memory_pool.h>

#include "foreset/base/messages.h"

namespace foreset::pipeline {
namespace {

constexpr std::size_t kMostWaiting = 500'000;  // objects: about 50 MB of names
constexpr std::size_t kAtOnce = 200;           // objects that one thread takes
// Shorter waits are not worth a system call; so much may be deleted in a burst.
constexpr std::chrono::milliseconds kBurst{50};
constexpr std::chrono::milliseconds kLongestWait{200};

using Steady = std::chrono::steady_clock;

// The same task with the objects from `begin` on only, and without its looks.
lake::UpkeepTask PartOf(lake::UpkeepTask& task, std::size_t begin) {
  const auto from = task.unneeded.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto count = std::min(kAtOnce, task.unneeded.size() - begin);
  const auto to = from + static_cast<std::ptrdiff_t>(count);
  return {.store = task.store,
          .snapshot = {},
          .unneeded = {std::make_move_iterator(from), std::make_move_iterator(to)}};
}

}  // namespace

UpkeepLoop::UpkeepLoop(const Clock& clock, UpkeepLimits limits, std::stop_token stop)
    : clock_(clock), limits_(limits), stop_(std::move(stop)), next_(Steady::now()) {
  for (std::size_t i = 0; i < limits_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

UpkeepLoop::~UpkeepLoop() {
  {
    const MutexLock lock(mutex_);
    ended_ = true;
    tasks_.clear();
    changed_.WakeAll();
  }
  threads_.clear();
}

void UpkeepLoop::Submit(lake::UpkeepTask task) {
  const bool looks = task.log || task.orphans;
  const MutexLock lock(mutex_);
  if (ended_) return;
  for (std::size_t begin = 0; begin < task.unneeded.size(); begin += kAtOnce) {
    if (waiting_ >= kMostWaiting) {
      Warn("{}: {} files wait to be deleted; {} more stay until they are found again",
           task.store->Describe(), waiting_, task.unneeded.size() - begin);
      break;
    }
    tasks_.push_back(PartOf(task, begin));
    waiting_ += tasks_.back().unneeded.size();
  }
  task.unneeded.clear();
  if (looks) tasks_.push_back(std::move(task));
  changed_.WakeAll();
}

void UpkeepLoop::Drain() {
  const MutexLock lock(mutex_);
  while (!tasks_.empty() || busy_ > 0) changed_.Wait(mutex_);
}

void UpkeepLoop::Run() {
  for (;;) {
    lake::UpkeepTask task;
    {
      const MutexLock lock(mutex_);
      while (!ended_ && tasks_.empty()) changed_.Wait(mutex_);
      if (ended_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
      waiting_ -= task.unneeded.size();
      ++busy_;
    }
    Work(task);
    const MutexLock lock(mutex_);
    --busy_;
    changed_.WakeAll();
  }
}

void UpkeepLoop::Work(const lake::UpkeepTask& task) {
  Delete(task);
  if (!task.log && !task.orphans) return;
  auto found = lake::LookForUnneeded(task, limits_.kept, clock_.Now());
  // A look holds a whole log for a moment, as the checkpoint before it did: allocators keep that.
  arrow::default_memory_pool()->ReleaseUnused();
  if (!found) {
    Warn("{}: cannot look for what is not needed any more: {}", task.store->Describe(),
         found.error().ToString());
    return;
  }
  Debug("{}: {} files are not needed any more", task.store->Describe(), found->size());
  Submit({.store = task.store, .snapshot = {}, .unneeded = *std::move(found)});
}

void UpkeepLoop::Delete(const lake::UpkeepTask& task) {
  for (const std::string& path : task.unneeded) {
    if (!MayGoOn()) return;
    const Status deleted = task.store->Delete(path);
    if (deleted) continue;
    Warn("{}: cannot delete what is not needed any more: {}", task.store->Describe(),
         deleted.error().ToString());
    return;
  }
}

// Waits for this object's turn. False when the loop ends.
bool UpkeepLoop::MayGoOn() {
  const auto each = std::chrono::duration_cast<Steady::duration>(std::chrono::seconds(1)) /
                    static_cast<std::int64_t>(limits_.objects_per_second);
  const MutexLock lock(mutex_);
  next_ = std::max(next_ + each, Steady::now());
  const auto turn = next_ - kBurst;
  while (!ended_ && !stop_.stop_requested() && Steady::now() < turn) {
    changed_.WaitFor(mutex_, std::min<Steady::duration>(turn - Steady::now(), kLongestWait));
  }
  return !ended_ && !stop_.stop_requested();
}

}  // namespace foreset::pipeline
