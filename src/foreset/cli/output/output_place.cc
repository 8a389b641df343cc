// SPDX-License-Identifier: MIT
#include "foreset/cli/output/output_place.h"

#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "foreset/base/ascii.h"

namespace foreset::cli {
namespace {

// Ending -> form.
const std::map<std::string, std::string>& Forms() {
  static const std::map<std::string, std::string> forms{{".parquet", "parquet"},
                                                        {".csv", "csv"},
                                                        {".json", "json"},
                                                        {".jsonl", "jsonl"},
                                                        {".ndjson", "jsonl"}};
  return forms;
}

// Names of tables have points, too (shop.Orders): a file is what ends like one.
bool IsOfAFile(const std::string& ending) {
  static const std::set<std::string> endings{
      ".xlsx", ".xls",     ".ods",    ".txt",    ".tsv",  ".tab", ".avro", ".orc",  ".arrow",
      ".ipc",  ".feather", ".pq",     ".xml",    ".yaml", ".yml", ".html", ".htm",  ".md",
      ".sql",  ".db",      ".duckdb", ".sqlite", ".zip",  ".gz",  ".bz2",  ".xz",   ".zst",
      ".tar",  ".tgz",     ".7z",     ".dat",    ".log",  ".pdf", ".parq", ".hdf5", ".h5"};
  return endings.contains(ending) || Forms().contains(ending);
}

// ".csv" of "lake/rows.csv"; empty where there is none.
std::string EndingOf(std::string_view place) {
  const std::string_view name = place.substr(place.rfind('/') + 1);
  const auto point = name.rfind('.');
  return point == std::string_view::npos || point == 0 ? "" : AsciiLower(name.substr(point));
}

}  // namespace

Result<OutputPlace> OutputPlaceOf(const std::string& place, const std::string& format) {
  std::string ending = EndingOf(place);
  const bool gzip = ending == ".gz";
  if (gzip) ending = EndingOf(std::string_view(place).substr(0, place.size() - ending.size()));
  const auto form = Forms().find(ending);
  if (!format.empty()) {
    return OutputPlace{format, gzip && format != "delta" && format != "parquet"};
  }
  const bool known = form != Forms().end() && !(gzip && form->second == "parquet");
  if (known) return OutputPlace{form->second, gzip};
  if (!gzip && !IsOfAFile(ending)) return OutputPlace{"delta", false};
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
             fmt::format("--to {}: no such form is written", place),
             "Let the name end with .parquet, .csv, .json, .jsonl, .csv.gz, .json.gz or .jsonl.gz, "
             "with none of these for a Delta table, or say --format.");
}

Status RefuseFileName(const std::string& option, const std::string& place) {
  const std::string ending = EndingOf(place);
  if (!IsOfAFile(ending)) return {};
  return Err(
      ErrorKind::kInvalidInput, ErrorCode::kUsage,
      fmt::format("{}: {} is named like a file, and a Delta table is a folder", option, place),
      fmt::format("Leave {} away; or write {}/ if the folder is to have that name.", ending,
                  place));
}

}  // namespace foreset::cli
