// SPDX-License-Identifier: MIT
#include "foreset/storage/local/local_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "foreset/storage/local/local_files.h"
#include "foreset/storage/local/temporary_name.h"

namespace foreset {
namespace {

constexpr int kMaxTemporaryNames = 1'000'000;

Timestamp ModifiedAt(const struct stat& found) {
  return Timestamp(found.st_mtim.tv_sec * 1'000'000LL + found.st_mtim.tv_nsec / 1'000);
}

// A file that is being written under a hidden name in the folder of its final one.
class TemporaryFile {
 public:
  // `next_number` makes the hidden name; `root` is the store's.
  static Result<TemporaryFile> Create(std::string final_path, const std::string& root,
                                      std::atomic<std::uint64_t>& next_number);
  TemporaryFile(TemporaryFile&& other) noexcept
      : file_(std::move(other.file_)),
        path_(std::exchange(other.path_, {})),
        final_path_(std::move(other.final_path_)) {}
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  Status Write(Bytes bytes) { return WriteAll(file_, bytes, final_path_); }
  // Gives the file its final name, in place of any other, durably.
  Status Replace();
  // Gives the file its final name unless that is taken, durably.
  Result<PutOutcome> LinkUnlessThere();

 private:
  TemporaryFile(FileDescriptor file, std::string path, std::string final_path)
      : file_(std::move(file)), path_(std::move(path)), final_path_(std::move(final_path)) {}

  Status Remove();
  // Link, or, on file systems without links, a rename that replaces nothing. The errno.
  int TakeFinalName() const;

  FileDescriptor file_;
  std::string path_;  // empty once it is gone
  std::string final_path_;
};

Result<TemporaryFile> TemporaryFile::Create(std::string final_path, const std::string& root,
                                            std::atomic<std::uint64_t>& next_number) {
  const std::string folder = ParentOf(final_path);
  // A name of another store, or left by a crashed process with the same id, is stepped over.
  for (int attempt = 0; attempt < kMaxTemporaryNames; ++attempt) {
    std::string path = TemporaryPath(folder, ::getpid(), next_number++);
    FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file.valid()) {
      return TemporaryFile(std::move(file), std::move(path), std::move(final_path));
    }
    if (errno == ENOENT) {
      RETURN_IF_ERROR(MakeDirectories(folder, root));
    } else if (errno != EEXIST) {
      return FailedWith(errno, "creating a file in", folder);
    }
  }
  return FailedWith(EEXIST, "creating a file in", folder);
}

Status TemporaryFile::Replace() {
  RETURN_IF_ERROR(SyncFile(file_, final_path_));
  if (::rename(path_.c_str(), final_path_.c_str()) != 0) {
    return FailedWith(errno, "creating", final_path_);
  }
  path_.clear();
  return SyncDirectory(ParentOf(final_path_));
}

int TemporaryFile::TakeFinalName() const {
  if (::link(path_.c_str(), final_path_.c_str()) == 0) return 0;
  const int failure = errno;
  struct stat own{};
  // A second name on our file means that the link was made and only its reply was lost.
  if (::fstat(file_.get(), &own) == 0 && own.st_nlink > 1) return 0;
  if (failure != EPERM && failure != EOPNOTSUPP) return failure;
  const int renamed =
      ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, final_path_.c_str(), RENAME_NOREPLACE);
  return renamed == 0 ? 0 : errno;
}

Result<PutOutcome> TemporaryFile::LinkUnlessThere() {
  RETURN_IF_ERROR(SyncFile(file_, final_path_));
  if (const int failure = TakeFinalName(); failure != 0) {
    if (failure == EEXIST) return PutOutcome::kAlreadyExists;
    return FailedWith(failure, "creating", final_path_);
  }
  ::unlink(std::exchange(path_, {}).c_str());
  if (auto synced = SyncDirectory(ParentOf(final_path_)); !synced) {
    // The name is there, but may not survive a power cut.
    return Err(ErrorKind::kCommitUnknown, synced.error().code, synced.error().message);
  }
  return PutOutcome::kCreated;
}

class LocalWriter final : public ObjectWriter {
 public:
  explicit LocalWriter(TemporaryFile file) : file_(std::move(file)) {}
  Status Write(Bytes bytes) override { return file_.Write(bytes); }
  Status Finish() override { return file_.Replace(); }

