// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/mutex.h"
#include "foreset/storage/object_store.h"

namespace foreset {

// What goes wrong at one durable step.
enum class Fault {
  kLostBefore,   // nothing happens; the caller is told that it failed
  kLostAfter,    // it happens; the caller is told that it failed (or: unknown, for PutIfAbsent)
  kCrashBefore,  // as kLostBefore, and every later call fails until Recover()
  kCrashAfter,   // as kLostAfter, and every later call fails until Recover()
};

// Another store with failures on request. Durable steps are counted from 1: PutIfAbsent, Put,
// Delete, and Finish of a writer. Counting a run without faults and then repeating it with a crash
// at each step visits every state that a crash can leave behind. Thread-safe.
class FaultyStore final : public ObjectStore {
 public:
  explicit FaultyStore(std::shared_ptr<ObjectStore> store) : store_(std::move(store)) {}

  // Plans a fault for the `step`-th durable step from now (1: the next). One plan at a time.
  void FailStep(int step, Fault fault);
  // Fails the next `count` calls that read, as kTransient.
  void FailReads(int count);
  // Fails the `call`-th call from now (1: the next) and nothing else, as kTransient and before it
  // has any effect: of those that read, of durable steps and of Create.
  void FailCall(int call);
  // Fails every call on what is below a folder ("bronze/A/"), from the `from_call`-th call of all
  // from now on.
  void Refuse(std::string below, Error with, int from_call = 0);
  // Ends a crash and drops all plans, as a restart of the process would.
  void Recover();
  bool crashed() const;
  // Told at once when a crash begins, on the thread that it hits; must not use the store.
  void OnCrash(std::function<void()> then);
  // Durable steps since the beginning, failed ones too.
  int steps() const;
  // Calls since the beginning, failed ones too; as FailCall counts them.
  int calls() const;

  Result<std::string> Read(std::string_view path) const override;
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset,
                                std::uint64_t length) const override;
  Result<ObjectInfo> Stat(std::string_view path) const override;
  Result<PutOutcome> PutIfAbsent(std::string_view path, Bytes bytes) override;
  Status Put(std::string_view path, Bytes bytes) override;
  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view path) override;
  Result<std::vector<ObjectInfo>> List(std::string_view prefix,
                                       std::string_view start_after) const override;
  Result<std::vector<std::string>> ListFolders(std::string_view prefix) const override;
  Status Delete(std::string_view path) override;
  std::string Describe() const override { return store_->Describe(); }

 private:
  friend class FaultyWriter;

  // Counts a durable step; the fault that hits it. Crashed stores answer kCrashBefore.
  std::optional<Fault> BeginStep();
  Status CheckRead(std::string_view path) const;
  Status CheckPath(std::string_view path) const;
  bool FailsThisCall() const REQUIRES(mutex_);  // counts it

  const std::shared_ptr<ObjectStore> store_;
  mutable Mutex mutex_;
  int steps_ GUARDED_BY(mutex_) = 0;
  int fail_at_ GUARDED_BY(mutex_) = 0;  // 0: no plan
  Fault fault_ GUARDED_BY(mutex_) = Fault::kLostBefore;
  bool crashed_ GUARDED_BY(mutex_) = false;
  std::function<void()> on_crash_ GUARDED_BY(mutex_);
  mutable int failing_reads_ GUARDED_BY(mutex_) = 0;
  mutable int calls_ GUARDED_BY(mutex_) = 0;
  int failing_call_ GUARDED_BY(mutex_) = 0;  // 0: none
  std::optional<Error> refused_ GUARDED_BY(mutex_);
  std::string refused_below_ GUARDED_BY(mutex_);
  int refused_from_ GUARDED_BY(mutex_) = 0;
};

}  // namespace foreset
