// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"

// The few operations of the file system that LocalStore is made of. Thread-safe.
namespace foreset {

// An open descriptor, closed when it goes.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.Release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const { return number_; }
  bool valid() const { return number_ >= 0; }
  int Release() {
    const int number = number_;
    number_ = -1;
    return number;
  }

 private:
  int number_ = -1;
};

// The failure that an errno stands for: absent is kNotFound; refused rights or an impossible name
// are kInvalidInput; all else, a full disk too, may pass and is kTransient.
std::unexpected<Error> FailedWith(int number, std::string_view doing, const std::string& path);

// "/a" of "/a/b"; "/" of "/a".
std::string ParentOf(const std::string& path);

// Makes the directory and all its parents, each synchronised into the one above. `root` and what is
// above it are made for this user alone; what is below it gets the rights of `root`, which may
// have been made by somebody with others. kInvalidInput where no directories can be made (/proc).
Status MakeDirectories(const std::string& directory, const std::string& root);
// Removes the directory with those below it, where nothing but directories is in them.
Status RemoveEmptyDirectories(const std::string& directory);
// Makes the entries of a directory durable.
Status SyncDirectory(const std::string& directory);
Status SyncFile(const FileDescriptor& file, const std::string& path);

// Writes all bytes at the end of the file.
Status WriteAll(const FileDescriptor& file, Bytes bytes, const std::string& path);
// Reads until `out` is full or the file ends; the bytes that there were.
Result<std::size_t> ReadAt(const FileDescriptor& file, std::uint64_t offset, std::span<char> out,
                           const std::string& path);

}  // namespace foreset
