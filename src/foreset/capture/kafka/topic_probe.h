// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "foreset/capture/debezium/modes.h"
#include "foreset/capture/kafka/consumer.h"
#include "foreset/capture/mysql/server_checks.h"

namespace foreset::kafka {

// Reads the last few records of each of these topics and says which of them are not what Foreset
// reads: another converter's, another connector's, deletes without a place. One check where there
// is nothing to say. `consumer` reads nothing else.
std::vector<mysql::ServerCheck> ProbeTopics(Consumer& consumer,
                                            const std::map<std::string, std::int32_t>& topics,
                                            const debezium::DebeziumModes& modes);

}  // namespace foreset::kafka
