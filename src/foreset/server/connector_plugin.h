// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/pipeline/status.h"
#include "foreset/server/config_validation.h"
#include "foreset/server/connector_config.h"

namespace foreset::server {

// The pipeline that a connector's configuration stands for. Run blocks on one thread; Position may
// be called meanwhile by another, and Locations and SourceName by any; the rest only while nothing
// runs.
class ConnectorTask {
 public:
  virtual ~ConnectorTask() = default;

  // Where it writes: no two connectors may share one of them.
  virtual std::vector<std::string> Locations() const = 0;
  // What Debezium calls the server of its offsets: the topic prefix.
  virtual std::string SourceName() const = 0;

  // Captures until asked to stop, which is a success. kTransient: the same call may succeed later.
  virtual Status Run(pipeline::StatusBoard& board, const std::stop_token& stop) = 0;
  // Up to where the lake is complete; nothing before the first copy. Read from the lake.
  virtual Result<std::optional<SourcePosition>> Position() = 0;
  // Takes the tables out of the way (they are kept), so that the next run copies everything anew.
  virtual Status ResetPosition() = 0;
};

// One kind of connector. Thread-safe.
class ConnectorPlugin {
 public:
  virtual ~ConnectorPlugin() = default;

  virtual std::string ClassName() const = 0;
  virtual std::string Version() const = 0;
  virtual std::vector<OptionDefinition> Options() const = 0;
  virtual OptionUse UseOf(const std::string& option) const = 0;
  // Where, as whom and how safely its secrets are sent, as text: equal texts, the same place.
  virtual std::string DestinationOf(const ConnectorConfig& config) const = 0;
  // Names every mistake (kMask for a secret is one) and every option that has no effect. Asks the
  // source server whether it can be captured from when the options that lead there are in order.
  virtual ConfigValidation Validate(const ConnectorConfig& config) const = 0;
  // Contacts nobody. kInvalidInput (kConnectorInvalid) for what Validate finds by itself.
  virtual Result<std::unique_ptr<ConnectorTask>> Open(const std::string& name,
                                                      const ConnectorConfig& config) const = 0;
};

}  // namespace foreset::server
