// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/batch/csv_dialect.h"
#include "foreset/cli/command_line/command.h"

namespace foreset::cli {

// How CSV files are written, as the options of the commands that read them say it.
struct CsvOptions {
  std::string header = "auto";
  std::string delimiter;
  std::string quote;
  std::string escape;
  std::string comment;
  std::string decimal;
  std::string thousands;
  std::optional<std::int64_t> skip;
  batch::CsvWishes wishes;  // the options that stand there as they are
  std::vector<Option> options;

  // The first of them that was given, as "--skip"; empty where none was.
  std::string given() const;
};

// `csv` must outlive parsing.
void AddCsvOptions(Command command, CsvOptions& csv);

// kUsage when one takes another value.
Result<batch::CsvWishes> WishesOf(const CsvOptions& csv);

}  // namespace foreset::cli
