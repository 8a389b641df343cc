// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/lake_checks.h"

#include <unistd.h>

#include <filesystem>
#include <random>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "foreset/cli/doctor/disk_check.h"
#include "foreset/cli/store_options.h"
#include "foreset/storage/azure/azure_store.h"
#include "foreset/storage/store_probe.h"

namespace foreset::cli {
namespace {

// The deepest folder on the way to `path` that is there.
std::filesystem::path NearestFolder(std::filesystem::path path) {
  std::error_code ignored;
  while (!std::filesystem::exists(path, ignored) && path.has_relative_path()) {
    path = path.parent_path();
  }
  return path;
}

// What the place holds is nobody's business here, so the object's name is one of its own.
std::string ProbeName() {
  std::random_device device;
  return fmt::format("_foreset-doctor-{:08x}{:08x}", device(), device());
}

void Fail(mysql::ServerCheck& check, const Error& error) {
  check.outcome = mysql::CheckOutcome::kFailed;
  check.wanted = error.message;
  check.fix = error.NextStep();
  check.code = error.code;
}

mysql::ServerCheck CheckRemotePlace(const std::string& name, const LayerSettings& layer,
                                    const StoreOptions& options) {
  mysql::ServerCheck check{.name = "lake." + name, .found = layer.location};
  const auto store = OpenStore(layer.location, options);
  const Status tried = store ? ProbeStore(**store, ProbeName()) : std::unexpected(store.error());
  if (const auto way = DescribeAzureCredential(layer.location, options.azure)) {
    check.found += fmt::format(", by {}", *way);
  }
  if (!tried) Fail(check, tried.error());
  return check;
}

mysql::ServerCheck CheckPlace(const std::string& name, const LayerSettings& layer,
                              const StoreOptions& options) {
  if (!IsLocal(layer)) return CheckRemotePlace(name, layer, options);
  mysql::ServerCheck check{.name = "lake." + name, .found = layer.location};
  const auto folder = NearestFolder(layer.location);
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed) || access(folder.c_str(), W_OK) != 0) {
    check.outcome = mysql::CheckOutcome::kFailed;
    check.wanted = fmt::format("{} must be a directory that may be written to", folder.string());
    check.fix = fmt::format("sudo install -d -o \"$USER\" {}", layer.location);
    check.code = ErrorCode::kStorageIo;
    return check;
  }
  // Where there is no lake yet, its disk is tried in the folder above.
  const auto store = OpenStore(folder.string(), options);
  const Status tried = store ? ProbeStore(**store, ProbeName()) : std::unexpected(store.error());
  if (!tried) Fail(check, tried.error());
  if (const auto room = ReadDiskRoom(folder.string())) JudgeRoom(*room, check);
  return check;
}

}  // namespace

std::vector<mysql::ServerCheck> CheckLake(const Configuration& configuration,
                                          const Context& context) {
  const StoreOptions options = StoreOptionsOf(configuration, context);
  std::vector<mysql::ServerCheck> checks;
  for (const lake::Layer layer : lake::kLayers) {
    checks.push_back(
        CheckPlace(std::string(lake::NameOf(layer)), configuration.lake[layer], options));
  }
  return checks;
}

}  // namespace foreset::cli
