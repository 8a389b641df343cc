// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"

namespace foreset::cli {

// The file that --report names. Before the work begins: kInvalidInput
// (kOutputExists) when a file is there that is no report of these commands.
Status CheckReportFile(const std::string& path);

// Whole or not at all, in place of an earlier report; into a pipe or a device as it is.
// kOutputFailed.
Status WriteReportFile(const std::string& path, const std::string& report);

}  // namespace foreset::cli
