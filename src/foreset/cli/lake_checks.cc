// SPDX-License-Identifier: MIT
#include "foreset/cli/lake_checks.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "foreset/cli/config/quantity.h"

namespace foreset::cli {
namespace {

constexpr std::uintmax_t kLittleSpace = 1ULL << 30U;

// The deepest folder on the way to `path` that is there.
std::filesystem::path NearestFolder(std::filesystem::path path) {
  std::error_code ignored;
  while (!std::filesystem::exists(path, ignored) && path.has_relative_path()) {
    path = path.parent_path();
  }
  return path;
}

mysql::ServerCheck CheckPlace(const std::string& name, const LayerSettings& layer) {
  mysql::ServerCheck check{.name = "lake." + name, .found = layer.location};
  if (!IsLocal(layer)) {
    check.outcome = mysql::CheckOutcome::kFailed;
    check.wanted = "a local directory";
    check.fix = "This version keeps lakes on local disks only: name a directory.";
    check.code = ErrorCode::kNotInThisVersion;
    return check;
  }
  const auto folder = NearestFolder(layer.location);
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed) || access(folder.c_str(), W_OK) != 0) {
    check.outcome = mysql::CheckOutcome::kFailed;
    check.wanted = fmt::format("{} must be a directory that may be written to", folder.string());
    check.fix = fmt::format("sudo install -d -o \"$USER\" {}", layer.location);
    check.code = ErrorCode::kStorageIo;
    return check;
  }
  const auto space = std::filesystem::space(folder, failed);
  if (!failed) check.found += fmt::format(", {} free", FormatSize(space.available));
  if (!failed && space.available < kLittleSpace) {
    check.outcome = mysql::CheckOutcome::kWarning;
    check.wanted = "at least 1 GiB free";
    check.fix = "Make room, or choose another disk.";
  }
  return check;
}

}  // namespace

std::vector<mysql::ServerCheck> CheckLake(const Configuration& configuration) {
  return {CheckPlace("bronze", configuration.lake.bronze),
          CheckPlace("silver", configuration.lake.silver),
          CheckPlace("gold", configuration.lake.gold)};
}

}  // namespace foreset::cli
