// SPDX-License-Identifier: MIT
#include "foreset/cli/report_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/batch.h"

namespace foreset::cli {
namespace {

bool IsReport(const std::string& path) {
  simdjson::dom::parser parser;
  double seconds = 0;
  return parser.load(path).get_object()["seconds"].get_double().get(seconds) == simdjson::SUCCESS;
}

bool IsWholeFile(const std::string& path) {
  std::error_code error;
  const auto there = std::filesystem::status(path, error);
  return there.type() == std::filesystem::file_type::not_found ||
         there.type() == std::filesystem::file_type::regular;
}

bool WriteTo(const std::string& path, const std::string& report) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << report;
  out.close();
  return !out.fail();
}

}  // namespace

Status CheckReportFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  if (std::filesystem::file_size(path, error) == 0 || IsReport(path)) return {};
  return Err(ErrorKind::kInvalidInput, batch_error::kOutputExists,
             fmt::format("{} is there, and is no report", path),
             "Name another file with --report.");
}

Status WriteReportFile(const std::string& path, const std::string& report) {
  const bool whole = IsWholeFile(path);
  const std::string next = whole ? path + ".next" : path;
  std::error_code error;
  const bool written = WriteTo(next, report);
  if (written && whole) std::filesystem::rename(next, path, error);
  if (written && !error) return {};
  return Err(ErrorKind::kTransient, ErrorCode::kOutputFailed,
             fmt::format("cannot write the report {}", path));
}

}  // namespace foreset::cli
