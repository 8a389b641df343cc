// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/server/connector_config.h"

namespace foreset::cli {

// The configuration of the pipeline that a connector stands for: the source is the connector's, the
// lake and everything else is `base`'s, with {connector} in the lake's locations replaced by the
// connector's name. TLS files are those of `base`'s source.mysql. kInvalidInput (kConnectorInvalid)
// with every option that is missing, malformed or without a counterpart.
Result<Configuration> ConfigurationOf(const std::string& connector,
                                      const server::ConnectorConfig& config,
                                      const Configuration& base);

}  // namespace foreset::cli
