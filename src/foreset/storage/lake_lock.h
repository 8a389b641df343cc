// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "foreset/base/result.h"

namespace foreset {

// Keeps every other process of this machine out of a lake: an operating-system lock on a file,
// held while this object lives and released by the system when the process dies in any way. The
// file stays behind and means nothing by itself. Not thread-safe; does not fence other machines.
class LakeLock {
 public:
  // Makes the file and its folders where missing. kTransient (kLakeLocked), naming the holder's
  // process id, when another process (or another LakeLock) has it.
  static Result<std::unique_ptr<LakeLock>> Acquire(const std::string& file);
  // Whether somebody has it. A file that is missing is held by nobody. Never makes an Acquire fail.
  static Result<bool> IsHeld(const std::string& file);
  ~LakeLock();
  LakeLock(const LakeLock&) = delete;
  LakeLock& operator=(const LakeLock&) = delete;

 private:
  explicit LakeLock(int descriptor) : descriptor_(descriptor) {}

  const int descriptor_;
};

}  // namespace foreset
