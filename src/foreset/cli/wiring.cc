// SPDX-License-Identifier: MIT
#include "foreset/cli/wiring.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/hash128.h"
#include "foreset/batch/delta_source.h"
#include "foreset/cli/store_options.h"
#include "foreset/lake/parquet_layout.h"
#include "foreset/storage/azure/azure_store.h"
#include "foreset/storage/open.h"

namespace foreset::cli {
namespace {

// A row may have this part of the memory limit: it is held several times on its way.
constexpr std::size_t kRowShare = 8;

mysql::TlsOptions TlsOf(const TlsSettings& settings) {
  return {.mode = static_cast<mysql::TlsMode>(settings.mode),
          .ca = settings.ca,
          .cert = settings.cert,
          .key = settings.key};
}

std::vector<lake::DimensionTemplate> DimensionsOf(const GoldSettings& gold) {
  std::vector<lake::DimensionTemplate> dimensions;
  for (const DimensionSettings& settings : gold.dimensions) {
    dimensions.push_back(
        {settings.from,
         {.current = settings.current, .history = settings.history, .columns = settings.columns}});
  }
  return dimensions;
}

lake::RuleKind KindOf(const Expectation& expectation) {
  if (expectation.otherwise == "warn") return lake::RuleKind::kWarn;
  return expectation.otherwise == "drop" ? lake::RuleKind::kDrop : lake::RuleKind::kQuarantine;
}

lake::LakeOptions LakeOptionsOf(const Configuration& configuration, const Context& context) {
  lake::LakeOptions options;
  options.name = configuration.name;
  options.clock = &context.clock;
  options.make_id = RandomUuid;
  options.upsert = configuration.upsert == UpsertMode::kRewrite
                       ? lake::UpsertMode::kRewrite
                       : lake::UpsertMode::kDeletionVectors;
  options.replaced_kept = configuration.lake.keep_replaced;
  return options;
}

}  // namespace

// Version 4, RFC 9562.
std::string RandomUuid() {
  std::random_device device;
  const auto word = [&] { return static_cast<std::uint64_t>(device()); };
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", word(), word() & 0xFFFFU,
                     word() & 0xFFFU, (word() & 0x3FFFU) | 0x8000U,
                     (word() << 16U | (word() & 0xFFFFU)) & 0xFFFFFFFFFFFFU);
}

lake::LakeLayout LayoutOf(const Configuration& configuration) {
  lake::LakeLayout layout;
  for (const lake::Layer layer : lake::kLayers) {
    layout.formats[layer] = configuration.lake[layer].format;
  }
  layout.folders = configuration.lake.layout;
  layout.dimensions = DimensionsOf(configuration.gold);
  return layout;
}

lake::RuleConfig RulesOf(const Configuration& configuration) {
  lake::RuleConfig rules;
  for (const CleaningRule& rule : configuration.silver.clean) {
    rules.tables.push_back(
        {rule.table, {{{lake::RuleKind::kClean, rule.column, rule.expression}}}});
  }
  for (const Expectation& rule : configuration.silver.expect) {
    rules.tables.push_back({rule.table, {{{KindOf(rule), "", rule.expression}}}});
  }
  rules.memory_bytes = std::max<std::size_t>(configuration.memory_limit_bytes / 16, 64UL << 20U);
  return rules;
}

Result<lake::Lake> OpenLake(const Configuration& configuration, const Context& context) {
  const StoreOptions options = StoreOptionsOf(configuration, context);
  lake::Lake lake{.stores = {},
                  .layout = LayoutOf(configuration),
                  .options = LakeOptionsOf(configuration, context)};
  for (const lake::Layer layer : lake::kLayers) {
    auto store = TRY(OpenStore(configuration.lake[layer].location, options));
    const bool is_parquet = lake.layout.formats[layer] == lake::TableFormat::kParquet;
    lake.stores[layer] = is_parquet ? lake::ParquetLayout(std::move(store)) : std::move(store);
  }
  return lake;
}

