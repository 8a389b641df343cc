// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/server/connector_plugin.h"

namespace foreset::cli {

// One configuration's pipeline as a connector's task.
class LakeTask final : public server::ConnectorTask {
 public:
  // `context` outlives the task.
  LakeTask(Configuration configuration, const Context& context)
      : configuration_(std::move(configuration)), context_(context) {}

  std::vector<std::string> Locations() const override;
  std::string SourceName() const override { return configuration_.name; }
  Status Run(pipeline::StatusBoard& board, const std::stop_token& stop) override;
  Result<std::optional<SourcePosition>> Position() override;
  Status ResetPosition() override;

 private:
  const Configuration configuration_;
  const Context& context_;
};

}  // namespace foreset::cli
