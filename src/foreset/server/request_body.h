// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/server/connector_config.h"
#include "foreset/server/connector_state.h"

// JSON bodies of requests. All of them: kInvalidInput (kRequestNotUnderstood), which never quotes
// the body, because a body may hold a password.
namespace foreset::server {

// {"name":…,"config":{…},"initial_state":"RUNNING"}; the state may be missing.
struct NewConnector {
  std::string name;
  ConnectorConfig config;
  TargetState target = TargetState::kRunning;
};
Result<NewConnector> ReadNewConnector(std::string_view body);

// {"option":"value",…}: numbers and booleans are taken as their text; null removes the option.
Result<ConnectorConfig::Changes> ReadOptions(std::string_view body);

// One entry of {"offsets":[{"partition":{…},"offset":{…}}]}; numbers are taken as their text.
struct OffsetEntry {
  std::map<std::string, std::string> partition;
  std::optional<std::map<std::string, std::string>> offset;  // nothing: forget it
};
Result<std::vector<OffsetEntry>> ReadOffsets(std::string_view body);

}  // namespace foreset::server
