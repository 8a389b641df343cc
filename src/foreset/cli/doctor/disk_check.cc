// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/disk_check.h"

#include <sys/statvfs.h>

#include <limits>

#include <fmt/format.h>

#include "foreset/base/errors/operation.h"
#include "foreset/cli/config/quantity.h"

namespace foreset::cli {
namespace {

constexpr DiskRoom kTooLittle{.bytes = 64ULL << 20U, .inodes = 100};
constexpr DiskRoom kLittle{.bytes = 1ULL << 30U, .inodes = 10'000};

bool IsBelow(const DiskRoom& room, const DiskRoom& limit) {
  return room.bytes < limit.bytes || room.inodes < limit.inodes;
}

}  // namespace

Result<DiskRoom> ReadDiskRoom(const std::string& folder) {
  struct statvfs found{};
  if (statvfs(folder.c_str(), &found) != 0) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kStorageIo,
               fmt::format("{}: the file system cannot be asked how much room it has", folder));
  }
  return DiskRoom{
      .bytes = static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize,
      .inodes = found.f_files == 0 ? std::numeric_limits<std::uint64_t>::max() : found.f_favail};
}

void JudgeRoom(const DiskRoom& room, mysql::ServerCheck& check) {
  check.found += fmt::format(", {} free", FormatSize(room.bytes));
  if (check.outcome == mysql::CheckOutcome::kFailed || !IsBelow(room, kLittle)) return;
  const bool failed = IsBelow(room, kTooLittle);
  const DiskRoom& limit = failed ? kTooLittle : kLittle;
  check.outcome = failed ? mysql::CheckOutcome::kFailed : mysql::CheckOutcome::kWarning;
  check.code = operation_error::kDiskFull;
  check.wanted = fmt::format("at least {} free, and room for {} files", FormatSize(limit.bytes),
                             FormatCount(limit.inodes));
  check.fix = "Make room, or choose another disk.";
}

}  // namespace foreset::cli
