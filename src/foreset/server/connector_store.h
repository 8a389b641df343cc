// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/server/connector_config.h"
#include "foreset/server/connector_state.h"

namespace foreset::server {

// What is kept of a connector. Its position is not: that is in the lake.
struct StoredConnector {
  std::string name;
  TargetState target = TargetState::kRunning;
  ConnectorConfig config;
};

// The connectors of one server, a file each in `connectors/` below the state directory. Files hold
// passwords and are readable by their owner alone. A write is durable on return and replaces the
// file in one step: after a crash there is the old connector or the new one. Not thread-safe.
class ConnectorStore {
 public:
  // Makes the directories where missing.
  static Result<ConnectorStore> Open(const std::string& directory);

  // By name. kCorruption (kConnectorStateDamaged) names a file that cannot be understood.
  Result<std::vector<StoredConnector>> ReadAll() const;
  Status Write(const StoredConnector& connector) const;
  // A success when there is none.
  Status Remove(const std::string& name) const;

 private:
  explicit ConnectorStore(std::string directory) : directory_(std::move(directory)) {}
  std::string PathOf(const std::string& name) const;

  std::string directory_;
};

}  // namespace foreset::server
