// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/batch/csv_dialect.h"
#include "foreset/batch/csv_evidence.h"
#include "foreset/batch/input_files.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {

// What a file's first rows show.
struct SniffedCsv {
  CsvDialect dialect;                  // its columns have the types that were said or found
  std::vector<TypeEvidence> evidence;  // of each column
  // The first line may be a row as well as the header, for which it is taken: nothing but text is
  // there, or some of its values are of their columns' types and others not.
  bool header_uncertain = false;
  bool header_missed = false;  // its values take the first line for a row; nothing was said
  // How many lines seem to be titles above the header: more rows agree on another number of columns
  // than have the dialect's. 0: none.
  std::uint64_t title_lines = 0;
};

// Finds out what was not said. The sample of its first lines stands in `temporary_folder` during
// the call. `format` is of the wishes, and outlives the evidence. kCsvShapeUnknown says why it
// cannot.
Result<SniffedCsv> SniffCsv(sql::Engine& engine, const LocalFile& file, const std::string& name,
                            const CsvWishes& wishes, const ValueFormat& format,
                            const std::string& temporary_folder);

}  // namespace foreset::batch
