// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "foreset/base/mutex.h"
#include "foreset/base/result.h"
#include "foreset/server/connector.h"
#include "foreset/server/connector_plugin.h"
#include "foreset/server/connector_store.h"
#include "foreset/server/request_body.h"

namespace foreset::server {

using Plugins = std::vector<std::unique_ptr<ConnectorPlugin>>;

// All connectors of a server. What is asked of one is durable before it happens and before the call
// returns, so that a restart goes on with it. Changes are made one after the other; each may wait
// for a source server's answer. Thread-safe.
class ConnectorRegistry {
 public:
  // Begins what ran before. A connector that can no longer be made sense of is there, failed.
  static Result<std::unique_ptr<ConnectorRegistry>> Open(Plugins plugins, ConnectorStore store);

  std::vector<std::string> Names() const;
  // kNotFound (kConnectorUnknown).
  Result<std::shared_ptr<Connector>> Find(const std::string& name) const;

  // By class name or its last part. kNotFound when there is none.
  Result<const ConnectorPlugin*> FindPlugin(const std::string& class_name) const;
  const Plugins& plugins() const { return plugins_; }

  // kInvalidInput: kConnectorExists, kConnectorInvalid with every mistake, or kConnectorLakeTaken.
  Status Create(const NewConnector& made);
  // Makes or changes one; true when it was made. Masked secrets keep their former value as long as
  // they go to the same place. What is as it was, and has not failed, is left to run.
  Result<bool> Put(const std::string& name, ConnectorConfig config);
  Status Patch(const std::string& name, const ConnectorConfig::Changes& changes);
  // As the plugin does, with masked secrets as Put would take them.
  ConfigValidation Validate(const ConnectorPlugin& plugin, ConnectorConfig config) const;
  // Ends its run first. The lake stays as it is.
  Status Delete(const std::string& name);
  Status SetTarget(const std::string& name, TargetState target);

 private:
  ConnectorRegistry(Plugins plugins, ConnectorStore store)
      : plugins_(std::move(plugins)), store_(std::move(store)) {}

  // The task of a configuration that nothing speaks against.
  Result<std::shared_ptr<ConnectorTask>> Accept(const std::string& name,
                                                const ConnectorConfig& config) const;
  Result<std::shared_ptr<ConnectorTask>> OpenTask(const std::string& name,
                                                  const ConnectorConfig& config) const;
  // Fills in the secrets that come back masked, unless they would go elsewhere.
  void KeepSecrets(ConnectorConfig& config, const ConnectorConfig& former) const;
  // Options without effect, which an earlier program kept, leave the store.
  Status ForgetUseless(const StoredConnector& stored) const;
  // Without the options that have no effect; of an unknown class only those that name it.
  ConnectorConfig Kept(const ConnectorConfig& config) const;
  Status CheckLakeIsFree(const std::string& name, const ConnectorTask& task) const;
  Status Change(const std::string& name, ConnectorConfig config) REQUIRES(changes_);

  const Plugins plugins_;
  const ConnectorStore store_;
  Mutex changes_;  // held while a change is made; before mutex_
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<Connector>> connectors_ GUARDED_BY(mutex_);
};

}  // namespace foreset::server
