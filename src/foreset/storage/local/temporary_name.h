// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "foreset/base/result.h"

// Files that are being written have a hidden name, which says who writes them, in the folder of
// their final one. What a process that died has left there no listing shows.
namespace foreset {

std::string TemporaryPath(const std::string& folder, pid_t process, std::uint64_t number);
bool IsTemporary(std::string_view name);

// Removes such files below `root` whose process does not live any more, or has our own id: nothing
// of ours is being written yet. Ask only as the one process that keeps what is there (LakeLock).
// The number of files; what cannot be looked at or removed is left.
std::size_t RemoveAbandonedFiles(const std::string& root);

}  // namespace foreset
