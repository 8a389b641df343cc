// SPDX-License-Identifier: MIT
#include "foreset/lake/rolling_writer.h"

#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/delta/data_path.h"

namespace foreset::lake {

RollingWriter::RollingWriter(std::shared_ptr<ObjectStore> store, const Clock& clock,
                             std::function<std::string()> new_path, std::int64_t target_bytes,
                             Naming written_as)
    : store_(std::move(store)),
      clock_(&clock),
      new_path_(std::move(new_path)),
      target_bytes_(target_bytes),
      written_as_(std::move(written_as)) {}

Status RollingWriter::SetFolder(const std::string& folder) {
  if (folder == folder_) return {};
  if (open_ != nullptr) RETURN_IF_ERROR(CloseFile());
  folder_ = folder;
  return {};
}

Result<RollingWriter::Place> RollingWriter::Write(const std::shared_ptr<arrow::Schema>& schema,
                                                  const arrow::RecordBatch& batch) {
  const bool full = open_ != nullptr && (open_->bytes() >= target_bytes_ || !open_->Suits(batch));
  if (full || (open_ != nullptr && !schema->Equals(*schema_))) RETURN_IF_ERROR(CloseFile());
  if (open_ == nullptr) {
    open_path_ = folder_ + new_path_();
    open_ = TRY(delta::DataFileWriter::Open(
        *store_, written_as_ ? written_as_(open_path_) : open_path_, schema));
    schema_ = schema;
  }
  Place place{open_path_, open_->rows()};
  RETURN_IF_ERROR(open_->Write(batch));
  return place;
}

Status RollingWriter::CloseFile() {
  delta::AddFile file = TRY(open_->Finish(clock_->Now()));
  file.path = delta::EncodeUri(open_path_);
  finished_.push_back(std::move(file));
  open_.reset();
  return {};
}

Result<std::vector<delta::AddFile>> RollingWriter::Finish() {
  if (open_ != nullptr) RETURN_IF_ERROR(CloseFile());
  return std::exchange(finished_, {});
}

void RollingWriter::Abandon() {
  open_.reset();
  finished_.clear();
}

}  // namespace foreset::lake
