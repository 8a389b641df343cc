// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/server/connector_plugin.h"

namespace foreset::cli {

// Debezium's MySQL or MariaDB connector, by its class name, as a pipeline of Foreset. The lake is
// that of `base`.
class MySqlPlugin final : public server::ConnectorPlugin {
 public:
  // Both outlive the plugin and its tasks.
  MySqlPlugin(std::string class_name, const Configuration& base, const Context& context)
      : class_name_(std::move(class_name)), base_(base), context_(context) {}

  std::string ClassName() const override { return class_name_; }
  std::string Version() const override;
  std::vector<server::OptionDefinition> Options() const override;
  server::OptionUse UseOf(const std::string& option) const override;
  std::string DestinationOf(const server::ConnectorConfig& config) const override;
  server::ConfigValidation Validate(const server::ConnectorConfig& config) const override;
  Result<std::unique_ptr<server::ConnectorTask>> Open(
      const std::string& name, const server::ConnectorConfig& config) const override;

 private:
  const std::string class_name_;
  const Configuration& base_;
  const Context& context_;
};

}  // namespace foreset::cli
