// SPDX-License-Identifier: MIT
#include "foreset/cli/init/debezium_connector.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/cli/config/settings_node.h"

namespace foreset::cli {

Result<ConnectorMapping> MapConnector(const std::string& json, std::string_view file) {
  const auto unreadable = [file](std::string_view why) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorUnreadable,
               fmt::format("{}: {}", file, why));
  };
  const auto root = ParseSettings(json, file);
  if (!root) return unreadable(root.error().message);
  const SettingsNode* config = &*root;
  std::vector<std::pair<std::string, std::string>> options;
  for (const auto& member : root->members) {
    if (member.key == "config" && member.value.kind == NodeKind::kMapping) config = &member.value;
  }
  if (config != &*root) {
    for (const auto& member : root->members) {
      if (member.key == "name") options.emplace_back(member.key, member.value.scalar);
    }
  }
  if (config->members.empty()) return unreadable("it is not a connector's configuration");
  for (const auto& member : config->members) {
    if (member.value.kind != NodeKind::kScalar) {
      return unreadable(fmt::format("the value of \"{}\" is not text", member.key));
    }
    options.emplace_back(member.key, member.value.scalar);
  }
  return MapConnectorOptions(options);
}

}  // namespace foreset::cli
