// SPDX-License-Identifier: MIT
#include "foreset/storage/memory/faulty_store.h"

#include <utility>

#include <fmt/format.h>

namespace foreset {
namespace {

bool HappensAnyway(Fault fault) {
  return fault == Fault::kLostAfter || fault == Fault::kCrashAfter;
}

std::unexpected<Error> Injected(ErrorKind kind, std::string_view doing) {
  return Err(kind, ErrorCode::kStorageIo, fmt::format("injected fault: {}", doing));
}

}  // namespace

class FaultyWriter final : public ObjectWriter {
 public:
  FaultyWriter(FaultyStore& store, std::unique_ptr<ObjectWriter> writer)
      : store_(store), writer_(std::move(writer)) {}
  Status Write(Bytes bytes) override {
    if (store_.crashed()) return Injected(ErrorKind::kTransient, "write");
    return writer_->Write(bytes);
  }
  Status Finish() override {
    const auto fault = store_.BeginStep();
    if (!fault) return writer_->Finish();
    if (HappensAnyway(*fault)) RETURN_IF_ERROR(writer_->Finish());
    return Injected(ErrorKind::kTransient, "finish");
  }

 private:
  FaultyStore& store_;
  std::unique_ptr<ObjectWriter> writer_;
};

void FaultyStore::FailStep(int step, Fault fault) {
  const MutexLock lock(mutex_);
  fail_at_ = steps_ + step;
  fault_ = fault;
}

void FaultyStore::FailReads(int count) {
  const MutexLock lock(mutex_);
  failing_reads_ = count;
}

void FaultyStore::FailCall(int call) {
  const MutexLock lock(mutex_);
  failing_call_ = calls_ + call;
}

void FaultyStore::Refuse(std::string below, Error with, int from_call) {
  const MutexLock lock(mutex_);
  refused_below_ = std::move(below);
  refused_ = std::move(with);
  refused_from_ = calls_ + from_call;
}

void FaultyStore::Recover() {
  const MutexLock lock(mutex_);
  failing_call_ = 0;
  refused_.reset();
  crashed_ = false;
  fail_at_ = 0;
  failing_reads_ = 0;
}

void FaultyStore::OnCrash(std::function<void()> then) {
  const MutexLock lock(mutex_);
  on_crash_ = std::move(then);
}

bool FaultyStore::crashed() const {
  const MutexLock lock(mutex_);
  return crashed_;
}

int FaultyStore::steps() const {
  const MutexLock lock(mutex_);
  return steps_;
}

int FaultyStore::calls() const {
  const MutexLock lock(mutex_);
  return calls_;
}

bool FaultyStore::FailsThisCall() const { return ++calls_ == failing_call_; }

std::optional<Fault> FaultyStore::BeginStep() {
  const MutexLock lock(mutex_);
  if (crashed_) return Fault::kCrashBefore;
  ++steps_;
  if (FailsThisCall()) return Fault::kLostBefore;
  if (steps_ != fail_at_) return std::nullopt;
  crashed_ = fault_ == Fault::kCrashBefore || fault_ == Fault::kCrashAfter;
  if (crashed_ && on_crash_) on_crash_();
  return fault_;
}

Status FaultyStore::CheckPath(std::string_view path) const {
  const MutexLock lock(mutex_);
  if (!refused_ || calls_ < refused_from_ || !path.starts_with(refused_below_)) return {};
  return std::unexpected(*refused_);
}

Status FaultyStore::CheckRead(std::string_view path) const {
  RETURN_IF_ERROR(CheckPath(path));
  const MutexLock lock(mutex_);
  if (crashed_) return Injected(ErrorKind::kTransient, "read after a crash");
  if (FailsThisCall()) return Injected(ErrorKind::kTransient, "read");
  if (failing_reads_ == 0) return {};
  --failing_reads_;
  return Injected(ErrorKind::kTransient, "read");
}

Result<std::string> FaultyStore::Read(std::string_view path) const {
  RETURN_IF_ERROR(CheckRead(path));
  return store_->Read(path);
}

Result<std::string> FaultyStore::ReadRange(std::string_view path, std::uint64_t offset,
                                           std::uint64_t length) const {
  RETURN_IF_ERROR(CheckRead(path));
  return store_->ReadRange(path, offset, length);
}

Result<ObjectInfo> FaultyStore::Stat(std::string_view path) const {
  RETURN_IF_ERROR(CheckRead(path));
  return store_->Stat(path);
}

Result<PutOutcome> FaultyStore::PutIfAbsent(std::string_view path, Bytes bytes) {
  RETURN_IF_ERROR(CheckPath(path));
  const auto fault = BeginStep();
  if (!fault) return store_->PutIfAbsent(path, bytes);
  if (!HappensAnyway(*fault)) return Injected(ErrorKind::kTransient, "put-if-absent");
  RETURN_IF_ERROR(store_->PutIfAbsent(path, bytes));
  return Injected(ErrorKind::kCommitUnknown, "put-if-absent, reply lost");
}

Status FaultyStore::Put(std::string_view path, Bytes bytes) {
  RETURN_IF_ERROR(CheckPath(path));
  const auto fault = BeginStep();
  if (!fault) return store_->Put(path, bytes);
  if (HappensAnyway(*fault)) RETURN_IF_ERROR(store_->Put(path, bytes));
  return Injected(ErrorKind::kTransient, "put");
}

Result<std::unique_ptr<ObjectWriter>> FaultyStore::Create(std::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  {
    const MutexLock lock(mutex_);
    if (crashed_ || FailsThisCall()) return Injected(ErrorKind::kTransient, "create");
  }
  return std::make_unique<FaultyWriter>(*this, TRY(store_->Create(path)));
}

Result<std::vector<ObjectInfo>> FaultyStore::List(std::string_view prefix,
                                                  std::string_view start_after) const {
  RETURN_IF_ERROR(CheckRead(prefix));
  return store_->List(prefix, start_after);
}

Result<std::vector<std::string>> FaultyStore::ListFolders(std::string_view prefix) const {
  RETURN_IF_ERROR(CheckRead(prefix));
  return store_->ListFolders(prefix);
}

Status FaultyStore::Delete(std::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  const auto fault = BeginStep();
  if (!fault) return store_->Delete(path);
  if (HappensAnyway(*fault)) RETURN_IF_ERROR(store_->Delete(path));
  return Injected(ErrorKind::kTransient, "delete");
}

}  // namespace foreset
