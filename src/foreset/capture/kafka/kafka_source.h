// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/capture/kafka/kafka_options.h"
#include "foreset/capture/kafka/topic_names.h"
#include "foreset/capture/mysql/server_checks.h"
#include "foreset/capture/source.h"

namespace foreset::kafka {

// Debezium's topics as a source. It has no backfill of its own: the topics bring the connector's
// snapshot, from their beginning. Not thread-safe.
//
// Topics that match may come later, and in any order. Changes are told exactly once by the offsets
// that the lake covers; the group's own are published for lag tools only. kInvalidInput with
// kKafkaTopicReplaced or kKafkaOffsetLost when a topic no longer has the records that come next.
class KafkaSource final : public Source {
 public:
  // `clock` outlives it.
  KafkaSource(KafkaOptions options, const Clock& clock);

  // `now`: the ends of all matching partitions; a broker is asked.
  Result<SourceDescription> Describe() override;
  bool HasBackfill() const override { return false; }
  // None: which tables there are, the topics tell.
  Result<std::vector<TableId>> ListTables() override;
  // kUnsupported.
  Result<Backfill> BeginBackfill(std::size_t readers, SourceEpoch epoch) override;
  Result<std::unique_ptr<ChangeStream>> Follow(const SourcePosition& from,
                                               std::vector<FollowedTable> tables) override;
  // What keeps it from working, or deserves a look: brokers, topics, where schemas come from, how
  // long records are kept, whether the newest of them can be read.
  std::vector<mysql::ServerCheck> Check();

 private:
  KafkaOptions options_;
  const Clock& clock_;
  TopicNames names_;
};

}  // namespace foreset::kafka
