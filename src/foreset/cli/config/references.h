// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/base/result.h"

namespace foreset::cli {

// The value of an environment variable, if it is set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
// The bytes of a small file.
using FileReader = std::function<Result<std::string>(const std::string&)>;

// Where references are looked up. `directory`: from where a relative ${file:…} starts.
struct ReferenceSources {
  Environment environment;
  FileReader read_file;
  std::string directory;
  // How many bytes references may still put in, all together: their files are small.
  std::shared_ptr<std::size_t> room = std::make_shared<std::size_t>(4UL << 20U);
};

// One scalar with `${env:NAME}` and `${file:PATH}` replaced (a file's final line break dropped);
// `$${` stands for `${`. What is put in is never looked at again, so a value cannot smuggle in
// structure or further references. kInvalidInput names what is missing, never a value.
Result<std::string> ReplaceReferences(std::string_view text, const ReferenceSources& sources);

}  // namespace foreset::cli