pipeline::PublishOptions PublishOptionsOf(const Configuration& configuration) {
  const KafkaSinkSettings& settings = *configuration.kafka_sink;
  pipeline::PublishOptions options;
  options.name = configuration.name;
  options.kafka.bootstrap_servers = settings.bootstrap_servers;
  options.kafka.properties = settings.security;
  options.kafka.queue_bytes = configuration.memory_limit_bytes / 64;
  options.partitions = settings.partitions;
  options.heartbeat = settings.heartbeat_interval;
  options.queue_bytes = configuration.memory_limit_bytes / 32;
  options.read_ahead_bytes = configuration.memory_limit_bytes / 64;
  debezium::EventOptions& events = options.events;
  events.prefix = settings.topic_prefix;
  events.schemas = settings.schemas_enable;
  events.decimal = static_cast<debezium::DecimalHandling>(settings.decimal_handling);
  events.bigint_unsigned =
      static_cast<debezium::BigintUnsignedHandling>(settings.bigint_unsigned_handling);
  events.time = static_cast<debezium::TimePrecision>(settings.time_precision);
  events.binary = static_cast<debezium::BinaryHandling>(settings.binary_handling);
  events.tombstones = settings.tombstones_on_delete;
  events.skipped = settings.skipped_operations;
  events.schema_changes = settings.include_schema_changes;
  events.transactions = settings.provide_transaction_metadata;
  return options;
}

Status MakeContainers(const Configuration& configuration, const Context& context) {
  if (!configuration.azure.create_containers) return {};
  const StoreOptions options = StoreOptionsOf(configuration, context);
  const LakeSettings& lake = configuration.lake;
  for (const LayerSettings* layer : {&lake.bronze, &lake.silver, &lake.gold}) {
    if (IsLocal(*layer)) continue;
    RETURN_IF_ERROR(CreateAzureContainer(layer->location, options.azure));
  }
  return {};
}

Status ReachLake(const lake::LakeStores& stores) {
  for (const auto& store : {stores.bronze, stores.silver, stores.gold}) {
    if (auto listed = store->ListFolders(""); !listed) {
      return std::unexpected(std::move(listed).error().Within(store->Describe()));
    }
  }
  return {};
}

std::string StateFolder(const Context& context) {
  const std::string home = context.environment("HOME").value_or(context.working_directory);
  const std::string state = context.environment("XDG_STATE_HOME").value_or("");
  return (state.empty() ? home + "/.local/state" : state) + "/foreset";
}

namespace {

std::string LockFileOf(const LayerSettings& layer, const Context& context) {
  if (IsLocal(layer)) return layer.location + "/_foreset.lock";
  const Hash128 name = HashBytes(layer.location);
  return fmt::format("{}/lakes/{:016x}{:016x}.lock", StateFolder(context), name.high, name.low);
}

}  // namespace

std::string LakeLockFile(const Configuration& configuration, const Context& context) {
  return LockFileOf(configuration.lake.bronze, context);
}

// Bronze first: whoever asks whether a pipeline runs asks that one.
std::vector<const LayerSettings*> KeptLayers(const LakeSettings& lake,
                                             const pipeline::LayerSelection& layers) {
  std::vector<const LayerSettings*> kept{&lake.bronze};
  if (layers.silver) kept.push_back(&lake.silver);
  if (layers.gold) kept.push_back(&lake.gold);
  return kept;
}

Result<LakeLocks> LockLake(const Configuration& configuration, const Context& context,
                           const pipeline::LayerSelection& layers) {
  std::set<std::string> files;
  LakeLocks locks;
  for (const LayerSettings* layer : KeptLayers(configuration.lake, layers)) {
    const std::string file = LockFileOf(*layer, context);
    if (!files.insert(file).second) continue;
    auto lock = LakeLock::Acquire(file);
    if (lock) {
      locks.push_back(*std::move(lock));
    } else if (IsLocal(*layer) || lock.error().code == ErrorCode::kLakeLocked) {
      return std::unexpected(std::move(lock).error());
    }
  }
  return locks;
}

Result<LakeLocks> LockTable(const std::string& location, const Context& context) {
  constexpr int kDeepestLayout = 2;  // "{database}/{table}"
  LakeLocks locks;
  std::string folder = location;
  for (int step = 0; step < kDeepestLayout; ++step) {
    const std::size_t slash = folder.rfind('/');
    if (slash == std::string::npos || slash == 0 || folder[slash - 1] == '/') break;
    folder.erase(slash);
    const std::string file = LockFileOf({.location = folder}, context);
    std::error_code absent;
    if (std::filesystem::exists(file, absent)) locks.push_back(TRY(LakeLock::Acquire(file)));
  }
  return locks;
}

namespace {

pipeline::UpkeepLimits UpkeepLimitsOf(const MaintenanceSettings& settings) {
  pipeline::UpkeepLimits limits;
  limits.kept = std::chrono::ceil<std::chrono::seconds>(settings.log_retention);
  limits.objects_per_second = settings.budget;
  return limits;
}

}  // namespace

