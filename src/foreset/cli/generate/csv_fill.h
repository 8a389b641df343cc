// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/cli/generate/bulk_fill.h"
#include "foreset/cli/generate/load_runner.h"

namespace foreset::cli {

// The shop's tables as CSV files: `folder`/<Table>/part-00000.csv and so on, with a header; without
// any server. The same for the same seed and rows. Memory is bounded. kOutputExists when the folder
// has something in it. A stop leaves whole files and is an error.
Result<LoadReport> RunCsvFill(const std::string& folder, std::uint64_t seed, const BulkRows& rows,
                              const Clock& clock, const std::stop_token& stop);

}  // namespace foreset::cli
