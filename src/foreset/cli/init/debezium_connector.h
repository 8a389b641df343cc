// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/cli/init/init_answers.h"

namespace foreset::cli {

// What became of a connector's configuration.
struct ConnectorMapping {
  InitAnswers answers;
  std::vector<std::string> mapped;      // "database.hostname → source.mysql.host"
  std::vector<std::string> not_needed;  // "decimal.handling.mode: decimals are always exact"
  std::vector<std::string> not_mapped;  // keys that have no counterpart, each with the reason
};

// Reads the JSON of a Debezium MySQL or MariaDB connector, with or without the {"name", "config"}
// wrapper. Every key ends up in one of the three lists. kInvalidInput (kConnectorUnreadable) when
// it is not such a file. The password is never taken over.
Result<ConnectorMapping> MapConnector(const std::string& json, std::string_view file);

// A glob over "database.table" of one of Debezium's anchored regular expressions, where it has one:
// "shop\.Orders" and "shop.Orders" are "shop.Orders", "shop\..*" is "shop.*". Empty where not.
std::string GlobOfExpression(std::string_view expression);

}  // namespace foreset::cli
