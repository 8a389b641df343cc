// SPDX-License-Identifier: MIT
#include "foreset/storage/lake_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "foreset/storage/local/local_files.h"

namespace foreset {
namespace {

// The number that the holder wrote, for the message only.
std::string ReadHolder(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t count = ::pread(descriptor, text.data(), text.size(), 0);
  std::string holder(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  return holder.empty() ? "unknown" : holder;
}

constexpr int kAttempts = 5;
constexpr std::chrono::milliseconds kBetweenAttempts{20};

// Who only asks (IsHeld) lets go at once: whoever is refused tries again before believing it.
bool LockAlone(int descriptor) {
  for (int attempt = 1;; ++attempt) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK || attempt == kAttempts) return false;
    std::this_thread::sleep_for(kBetweenAttempts);
  }
}

}  // namespace

Result<bool> LakeLock::IsHeld(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return FailedWith(errno, "opening", file);
  }
  const bool free = ::flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  const int failure = free ? 0 : errno;
  ::close(descriptor);
  if (free || failure == EWOULDBLOCK) return !free;
  return FailedWith(failure, "locking", file);
}

Result<std::unique_ptr<LakeLock>> LakeLock::Acquire(const std::string& file) {
  RETURN_IF_ERROR(MakeDirectories(ParentOf(file), ParentOf(file)));
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return FailedWith(errno, "opening", file);
  std::unique_ptr<LakeLock> lock(new LakeLock(descriptor));
  if (!LockAlone(descriptor)) {
    if (errno != EWOULDBLOCK) return FailedWith(errno, "locking", file);
    return Err(ErrorKind::kTransient, ErrorCode::kLakeLocked,
               fmt::format("{} is held by process {}", file, ReadHolder(descriptor)));
  }
  const std::string holder = fmt::format("{}\n", ::getpid());
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, holder.data(), holder.size(), 0) < 0) {
    return FailedWith(errno, "writing", file);
  }
  return lock;
}

LakeLock::~LakeLock() { ::close(descriptor_); }

}  // namespace foreset
