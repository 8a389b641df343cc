// SPDX-License-Identifier: MIT
#include "foreset/cli/wiring.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "foreset/cli/store_options.h"
#include "foreset/storage/open.h"

namespace foreset::cli {
namespace {

// Version 4, RFC 9562.
std::string RandomUuid() {
  std::random_device device;
  const auto word = [&] { return static_cast<std::uint64_t>(device()); };
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", word(), word() & 0xFFFFU,
                     word() & 0xFFFU, (word() & 0x3FFFU) | 0x8000U,
                     (word() << 16U | (word() & 0xFFFFU)) & 0xFFFFFFFFFFFFU);
}

mysql::TlsOptions TlsOf(const TlsSettings& settings) {
  return {.mode = static_cast<mysql::TlsMode>(settings.mode),
          .ca = settings.ca,
          .cert = settings.cert,
          .key = settings.key};
}

std::vector<pipeline::DimensionTemplate> DimensionsOf(const GoldSettings& gold) {
  std::vector<pipeline::DimensionTemplate> dimensions;
  for (const DimensionSettings& settings : gold.dimensions) {
    if (settings.from.empty()) {
      dimensions.emplace_back();
    } else {
      dimensions.push_back({settings.from,
                            {.current = settings.current,
                             .history = settings.history,
                             .columns = settings.columns}});
    }
  }
  return dimensions;
}

}  // namespace

Result<pipeline::LakeStores> OpenLake(const Configuration& configuration, const Context& context) {
  const StoreOptions options = StoreOptionsOf(configuration, context);
  return pipeline::LakeStores{.bronze = TRY(OpenStore(configuration.lake.bronze.location, options)),
                              .silver = TRY(OpenStore(configuration.lake.silver.location, options)),
                              .gold = TRY(OpenStore(configuration.lake.gold.location, options))};
}

Status ReachLake(const pipeline::LakeStores& stores) {
  for (const auto& store : {stores.bronze, stores.silver, stores.gold}) {
    if (auto listed = store->ListFolders(""); !listed) {
      return std::unexpected(std::move(listed).error().Within(store->Describe()));
    }
  }
  return {};
}

Result<std::unique_ptr<LakeLock>> LockLake(const Configuration& configuration) {
  if (!IsLocal(configuration.lake.bronze)) return std::unique_ptr<LakeLock>();
  return LakeLock::Acquire(configuration.lake.bronze.location + "/_foreset.lock");
}

// The memory limit is shared out: a round in capture's hands, one in bronze's, and the workers'
// queues; the rest is for indexes and encoders.
pipeline::PipelineOptions PipelineOptionsOf(const Configuration& configuration,
                                            const Context& context) {
  pipeline::PipelineOptions options;
  options.lake.name = configuration.name;
  options.lake.clock = &context.clock;
  options.lake.make_id = RandomUuid;
  options.lake.upsert = configuration.upsert == UpsertMode::kRewrite
                            ? lake::UpsertMode::kRewrite
                            : lake::UpsertMode::kDeletionVectors;
  options.layout = configuration.lake.layout;
  options.dimensions = DimensionsOf(configuration.gold);
  options.round.interval = configuration.commit.interval;
  options.round.idle = configuration.commit.interval;
  options.round.bytes =
      std::min(configuration.commit.size_bytes, configuration.memory_limit_bytes / 16);
  options.lake_queue_bytes = configuration.memory_limit_bytes / 16;
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
  options.tables = settings.tables;
  options.exclude = settings.exclude;
  options.server_id = settings.server_id;
  options.tls = TlsOf(settings.tls);
  return options;
}

Result<std::unique_ptr<mysql::MysqlSource>> OpenSource(const Configuration& configuration,
                                                       const Context& context) {
  mysql::MysqlOptions options = TRY(SourceOptionsOf(configuration));
  std::random_device device;
  const std::uint32_t server_id = device() | 1U;
  return std::make_unique<mysql::MysqlSource>(std::move(options), context.clock, server_id);
}

}  // namespace foreset::cli
