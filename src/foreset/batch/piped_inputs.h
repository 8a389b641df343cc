// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/batch/input_files.h"

namespace foreset::batch {

// Inputs that can be read once only: "-", which is the standard input, and pipes. Each is copied
// to a file, since an input is read several times. Immutable.
class PipedInputs {
 public:
  // Reads the piped ones of the inputs to their ends, into files of `folder`. kInputMissing,
  // kStorageFull; kCancelled once a stop is requested, also while nothing comes.
  static Result<PipedInputs> Take(const std::vector<std::string>& inputs, const std::string& folder,
                                  const std::stop_token& stop);
  // The inputs, the copies in place of the piped ones.
  const std::vector<std::string>& paths() const { return paths_; }
  // Gives copies among the files the names by which users know them.
  void Name(std::vector<InputFile>& files) const;

 private:
  PipedInputs() = default;
  std::vector<std::string> paths_;
  std::map<std::string, std::string> names_;  // of the copies
};

}  // namespace foreset::batch