 private:
  TemporaryFile file_;
};

struct Listing {
  std::string root;  // ends with '/'
  std::string_view start_after;
  std::vector<ObjectInfo> found;
};

using DirectoryStream = std::unique_ptr<DIR, int (*)(DIR*)>;

Result<DirectoryStream> OpenDirectory(const std::string& path) {
  DirectoryStream directory(::opendir(path.c_str()), ::closedir);
  if (!directory && errno != ENOENT && errno != ENOTDIR) {
    return FailedWith(errno, "listing", path);
  }
  return directory;
}

// Collects into `listing` what is under `folder` ("" or "a/b/", relative to the root).
Status Collect(const std::string& folder, Listing& listing) {
  const auto directory = TRY(OpenDirectory(listing.root + folder));
  while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || IsTemporary(name)) continue;
    std::string path = folder + std::string(name);
    if (entry->d_type == DT_REG && path <= listing.start_after) continue;
    struct stat found{};
    if (::fstatat(::dirfd(directory.get()), entry->d_name, &found, 0) != 0) {
      if (errno == ENOENT) continue;  // deleted meanwhile
      return FailedWith(errno, "listing", listing.root + path);
    }
    if (S_ISDIR(found.st_mode)) {
      RETURN_IF_ERROR(Collect(path + '/', listing));
    } else if (S_ISREG(found.st_mode) && path > listing.start_after) {
      listing.found.push_back(
          {std::move(path), static_cast<std::uint64_t>(found.st_size), ModifiedAt(found)});
    }
  }
  return {};
}

std::string AsFolder(std::string_view prefix) {
  std::string folder(prefix);
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  return folder;
}

}  // namespace

LocalStore::LocalStore(std::string root)
    : root_([&root] {
        while (root.size() > 1 && root.ends_with('/')) root.pop_back();
        return std::move(root);
      }()) {}

Result<std::string> LocalStore::Locate(std::string_view path) const {
  std::string_view rest = path;
  bool ok = !path.empty() && path.find('\0') == std::string_view::npos;
  while (ok) {
    const auto slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    ok = !part.empty() && part != "." && part != "..";
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (!ok) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kStoragePathInvalid,
               fmt::format("'{}' is not a path under {}", path, root_));
  }
  return fmt::format("{}/{}", root_, path);
}

