// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/io/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"
#include "foreset/storage/object_store.h"
#include "foreset/storage/open.h"

namespace foreset::batch {

enum class FileFormat : std::uint8_t { kCsv, kParquet, kJson };

// A file to read: on this machine, or an object of a store.
struct InputFile {
  std::string name;  // absolute path or URI: what users see, and part of its identity
  std::string path;  // relative to `store`, or the absolute path
  std::shared_ptr<ObjectStore> store;  // null: a file of this machine
  std::uint64_t size_bytes = 0;
  std::int64_t modified_us = 0;
  FileFormat format = FileFormat::kCsv;
  bool piped = false;  // a copy of what came through a pipe
};

// What the inputs name, ascending by name within each: files, patterns (quoted from the shell),
// folders (all files below whose names tell a form that `formats` has), here or in Azure.
// kInputMissing when one of them names nothing. Files of other kinds in folders are in `others`;
// those whose path below the folder has a part that begins with '_' or '.' are in `hidden`.
struct InputList {
  std::vector<InputFile> files;
  // Files in folders like "year=2024", whose rows lack what the folder's name says. (DuckDB adds it
  // to those of Parquet files of this machine.)
  std::vector<std::string> partitioned;
  std::vector<std::string> others;
  std::vector<std::string> hidden;
};
Result<InputList> FindInputs(sql::Engine& engine, const std::vector<std::string>& inputs,
                             const std::vector<FileFormat>& formats, const StoreOptions& stores);

// kColumnsDiffer when there are files of which a column would be lost.
Status RefusePartitioned(const InputList& list);

// The name without the endings that tell its form: "shop.Orders" of "shop.Orders.csv.gz".
std::string WithoutEndings(std::string_view name);
// Whether the name tells a form.
bool HasKnownForm(std::string_view name);

// A folder for one run's temporary files; gone with the object.
class TemporaryFolder {
 public:
  // Below `parent`, or the system's temporary folder when that is empty.
  static Result<TemporaryFolder> Make(const std::string& parent, const std::string& id);
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// A file as this machine can read it: itself, or a copy of the object that goes with this.
class LocalFile {
 public:
  // The copy is made piece by piece. kInputChanged when the object is not what was listed.
  static Result<LocalFile> Of(const InputFile& input, const std::string& temporary_folder);
  LocalFile(LocalFile&& other) noexcept;
  LocalFile& operator=(LocalFile&&) = delete;
  ~LocalFile();

  const std::string& path() const { return path_; }
  // "none", "gzip", "zstd" or "bzip2", by the first bytes.
  const std::string& compression() const { return compression_; }
  // The decompressed bytes.
  Result<std::shared_ptr<arrow::io::InputStream>> OpenText() const;
  // kInputChanged unless the file is as it was.
  Status CheckUnchanged() const;

 private:
  LocalFile() = default;

  std::string name_;
  std::string path_;
  std::string compression_ = "none";
  std::uint64_t size_bytes_ = 0;
  std::int64_t modified_us_ = 0;
  bool is_copy_ = false;
};

// What tells this file from any other, and from itself with other content: of its name, size and
// bytes; of objects in a store: name, size and time of change, so that nothing is fetched for it.
Result<std::string> IdentityOf(const InputFile& input);
// What tells it from files of another name, whatever its content.
std::string NameOf(const InputFile& input);

// The file's time of change, microseconds since the epoch, and its size. kInputMissing.
struct FileFacts {
  std::uint64_t size_bytes = 0;
  std::int64_t modified_us = 0;
  bool operator==(const FileFacts&) const = default;
};
Result<FileFacts> FactsOf(const std::string& path);

}  // namespace foreset::batch
