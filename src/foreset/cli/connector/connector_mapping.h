// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/cli/connector/debezium_options.h"
#include "foreset/cli/init/init_answers.h"

namespace foreset::cli {

enum class MappedFate : std::uint8_t { kTaken, kNotNeeded, kRefused };

// What became of one option, with the place that it was taken to, or the reason.
struct MappedOption {
  std::string key;
  MappedFate fate = MappedFate::kTaken;
  std::string text;
};

// What became of a connector's configuration. An option that is taken in part stands there twice.
struct ConnectorMapping {
  InitAnswers answers;
  std::vector<MappedOption> options;
};

// Maps the options of a Debezium MySQL or MariaDB connector, in order; the last of two wins. None
// is left out of the result. The password is never taken over.
ConnectorMapping MapConnectorOptions(
    const std::vector<std::pair<std::string, std::string>>& options);

// Globs over "database.table" that select what one of Debezium's anchored regular expressions does:
// "shop\.Orders" and "shop.Orders" are "shop.Orders", "shop\..*" is "shop.*", "shop\.(A|B)" is
// "shop.A" and "shop.B". Empty where there are none.
std::vector<std::string> GlobsOfExpression(std::string_view expression);

}  // namespace foreset::cli
