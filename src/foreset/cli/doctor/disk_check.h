// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "foreset/capture/mysql/server_checks.h"

namespace foreset::cli {

// What a file system has left.
struct DiskRoom {
  std::uint64_t bytes = 0;   // that this process may use
  std::uint64_t inodes = 0;  // files that may still be made; file systems without a limit: many
};

// kInvalidInput (kStorageIo) when the folder cannot be asked about.
Result<DiskRoom> ReadDiskRoom(const std::string& folder);

// Says it in `check`: a failure when a commit may not fit (64 MiB, 100 files), a warning below 1
// GiB or 10,000 files. A check that has failed already stays as it is.
void JudgeRoom(const DiskRoom& room, mysql::ServerCheck& check);

}  // namespace foreset::cli