// The memory limit is shared out: a round in capture's hands, one in bronze's, and the workers'
// queues; the rest is for indexes and encoders.
pipeline::PipelineOptions PipelineOptionsOf(const Configuration& configuration) {
  pipeline::PipelineOptions options;
  options.rules = RulesOf(configuration);
  options.workers.memory_limit_bytes = configuration.memory_limit_bytes;
  options.round.limits.interval = configuration.commit.interval;
  options.round.limits.idle = configuration.commit.interval;
  options.round.limits.bytes =
      std::min(configuration.commit.size_bytes, configuration.memory_limit_bytes / 16);
  options.workers.queue_bytes = configuration.memory_limit_bytes / 32;
  if (configuration.maintenance.vacuum) options.upkeep = UpkeepLimitsOf(configuration.maintenance);
  if (configuration.kafka_sink) options.publish = PublishOptionsOf(configuration);
  return options;
}

Result<mysql::MysqlOptions> SourceOptionsOf(const Configuration& configuration) {
  if (!configuration.mysql) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
               fmt::format("{}: source.mysql is missing", configuration.file));
  }
  const MySqlSettings& settings = *configuration.mysql;
  mysql::MysqlOptions options;
  options.host = settings.host;
  options.port = settings.port;
  options.user = settings.user;
  options.password = settings.password;
  if (settings.read_password) {
    // What cannot be read at this moment is as it was.
    options.current_password = [read = settings.read_password, last = settings.password] {
      auto text = read();
      return text ? Secret(*std::move(text)) : last;
    };
  }
  options.tables = settings.tables;
  options.exclude = settings.exclude;
  options.server_id = settings.server_id;
  options.tls = TlsOf(settings.tls);
  options.largest_row = configuration.memory_limit_bytes / kRowShare;
  return options;
}

Result<std::unique_ptr<mysql::MysqlSource>> OpenServer(const Configuration& configuration,
                                                       const Context& context) {
  mysql::MysqlOptions options = TRY(SourceOptionsOf(configuration));
  std::random_device device;
  const std::uint32_t server_id = device() | 1U;
  return std::make_unique<mysql::MysqlSource>(std::move(options), context.clock, server_id);
}

Result<kafka::KafkaOptions> KafkaOptionsOf(const Configuration& configuration,
                                           const Context& context) {
  const KafkaSourceSettings& settings = *configuration.kafka;
  kafka::KafkaOptions options;
  options.bootstrap_servers = settings.bootstrap_servers;
  options.topics = settings.topics;
  options.group = settings.group;
  options.schema_topic = settings.schema_topic;
  options.security = settings.security;
  options.begin_with_what_is_kept = settings.begin_kept;
  options.queue_bytes = configuration.memory_limit_bytes / 16;
  if (configuration.upsert == UpsertMode::kRewrite) options.datetime = DateTimeAs::kUtc;
  for (const auto& [name, value] : settings.modes) {
    RETURN_IF_ERROR(debezium::SetMode(options.modes, name, value));
  }
  for (const DeclaredTableSettings& declared : settings.schemas) {
    const std::size_t dot = declared.table.find('.');
    TableId id{"", declared.table};
    if (dot != std::string::npos)
      id = {declared.table.substr(0, dot), declared.table.substr(dot + 1)};
    options.declared.push_back({std::move(id), declared.columns, declared.key});
  }
  if (!configuration.mysql) return options;
  options.server = [configuration, &context]() -> Result<kafka::ServerTables> {
    const auto server = TRY(OpenServer(configuration, context));
    Backfill snapshot = TRY(server->BeginBackfill(1, SourceEpoch(0)));
    return kafka::ServerTables{snapshot.position, std::move(snapshot.tables)};
  };
  return options;
}

Result<std::unique_ptr<Source>> OpenSource(const Configuration& configuration,
                                           const Context& context) {
  if (configuration.kafka) {
    return std::make_unique<kafka::KafkaSource>(TRY(KafkaOptionsOf(configuration, context)),
                                                context.clock);
  }
  return OpenRows(configuration, context);
}

Result<std::unique_ptr<Source>> OpenRows(const Configuration& configuration,
                                         const Context& context) {
  if (configuration.delta) {
    const DeltaSourceSettings& settings = *configuration.delta;
    return std::make_unique<batch::DeltaSource>(
        batch::DeltaSourceOptions{.location = settings.location,
                                  .database = settings.database,
                                  .keys = settings.keys,
                                  .stores = StoreOptionsOf(configuration, context)},
        context.clock);
  }
  return TRY(OpenServer(configuration, context));
}

}  // namespace foreset::cli