Result<std::string> LocalStore::Read(std::string_view path) const {
  const std::string full = TRY(Locate(path));
  const FileDescriptor file(::open(full.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat found{};
  if (!file.valid() || ::fstat(file.get(), &found) != 0) return FailedWith(errno, "reading", full);
  std::string bytes(static_cast<std::size_t>(found.st_size), '\0');
  bytes.resize(TRY(ReadAt(file, 0, bytes, full)));
  return bytes;
}

Result<std::string> LocalStore::ReadRange(std::string_view path, std::uint64_t offset,
                                          std::uint64_t length) const {
  const std::string full = TRY(Locate(path));
  const FileDescriptor file(::open(full.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat found{};
  if (!file.valid() || ::fstat(file.get(), &found) != 0) return FailedWith(errno, "reading", full);
  const auto size = static_cast<std::uint64_t>(found.st_size);
  // Checked before the allocation: the length may come from damaged bytes.
  if (offset <= size && length <= size - offset) {
    std::string bytes(length, '\0');
    if (TRY(ReadAt(file, offset, bytes, full)) == length) return bytes;
  }
  return Err(ErrorKind::kCorruption, ErrorCode::kStorageIo,
             fmt::format("{} ends before byte {}", full, offset + length));
}

Result<ObjectInfo> LocalStore::Stat(std::string_view path) const {
  const std::string full = TRY(Locate(path));
  struct stat found{};
  if (::stat(full.c_str(), &found) != 0) return FailedWith(errno, "reading", full);
  if (!S_ISREG(found.st_mode)) return FailedWith(ENOENT, "reading", full);
  return ObjectInfo{std::string(path), static_cast<std::uint64_t>(found.st_size),
                    ModifiedAt(found)};
}

Result<PutOutcome> LocalStore::PutIfAbsent(std::string_view path, Bytes bytes) {
  const std::string full = TRY(Locate(path));
  if (::access(full.c_str(), F_OK) == 0) return PutOutcome::kAlreadyExists;
  auto file = TRY(TemporaryFile::Create(full, root_, next_temporary_));
  RETURN_IF_ERROR(file.Write(bytes));
  return file.LinkUnlessThere();
}

Status LocalStore::Put(std::string_view path, Bytes bytes) {
  const std::string full = TRY(Locate(path));
  auto file = TRY(TemporaryFile::Create(full, root_, next_temporary_));
  RETURN_IF_ERROR(file.Write(bytes));
  return file.Replace();
}

Result<std::unique_ptr<ObjectWriter>> LocalStore::Create(std::string_view path) {
  const std::string full = TRY(Locate(path));
  return std::make_unique<LocalWriter>(TRY(TemporaryFile::Create(full, root_, next_temporary_)));
}

Result<std::vector<ObjectInfo>> LocalStore::List(std::string_view prefix,
                                                 std::string_view start_after) const {
  Listing listing{.root = root_ + '/', .start_after = start_after, .found = {}};
  RETURN_IF_ERROR(Collect(AsFolder(prefix), listing));
  std::ranges::sort(listing.found, {}, &ObjectInfo::path);
  return std::move(listing.found);
}

Result<std::vector<std::string>> LocalStore::ListFolders(std::string_view prefix) const {
  std::vector<std::string> names;
  const auto directory = TRY(OpenDirectory(fmt::format("{}/{}", root_, prefix)));
  while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    struct stat found{};
    if (name == "." || name == "..") continue;
    if (::fstatat(::dirfd(directory.get()), entry->d_name, &found, 0) != 0) continue;
    if (S_ISDIR(found.st_mode)) names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Status LocalStore::Delete(std::string_view path) {
  const std::string full = TRY(Locate(path));
  if (::unlink(full.c_str()) != 0 && errno != ENOENT) return FailedWith(errno, "deleting", full);
  return {};
}

Status LocalStore::Move(std::string_view from, std::string_view to) {
  const std::string source = TRY(Locate(from));
  const std::string target = TRY(Locate(to));
  if (ParentOf(target) != ParentOf(source)) {
    RETURN_IF_ERROR(MakeDirectories(ParentOf(target), root_));
  }
  if (::rename(source.c_str(), target.c_str()) != 0) {
    if (errno == ENOENT && ::access(target.c_str(), F_OK) == 0) return {};
    return FailedWith(errno, "moving", source);
  }
  RETURN_IF_ERROR(SyncDirectory(ParentOf(target)));
  return ParentOf(target) == ParentOf(source) ? Status() : SyncDirectory(ParentOf(source));
}

Status LocalStore::MoveFolder(std::string_view from, std::string_view to) {
  const std::string source = TRY(Locate(from));
  const std::string target = TRY(Locate(to));
  RETURN_IF_ERROR(MakeDirectories(ParentOf(target), root_));
  if (::rename(source.c_str(), target.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return FailedWith(errno, "moving", source);
  }
  RETURN_IF_ERROR(SyncDirectory(ParentOf(target)));
  return SyncDirectory(ParentOf(source));
}

}  // namespace foreset
