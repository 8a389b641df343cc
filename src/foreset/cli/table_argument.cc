// SPDX-License-Identifier: MIT
#include "foreset/cli/table_argument.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "foreset/cli/configuration_option.h"
#include "foreset/cli/store_options.h"
#include "foreset/lake/parquet_layout.h"
#include "foreset/storage/open.h"

namespace foreset::cli {
namespace {

std::string Absolute(const std::string& text, const Context& context) {
  if (text.find(':') != std::string::npos) return text;
  auto path = (std::filesystem::path(context.working_directory) / text).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Result<std::shared_ptr<ObjectStore>> OpenLayer(const Configuration& configuration,
                                               const LayerSettings& layer, const Context& context) {
  return lake::DetectedLayout(
      TRY(OpenStore(layer.location, StoreOptionsOf(configuration, context))));
}

Result<NamedTable> OpenNamedTable(const std::string& text, const std::string& configuration_file,
                                  const Context& context) {
  if (text.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kTableNotNamed, "the table's name is empty");
  }
  std::string location = Absolute(text, context);
  const std::size_t slash = text.find('/');
  const bool has_folder = slash != std::string::npos && slash + 1 < text.size();
  const auto layer = has_folder ? lake::LayerNamed(text.substr(0, slash)) : std::nullopt;
  StoreOptions options = StoreOptionsOf(context);
  const bool configured = !ConfigurationFile(configuration_file, context).empty();
  if (configured && (layer || text.find("://") != std::string::npos)) {
    const Configuration configuration = TRY(LoadConfiguration(configuration_file, context));
    if (layer) location = configuration.lake[*layer].location + text.substr(slash);
    options = StoreOptionsOf(configuration, context);
  }
  return NamedTable{text, location, lake::DetectedLayout(TRY(OpenStore(location, options)))};
}

}  // namespace foreset::cli
