// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/cli/connector/connector_mapping.h"

namespace foreset::cli {

// Reads the JSON of a Debezium MySQL or MariaDB connector, with or without the {"name", "config"}
// wrapper, and maps it key by key. kInvalidInput (kConnectorUnreadable) when it is not such a file.
Result<ConnectorMapping> MapConnector(const std::string& json, std::string_view file);

}  // namespace foreset::cli
