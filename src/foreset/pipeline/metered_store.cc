// SPDX-License-Identifier: MIT
#include "foreset/pipeline/metered_store.h"

#include <chrono>
#include <string_view>
#include <type_traits>
#include <utility>

#include "foreset/base/clock.h"
#include "foreset/delta/log_files.h"

namespace foreset::pipeline {
namespace {

// The path of a table's commit, below whatever folder the table is in.
bool IsCommit(std::string_view path) {
  const std::size_t log = path.rfind(delta::kLogFolder);
  if (log == std::string_view::npos) return false;
  const auto name = delta::ParseLogFile(path.substr(log));
  return name && name->kind == delta::LogFileKind::kCommit;
}

}  // namespace

class MeteredStore final : public ObjectStore {
 public:
  MeteredStore(std::shared_ptr<ObjectStore> store, std::shared_ptr<StoreMeter> meter)
      : store_(std::move(store)), meter_(std::move(meter)) {}

  Result<std::string> Read(std::string_view path) const override {
    return CountBytes(Count(StoreOperation::kRead, [&] { return store_->Read(path); }));
  }
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset,
                                std::uint64_t length) const override {
    return CountBytes(
        Count(StoreOperation::kRead, [&] { return store_->ReadRange(path, offset, length); }));
  }
  Result<ObjectInfo> Stat(std::string_view path) const override {
    return Count(StoreOperation::kRead, [&] { return store_->Stat(path); });
  }
  Result<PutOutcome> PutIfAbsent(std::string_view path, Bytes bytes) override {
    auto put = Count(StoreOperation::kWrite, [&] { return store_->PutIfAbsent(path, bytes); });
    if (!put) return put;
    const bool created = *put == PutOutcome::kCreated;
    if (created) meter_->written_bytes_ += bytes.size();
    if (IsCommit(path)) ++(created ? meter_->commits_ : meter_->conflicts_);
    return put;
  }
  Status Put(std::string_view path, Bytes bytes) override {
    Status put = Count(StoreOperation::kWrite, [&] { return store_->Put(path, bytes); });
    if (put) meter_->written_bytes_ += bytes.size();
    return put;
  }
  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view path) override {
    auto writer = Count(StoreOperation::kWrite, [&] { return store_->Create(path); });
    if (!writer) return writer;
    return std::make_unique<Writer>(*std::move(writer), *this);
  }
  Result<std::vector<ObjectInfo>> List(std::string_view prefix,
                                       std::string_view start_after) const override {
    return Count(StoreOperation::kList, [&] { return store_->List(prefix, start_after); });
  }
  Result<std::vector<std::string>> ListFolders(std::string_view prefix) const override {
    return Count(StoreOperation::kList, [&] { return store_->ListFolders(prefix); });
  }
  Status Delete(std::string_view path) override {
    return Count(StoreOperation::kDelete, [&] { return store_->Delete(path); });
  }
  Status Move(std::string_view from, std::string_view to) override {
    return Count(StoreOperation::kWrite, [&] { return store_->Move(from, to); });
  }
  Status MoveFolder(std::string_view from, std::string_view to) override {
    return Count(StoreOperation::kWrite, [&] { return store_->MoveFolder(from, to); });
  }
  std::string Describe() const override { return store_->Describe(); }

 private:
  // Bytes count when the object is there; time and failures with each call.
  class Writer final : public ObjectWriter {
   public:
    Writer(std::unique_ptr<ObjectWriter> writer, MeteredStore& store)
        : writer_(std::move(writer)), store_(store.store_), meter_(store.meter_) {}
    Status Write(Bytes bytes) override {
      bytes_ += bytes.size();
      return Timed([&] { return writer_->Write(bytes); });
    }
    Status Finish() override {
      Status finished = Timed([&] { return writer_->Finish(); });
      if (finished) meter_->written_bytes_ += bytes_;
      return finished;
    }

   private:
    template <typename Call>
    Status Timed(const Call& call) {
      return CountInto(Of(*meter_, StoreOperation::kWrite), false, call);
    }
    std::unique_ptr<ObjectWriter> writer_;
    const std::shared_ptr<ObjectStore> store_;  // kept alive
    const std::shared_ptr<StoreMeter> meter_;
    std::uint64_t bytes_ = 0;
  };

  static StoreMeter::Requests& Of(StoreMeter& meter, StoreOperation operation) {
    return meter.requests_[static_cast<std::size_t>(operation)];
  }
  template <typename Call>
  static std::invoke_result_t<Call> CountInto(StoreMeter::Requests& requests, bool begins,
                                              const Call& call) {
    const auto begin = SystemClock().Steady();
    auto result = call();
    const auto took = SystemClock().Steady() - begin;
    requests.nanoseconds += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(took).count());
    if (begins) ++requests.count;
    if (!result && result.error().kind != ErrorKind::kNotFound) ++requests.failures;
    return result;
  }
  template <typename Call>
  std::invoke_result_t<Call> Count(StoreOperation operation, const Call& call) const {
    return CountInto(Of(*meter_, operation), true, call);
  }
  Result<std::string> CountBytes(Result<std::string> read) const {
    if (read) meter_->read_bytes_ += read->size();
    return read;
  }

  const std::shared_ptr<ObjectStore> store_;
  const std::shared_ptr<StoreMeter> meter_;
};

StoreCounts StoreMeter::Read() const {
  StoreCounts counts;
  for (std::size_t i = 0; i < kStoreOperations; ++i) {
    counts.requests[i] = {requests_[i].count, requests_[i].failures, requests_[i].nanoseconds};
  }
  counts.read_bytes = read_bytes_;
  counts.written_bytes = written_bytes_;
  counts.commits = commits_;
  counts.conflicts = conflicts_;
  return counts;
}

std::shared_ptr<ObjectStore> Metered(std::shared_ptr<ObjectStore> store,
                                     std::shared_ptr<StoreMeter> meter) {
  return std::make_shared<MeteredStore>(std::move(store), std::move(meter));
}

}  // namespace foreset::pipeline
