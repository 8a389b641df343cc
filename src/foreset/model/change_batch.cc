// SPDX-License-Identifier: MIT
#include "foreset/model/change_batch.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/util/byte_size.h>

namespace foreset {
namespace {

constexpr std::size_t kBytesPerRow = sizeof(Operation) + sizeof(Sequence) + 16;

std::size_t ArrowBytes(const std::shared_ptr<arrow::RecordBatch>& batch) {
  if (batch == nullptr) return 0;
  return static_cast<std::size_t>(arrow::util::TotalBufferSize(*batch));
}

}  // namespace

std::size_t MemoryBytes(const ChangeBatch& batch) {
  return batch.size() * kBytesPerRow + batch.places.size() * sizeof(RecordPlace) +
         batch.transactions.size() * sizeof(SourceTransaction) + ArrowBytes(batch.before) +
         ArrowBytes(batch.after);
}

}  // namespace foreset
