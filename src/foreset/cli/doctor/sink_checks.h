// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/capture/mysql/server_checks.h"
#include "foreset/cli/config/configuration.h"

namespace foreset::cli {

// Whether sink.kafka, which the configuration has, can be published to: the brokers answer and let
// us in, the topics can be listed, a transactional producer is granted, and what was published can
// be read back. Publishes nothing, and leaves a running publisher alone.
std::vector<mysql::ServerCheck> CheckSink(const Configuration& configuration);

}  // namespace foreset::cli
