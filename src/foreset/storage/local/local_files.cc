// SPDX-License-Identifier: MIT
#include "foreset/storage/local/local_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <ranges>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace foreset {
namespace {

constexpr mode_t kOwnerOnly = 0700;
constexpr mode_t kRights = 0777;

// Without the root there is nothing below it: it is made before.
mode_t RightsOf(const std::string& directory, const std::string& root) {
  struct stat found{};
  const bool below = directory.size() > root.size() && directory.starts_with(root + "/");
  if (!below || ::stat(root.c_str(), &found) != 0) return kOwnerOnly;
  return found.st_mode & kRights;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (valid()) ::close(number_);
    number_ = other.Release();
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (valid()) ::close(number_);
}

std::unexpected<Error> FailedWith(int number, std::string_view doing, const std::string& path) {
  const std::string message =
      fmt::format("{} {}: {}", doing, path, std::generic_category().message(number));
  switch (number) {
    case ENOENT:
      return Err(ErrorKind::kNotFound, ErrorCode::kStorageNotFound, message);
    case EACCES:
    case EPERM:
    case EROFS:
      return Err(ErrorKind::kInvalidInput, ErrorCode::kStorageAccess, message);
    case ENOTDIR:
    case EISDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EINVAL:
      return Err(ErrorKind::kInvalidInput, ErrorCode::kStoragePathInvalid, message);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Err(ErrorKind::kTransient, ErrorCode::kStorageFull, message);
    default:
      return Err(ErrorKind::kTransient, ErrorCode::kStorageIo, message);
  }
}

std::string ParentOf(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status MakeDirectories(const std::string& directory, const std::string& root) {
  if (::mkdir(directory.c_str(), RightsOf(directory, root)) == 0) {
    return SyncDirectory(ParentOf(directory));
  }
  if (errno == ENOENT && ParentOf(directory) != directory) {
    RETURN_IF_ERROR(MakeDirectories(ParentOf(directory), root));
    if (::mkdir(directory.c_str(), RightsOf(directory, root)) == 0) {
      return SyncDirectory(ParentOf(directory));
    }
    // The parent is there: this file system makes no directories (/proc).
    if (errno == ENOENT) return FailedWith(EINVAL, "creating the directory", directory);
  }
  struct stat found{};
  const int failure = errno;
  if (::stat(directory.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) return {};
  return FailedWith(failure == EEXIST ? ENOTDIR : failure, "creating the directory", directory);
}

Status RemoveEmptyDirectories(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<std::string> below{directory};
  for (auto at = fs::recursive_directory_iterator(directory, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->is_symlink(error) || !at->is_directory(error)) continue;
    below.push_back(at->path().string());
  }
  // The deepest first: they stand last.
  for (const std::string& path : below | std::views::reverse) {
    if (::rmdir(path.c_str()) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST) {
      continue;
    }
    return FailedWith(errno, "removing the directory", path);
  }
  return {};
}

Status SyncDirectory(const std::string& directory) {
  const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid()) return FailedWith(errno, "opening", directory);
  return SyncFile(opened, directory);
}

Status SyncFile(const FileDescriptor& file, const std::string& path) {
  if (::fsync(file.get()) != 0) return FailedWith(errno, "synchronising", path);
  return {};
}

Status WriteAll(const FileDescriptor& file, Bytes bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return FailedWith(errno, "writing", path);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::size_t> ReadAt(const FileDescriptor& file, std::uint64_t offset, std::span<char> out,
                           const std::string& path) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count = ::pread(file.get(), out.data() + done, out.size() - done,
                                  static_cast<off_t>(offset + done));
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      return FailedWith(errno, "reading", path);
    }
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace foreset
