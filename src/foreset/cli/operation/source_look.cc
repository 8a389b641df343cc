// SPDX-License-Identifier: MIT
#include "foreset/cli/operation/source_look.h"

#include <memory>
#include <random>
#include <utility>

#include "foreset/capture/mysql/server_watch.h"
#include "foreset/cli/wiring.h"

namespace foreset::cli {

Result<pipeline::SourceWatch::Look> LookAtSource(const Configuration& configuration,
                                                 const Context& context,
                                                 std::function<SourcePosition()> needed) {
  using pipeline::SourceSighting;
  if (configuration.kafka || configuration.delta) {
    const std::shared_ptr<Source> source = TRY(OpenSource(configuration, context));
    return [source]() -> Result<SourceSighting> {
      return SourceSighting{
          .now = TRY(source->Describe()).now, .clock_ahead_seconds = {}, .purge_seconds = {}};
    };
  }
  std::random_device device;
  const auto watch = std::make_shared<mysql::ServerWatch>(TRY(SourceOptionsOf(configuration)),
                                                          context.clock, device() | 1U);
  return [watch, needed = std::move(needed)]() -> Result<SourceSighting> {
    mysql::ServerSighting seen = TRY(watch->Look(needed()));
    return SourceSighting{.now = std::move(seen.now),
                          .clock_ahead_seconds = seen.clock_ahead_seconds,
                          .purge_seconds = seen.retention_left_seconds};
  };
}

Result<SourceProof> ProveSource(const Configuration& configuration, const Context& context,
                                const SourcePosition& covered) {
  if (configuration.kafka || configuration.delta || covered.empty()) return SourceProof{};
  std::random_device device;
  return mysql::ServerWatch(TRY(SourceOptionsOf(configuration)), context.clock, device() | 1U)
      .Prove(covered);
}

}  // namespace foreset::cli
