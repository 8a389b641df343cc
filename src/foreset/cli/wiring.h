// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/kafka/kafka_source.h"
#include "foreset/capture/mysql/mysql_source.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/context.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/storage/lake_lock.h"

// From what the configuration says to what the modules take.
namespace foreset::cli {

// A UUID of version 4 (RFC 9562).
std::string RandomUuid();

// Which tables the lake has, and where.
lake::LakeLayout LayoutOf(const Configuration& configuration);
// The rules of silver.
lake::RuleConfig RulesOf(const Configuration& configuration);

// The lake with its layers' roots seen in their formats; nothing is made yet. The context outlives
// it.
Result<lake::Lake> OpenLake(const Configuration& configuration, const Context& context);

// The layers' containers in Azure that are not there, when the configuration asks for that.
Status MakeContainers(const Configuration& configuration, const Context& context);

// Whether all three layers' places can be listed: a wrong key or a missing container is told before
// anything is copied, and not table by table.
Status ReachLake(const lake::LakeStores& stores);

// A new UUID, as text.
std::string RandomUuid();

// What Foreset keeps on this machine: "foreset" below XDG's state home.
std::string StateFolder(const Context& context);
// The file by which processes of this machine keep out of one another's lake: in the lake, or in
// the state folder when the lake is elsewhere.
std::string LakeLockFile(const Configuration& configuration, const Context& context);
// The layers that a run of those keeps for itself: bronze in any case, because whoever follows it
// says there what may go.
std::vector<const LayerSettings*> KeptLayers(const LakeSettings& lake,
                                             const pipeline::LayerSelection& layers);
// kLakeLocked while another process of this machine runs this lake, or keeps one of those layers
// for another lake. A layer that is elsewhere is left out when nothing can be written here: its
// tables' progress fences, as between machines. Of the other layers nothing is made.
using LakeLocks = std::vector<std::unique_ptr<LakeLock>>;
Result<LakeLocks> LockLake(const Configuration& configuration, const Context& context,
                           const pipeline::LayerSelection& layers = pipeline::kAllLayers);

// The locks of the lake that has a table at `location`, its layer being one or two folders above;
// none where no pipeline has ever run. kLakeLocked while one runs.
Result<LakeLocks> LockTable(const std::string& location, const Context& context);

pipeline::PipelineOptions PipelineOptionsOf(const Configuration& configuration);

// What sink.kafka says; the configuration has it.
pipeline::PublishOptions PublishOptionsOf(const Configuration& configuration);

// How to reach the source. kConfigInvalid when the configuration names no MySQL server.
Result<mysql::MysqlOptions> SourceOptionsOf(const Configuration& configuration);

// The server itself, beside topics too.
Result<std::unique_ptr<mysql::MysqlSource>> OpenServer(const Configuration& configuration,
                                                       const Context& context);

// What the configuration says of topics, with the server beside them when it names one.
Result<kafka::KafkaOptions> KafkaOptionsOf(const Configuration& configuration,
                                           const Context& context);

// Where changes come from: topics when the configuration names them, else as OpenRows.
Result<std::unique_ptr<Source>> OpenSource(const Configuration& configuration,
                                           const Context& context);

// What can be asked for all rows of the tables: plain tables, or the server, also the one behind
// topics.
Result<std::unique_ptr<Source>> OpenRows(const Configuration& configuration,
                                         const Context& context);

}  // namespace foreset::cli
