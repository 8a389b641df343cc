// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/delta/data_file_writer.h"
#include "foreset/storage/object_store.h"

namespace foreset::lake {

// Writes rows into data files, closing each at a target size, and before the first large values of
// a column. Not thread-safe.
class RollingWriter {
 public:
  // How the object is called while no commit names its file.
  using Naming = std::function<std::string(const std::string& path)>;
  struct Place {
    std::string path;            // as in the AddFile that Finish gives
    std::int64_t first_row = 0;  // physical index of the batch's first row in that file
  };

  RollingWriter(std::shared_ptr<ObjectStore> store, const Clock& clock,
                std::function<std::string()> new_path, std::int64_t target_bytes,
                Naming written_as = {});

  // Where files begun from now on go: "" or "folder/". An open file elsewhere is closed.
  Status SetFolder(const std::string& folder);
  // All rows go to one file. `schema` is the table's; a file is closed when it changes.
  Result<Place> Write(const std::shared_ptr<arrow::Schema>& schema,
                      const arrow::RecordBatch& batch);
  // Closes the open file; all files since the last Finish, in the order of writing.
  Result<std::vector<delta::AddFile>> Finish();
  // Drops everything since the last Finish; objects already written are orphans for vacuum.
  void Abandon();

  bool empty() const { return open_ == nullptr && finished_.empty(); }

 private:
  Status CloseFile();

  std::shared_ptr<ObjectStore> store_;
  const Clock* clock_;
  std::function<std::string()> new_path_;
  std::int64_t target_bytes_;
  Naming written_as_;
  std::string folder_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<delta::DataFileWriter> open_;
  std::string open_path_;
  std::vector<delta::AddFile> finished_;
};

}  // namespace foreset::lake
