// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"

namespace foreset::cli {

// What is written to a place, as --to and --format say it.
struct OutputPlace {
  std::string format;  // "delta", "parquet", "csv", "json", "jsonl"
  bool gzip = false;
};

// By the ending of the last part, whatever its case: .parquet, .csv, .json, .jsonl, .ndjson, the
// last four also with .gz; none, or a slash at the end, is a Delta table. `format`, if not empty,
// decides instead. kInvalidInput (kUsage) for the ending of a file that is none of these.
Result<OutputPlace> OutputPlaceOf(const std::string& place, const std::string& format);

// For what writes Delta tables only: kInvalidInput (kUsage) where the place looks like a file.
Status RefuseFileName(const std::string& option, const std::string& place);

}  // namespace foreset::cli
