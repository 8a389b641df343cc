// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/config/references.h"

// The files that the user names: settings, secrets, models, certificates. Every one of them is read
// or checked here, so that what is no such file is told the same way.
namespace foreset::cli {

// The bytes of a small file, or of a pipe. kFileUnusable, its message why and without the path:
// there is none, a folder, not to be read, without an end (more than 16 MiB), or a pipe that brings
// nothing for five seconds.
Result<std::string> ReadSmallFile(const std::string& path);

// Reads it by `read_file`; kFileUnusable says `option` and path, too.
Result<std::string> ReadNamedFile(const FileReader& read_file, std::string_view option,
                                  const std::string& path);

// Whether a library can read certificates or a key from the file itself, as often as it likes: as
// ReadNamedFile, and a pipe will not do, nor what is no PEM. An empty path names none: well.
Status CheckPemFile(std::string_view option, const std::string& path);

// CheckPemFile of all certificates and keys that a configuration names.
Status CheckPemFiles(const Configuration& configuration);

}  // namespace foreset::cli
